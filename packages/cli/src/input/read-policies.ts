import type { Io } from "../io/io.ts";
import { AccountDetails } from "./account-details.ts";
import { type Found, filesAt, hasJsonName, unreadableBecause } from "./files.ts";
import { type JsonText, jsonTexts } from "./json-texts.ts";
import type { Input, Place } from "./policy-input.ts";
import { ownIdOf, type Shape, shapeOf } from "./shape.ts";
import { textOf } from "./text.ts";

const NO_POLICY =
  "has no policy: it is not a policy document, get-policy-version output, " +
  "get-account-authorization-details output, or JSON Lines of these";

/**
 * Reads every policy at the paths, in order. A policy that cannot be read is yielded as such, and reading goes on. A path
 * without any policy is unreadable too, so that a mistyped path does not look clean.
 */
export async function* readPolicies(paths: readonly string[], io: Io): AsyncGenerator<Input> {
  for (const path of paths) {
    let isEmpty = true;
    for await (const found of filesAt(path, io)) {
      let isSkipped = false;
      for await (const input of found.kind === "file" ? inFile(found) : [notReadable(found)]) {
        isSkipped ||= input.kind === "skipped";
        yield input;
      }
      isEmpty &&= isSkipped;
    }
    if (isEmpty) yield { kind: "unreadable", id: path, place: { path }, problem: NO_POLICY };
  }
}

type FoundFile = Extract<Found, { readonly kind: "file" }>;

function notReadable({ path, problem }: { readonly path: string; readonly problem: string }): Input {
  return { kind: "unreadable", id: path, place: { path }, problem };
}

async function* inFile({ path, named, bytes }: FoundFile): AsyncGenerator<Input> {
  const file = new PolicyFile(path, named);
  try {
    for await (const json of jsonTexts(textOf(bytes()))) yield* file.inputsOf(json);
    yield* file.end();
  } catch (error) {
    const problem = unreadableBecause(error);
    if (file.isOurs || hasJsonName(path)) yield notReadable({ path, problem });
    else yield { kind: "skipped", path };
  }
}

/** One file while it is read. */
class PolicyFile {
  /** The user named the file, or it has policies: then anything else in it is an error. */
  isOurs: boolean;
  readonly #path: string;
  readonly #details = new AccountDetails();
  #isBlank = true;
  /** In a file that may not be ours: how many lines of other JSON came so far, and the first of them. */
  #others = { count: 0, firstLine: 1 };

  constructor(path: string, named: boolean) {
    this.#path = path;
    this.isOurs = named;
  }

  *inputsOf(json: JsonText): Generator<Input> {
    this.#isBlank = false;
    if (json.kind === "broken") {
      yield* this.#broken(json);
      return;
    }
    const place = this.#begins(json);
    if (Array.isArray(json.value)) {
      for (const element of json.value) yield* this.#value(element, element, place);
      if (json.value.length === 0) yield* this.#other(this.#path, place);
    } else {
      yield* this.#value(json.value, json.text, place);
    }
  }

  *end(): Generator<Input> {
    if (this.#isBlank && (this.isOurs || hasJsonName(this.#path))) {
      yield notReadable({ path: this.#path, problem: "is empty" });
    } else if (!this.isOurs) {
      yield { kind: "skipped", path: this.#path };
    }
    if (this.#details.isTruncated) {
      const message = `\`${this.#path}\` is not the whole account: its last page says that more follow (IsTruncated)`;
      yield { kind: "warning", message };
    }
  }

  /** `text` is the document's own text, if there is one: it shows duplicate keys. */
  *#value(value: unknown, text: unknown, place: Place): Generator<Input> {
    const shape = shapeOf(value);
    const id = ownIdOf(value) ?? this.#path;
    if (shape === undefined) {
      yield* this.#other(id, place);
      return;
    }
    yield* this.#nowOurs();
    yield* this.#policies(shape, id, text, place);
  }

  *#policies(shape: Shape, id: string, text: unknown, place: Place): Generator<Input> {
    const policy = { kind: "policy", id, place } as const;
    switch (shape.kind) {
      case "document":
        yield { ...policy, policyKind: "document", document: text };
        break;
      case "case":
        yield { ...policy, policyKind: "document", document: shape.document };
        break;
      case "policy-version":
        yield { ...policy, policyKind: "managed", document: shape.document };
        break;
      case "inline-policy":
        yield { ...policy, policyKind: "inline", document: shape.document };
        break;
      case "account-details":
        yield* this.#details.policiesOf(shape.page, place);
    }
  }

  /** Where a text begins: its line, or the first line of the file that is not blank. */
  #begins({ line, text }: JsonText): Place {
    const blank = text.slice(0, text.length - text.trimStart().length);
    return { path: this.#path, line: line ?? blank.split("\n").length };
  }

  *#broken(json: Extract<JsonText, { readonly kind: "broken" }>): Generator<Input> {
    const { line, text, problem } = json;
    // A URL-encoded document, as IAM's API returns it: the parser decodes it.
    if (/^\s*%7B/i.test(text)) {
      yield* this.#nowOurs();
      yield* this.#policies({ kind: "document" }, this.#path, text, this.#begins(json));
    } else if (this.isOurs || hasJsonName(this.#path) || text.includes('"Statement"')) {
      yield* this.#nowOurs();
      const place = { path: this.#path, ...(line !== undefined && { line }) };
      yield { kind: "unreadable", id: this.#path, place, problem };
    }
  }

  *#other(id: string, place: Place): Generator<Input> {
    if (this.isOurs) {
      yield { kind: "unreadable", id, place, problem: NO_POLICY };
    } else {
      if (this.#others.count === 0) this.#others.firstLine = place.line ?? 1;
      this.#others.count += 1;
    }
  }

  /** The file has a policy after all: report the lines before it that are none. */
  *#nowOurs(): Generator<Input> {
    if (this.isOurs) return;
    this.isOurs = true;
    const { count, firstLine } = this.#others;
    if (count === 0) return;
    const more = count > 1 ? `, and so do ${count - 1} more lines before its first policy` : "";
    const place = { path: this.#path, line: firstLine };
    yield { kind: "unreadable", id: this.#path, place, problem: `${NO_POLICY}${more}` };
  }
}

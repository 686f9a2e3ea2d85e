import type { ParsedDocument } from "./document.ts";
import type { PolicyRef } from "./policy.ts";
import { Problems, quoted } from "./problems.ts";
import { readStatements } from "./read-statements.ts";

/**
 * Reads an identity policy document from its text (plain or URL-encoded) or from its parsed JSON.
 *
 * Folds every form that IAM accepts into one: a lone statement, strings for lists. Reports every problem of an invalid
 * document in one pass, with paths like `Statement[2].Action[0]`; what could be read of it is in `readable`.
 * Each statement carries the document's Version and the `policy` that it is of. Never throws, whatever it is given, and
 * takes time in proportion to the input.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parseDocument(input: unknown, policy?: PolicyRef): ParsedDocument {
  if (typeof input !== "string") return read(input, policy, new Problems());
  const text = decodePolicyText(input);
  if (text === undefined)
    return unreadable("the URL encoding is broken: a % is not followed by UTF-8 in hex digits");
  if (text === "") return unreadable("the document is empty");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return unreadable(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return read(json, policy, duplicateKeys(text));
}

function read(json: unknown, policy: PolicyRef | undefined, found: Problems): ParsedDocument {
  const read = readStatements(json, policy, found);
  const problems = found.list();
  if (read === undefined) return { kind: "invalid", problems };
  const { statements, sound } = read;
  if (problems.length === 0) return { kind: "document", statements };
  return { kind: "invalid", problems, readable: statements, ...(sound !== undefined && { sound }) };
}

function unreadable(message: string): ParsedDocument {
  return { kind: "invalid", problems: [{ path: "", message }] };
}

/**
 * The JSON text of a policy document: without byte order mark and outer white space, URL-decoded exactly once where
 * it is encoded, as IAM returns it from GetPolicyVersion and Get{User,Role,Group}Policy (RFC 3986: `+` is no blank).
 * A text that begins like an object is never decoded: its `%2A` is meant. `undefined` where the encoding is broken.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
 */
export function decodePolicyText(text: string): string | undefined {
  const plain = trimmed(text);
  if (plain.startsWith("{") || !plain.includes("%")) return plain;
  try {
    return trimmed(decodeURIComponent(plain));
  } catch {
    return undefined;
  }
}

function trimmed(text: string): string {
  return text.replace(/^\uFEFF/, "").trim();
}

/**
 * Finds keys that are written twice in one object: `JSON.parse` keeps the last and says nothing, so a document
 * could show one statement to a reader and another to IAM. Reads text that `JSON.parse` has accepted, in one pass
 * and without recursion. Paths are written like `Statement[0].Action`.
 */
export function duplicateKeys(text: string): Problems {
  const problems = new Problems();
  const open: Frame[] = [];
  let frame: Frame | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      if (frame?.keys !== undefined && frame.expectsKey) {
        const key = unquote(text.slice(at, end + 1));
        if (frame.keys.has(key)) {
          problems.add(pathOf(open, key), `the key ${quoted(key)} is written twice in one object`);
        }
        frame.keys.add(key);
        frame.key = key;
        frame.expectsKey = false;
      }
      at = end;
    } else if (character === "{" || character === "[") {
      frame = { keys: character === "{" ? new Set() : undefined, key: "", index: 0, expectsKey: true };
      open.push(frame);
    } else if (character === "}" || character === "]") {
      open.pop();
      frame = open.at(-1);
    } else if (character === "," && frame !== undefined) {
      frame.expectsKey = true;
      frame.index += 1;
    }
  }
  return problems;
}

interface Frame {
  /** Undefined for an array. */
  readonly keys: Set<string> | undefined;
  key: string;
  index: number;
  expectsKey: boolean;
}

/** The place of the quote that ends a string: most of a document is in strings, so they are skipped at once. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

const BACKSLASH = 92;

function unquote(written: string): string {
  return written.includes("\\") ? String(JSON.parse(written)) : written.slice(1, -1);
}

/** Of nested objects and lists the outermost ones: nobody reads a path of a hundred thousand steps. */
function pathOf(open: readonly Frame[], key: string): string {
  let path = "";
  for (const frame of open.slice(0, Math.min(open.length - 1, MOST_NAMED))) {
    path += frame.keys === undefined ? `[${frame.index}]` : `${path === "" ? "" : "."}${frame.key}`;
  }
  if (open.length - 1 > MOST_NAMED) path += "…";
  return path === "" ? key : `${path}.${key}`;
}

const MOST_NAMED = 12;

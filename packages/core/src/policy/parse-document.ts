import { decodePolicyText } from "./decode-text.ts";
import type { Condition, Document, ParsedDocument, Problem, Statement } from "./document.ts";
import { countStrings, duplicateKeys } from "./json-keys.ts";

/**
 * Reads an identity policy document from its text (plain or URL-encoded) or from its parsed JSON.
 *
 * Folds every form that IAM accepts into one: a lone statement, strings for lists. Reports every problem of a bad
 * document in one pass, with paths like `Statement[2].Action[0]`; what could be read of it is in `readable`.
 * Never throws, whatever it is given, and takes time in proportion to the input.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parseDocument(input: unknown): ParsedDocument {
  if (typeof input !== "string") return new Reading().document(input);
  const text = decodePolicyText(input);
  if (text === undefined)
    return invalid("the URL encoding is broken: a % is not followed by UTF-8 in hex digits");
  if (text === "") return invalid("the document is empty");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return invalid(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const reading = new Reading();
  const parsed = reading.document(json);
  // Fewer strings in the value than in the text: JSON.parse has dropped some, so a key stood twice.
  if (countStrings(text) === reading.strings) return parsed;
  const duplicates = duplicateKeys(text);
  if (duplicates.length === 0) return parsed;
  return parsed.kind === "invalid"
    ? { ...parsed, problems: capped([...duplicates, ...parsed.problems]) }
    : { kind: "invalid", problems: capped(duplicates), readable: parsed.document };
}

const STATEMENT_ELEMENTS = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

const MOST_PROBLEMS = 100;

function capped(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MOST_PROBLEMS) return problems;
  const more = problems.length - MOST_PROBLEMS;
  return [...problems.slice(0, MOST_PROBLEMS), { path: "", message: `and ${more} more problems` }];
}

function invalid(message: string): ParsedDocument {
  return { kind: "invalid", problems: [{ path: "", message }] };
}

/** One pass over one document: gathers problems, and counts the strings it sees. */
class Reading {
  readonly #problems: Problem[] = [];
  readonly #notes: Problem[] = [];
  strings = 0;

  document(json: unknown): ParsedDocument {
    if (!isObject(json)) return invalid(`a policy document is a JSON object, this is ${kindOf(json)}`);
    let version = "2008-10-17";
    let statements: Statement[] = [];
    for (const key of Object.keys(json)) {
      const value = json[key];
      this.strings += 1;
      if (key === "Version") version = this.#text(value, key) ?? version;
      else if (key === "Id") this.#text(value, key);
      else if (key === "Statement") statements = this.#statements(value);
      else this.#unknownElement(value, key);
    }
    if (json.Statement === undefined)
      this.#problem("Statement", "is missing: a policy has at least one statement");
    if (version !== "2012-10-17" && version !== "2008-10-17") {
      this.#notes.push({ path: "Version", message: `\`${version}\` is no version of the policy language` });
    }
    const document: Document = { version, statements, notes: capped(this.#notes) };
    return this.#problems.length === 0
      ? { kind: "document", document }
      : { kind: "invalid", problems: capped(this.#problems), readable: document };
  }

  #statements(value: unknown): Statement[] {
    if (!Array.isArray(value)) {
      const lone = this.#statement(value, "Statement");
      return lone === undefined ? [] : [lone];
    }
    if (value.length === 0)
      this.#problem("Statement", "is an empty list: a policy has at least one statement");
    const statements: Statement[] = [];
    const sids = new Set<string>();
    for (let index = 0; index < value.length; index += 1) {
      const statement = this.#statement(value[index], `Statement[${index}]`);
      if (statement === undefined) continue;
      statements.push(statement);
      if (statement.sid === undefined || statement.sid === "") continue;
      if (sids.has(statement.sid)) {
        this.#notes.push({
          path: `${statement.path}.Sid`,
          message: `\`${statement.sid}\` stands on another statement too`,
        });
      }
      sids.add(statement.sid);
    }
    return statements;
  }

  #statement(value: unknown, path: string): Statement | undefined {
    if (!isObject(value)) {
      this.#count(value);
      return this.#problem(path, `is ${kindOf(value)}, a statement is an object`);
    }
    for (const key of Object.keys(value)) {
      this.strings += 1;
      if (!STATEMENT_ELEMENTS.has(key)) this.#unknownElement(value[key], `${path}.${key}`);
    }
    const sid = value.Sid === undefined ? undefined : this.#text(value.Sid, `${path}.Sid`);
    const effect = this.#effect(value.Effect, path);
    const actions = this.#patterns(value, path, "Action", "NotAction");
    const resources = this.#patterns(value, path, "Resource", "NotResource");
    const conditions =
      value.Condition === undefined ? NO_CONDITIONS : this.#conditions(value.Condition, `${path}.Condition`);
    if (actions !== undefined) this.#checkActions(actions, path);
    if (effect === undefined || actions === undefined || resources === undefined || conditions === undefined)
      return undefined;
    return { path, ...(sid === undefined ? {} : { sid }), effect, actions, resources, conditions };
  }

  #effect(value: unknown, path: string): "Allow" | "Deny" | undefined {
    if (typeof value === "string") this.strings += 1;
    else this.#count(value);
    if (value === "Allow" || value === "Deny") return value;
    const what = typeof value === "string" ? `\`${shown(value)}\`` : kindOf(value);
    return this.#problem(`${path}.Effect`, `is ${what}: it has to be \`Allow\` or \`Deny\`, in this case`);
  }

  /** The patterns of Action or NotAction (or of the Resource pair), of which a statement has exactly one. */
  #patterns<Plain extends string, Not extends string>(
    statement: Record<string, unknown>,
    path: string,
    plain: Plain,
    not: Not,
  ): { element: Plain | Not; patterns: readonly string[]; isList: boolean } | undefined {
    const hasPlain = statement[plain] !== undefined;
    const hasNot = statement[not] !== undefined;
    if (hasPlain && hasNot) {
      this.#count(statement[plain]);
      this.#count(statement[not]);
      return this.#problem(path, `has both ${plain} and ${not}: a statement has one of the two`);
    }
    if (!hasPlain && !hasNot) {
      // IAM does not store such a statement. Nothing in it is unreadable, though: it names nothing.
      this.#notes.push({ path, message: `has neither ${plain} nor ${not}, so it grants and denies nothing` });
      return undefined;
    }
    const element = hasPlain ? plain : not;
    const value = statement[element];
    if (typeof value === "string") {
      this.strings += 1;
      return { element, patterns: [value], isList: false };
    }
    if (!Array.isArray(value)) {
      this.#count(value);
      return this.#problem(
        `${path}.${element}`,
        `is ${kindOf(value)}, it has to be a string or a list of strings`,
      );
    }
    if (value.length === 0) return this.#problem(`${path}.${element}`, "is an empty list");
    let sound = true;
    for (let index = 0; index < value.length; index += 1) {
      if (typeof value[index] === "string") {
        this.strings += 1;
        continue;
      }
      sound = false;
      this.#count(value[index]);
      this.#problem(`${path}.${element}[${index}]`, `is ${kindOf(value[index])}, it has to be a string`);
    }
    const patterns: string[] = sound ? value : value.filter((member) => typeof member === "string");
    return { element, patterns, isList: true };
  }

  /** IAM takes `*` alone, or a service prefix without wildcards, one colon, and a name. */
  #checkActions(
    actions: { element: string; patterns: readonly string[]; isList: boolean },
    path: string,
  ): void {
    for (let index = 0; index < actions.patterns.length; index += 1) {
      const pattern = actions.patterns[index] ?? "";
      const complaint = actionComplaint(pattern);
      if (complaint === undefined) continue;
      const at = actions.isList ? `${path}.${actions.element}[${index}]` : `${path}.${actions.element}`;
      this.#problem(at, `\`${shown(pattern)}\` ${complaint}`);
    }
  }

  #conditions(value: unknown, path: string): readonly Condition[] | undefined {
    if (!isObject(value)) {
      this.#count(value);
      return this.#problem(path, `is ${kindOf(value)}, it has to be an object of operators`);
    }
    const conditions: Condition[] = [];
    let sound = true;
    for (const operator of Object.keys(value)) {
      this.strings += 1;
      const keys = value[operator];
      if (!isObject(keys)) {
        this.#count(keys);
        this.#problem(`${path}.${operator}`, `is ${kindOf(keys)}, it has to be an object of condition keys`);
        sound = false;
        continue;
      }
      for (const key of Object.keys(keys)) {
        this.strings += 1;
        const values = this.#conditionValues(keys[key], `${path}.${operator}.${key}`);
        if (values === undefined) sound = false;
        else conditions.push({ operator, key, values });
      }
    }
    return sound ? conditions : undefined;
  }

  #conditionValues(value: unknown, path: string): readonly string[] | undefined {
    const values: string[] = [];
    for (const member of Array.isArray(value) ? value : [value]) {
      if (typeof member === "string") this.strings += 1;
      else if (typeof member !== "boolean" && typeof member !== "number") {
        this.#count(value);
        return this.#problem(
          path,
          `holds ${kindOf(member)}, a condition compares with strings, numbers or booleans`,
        );
      }
      values.push(String(member));
    }
    return values;
  }

  #unknownElement(value: unknown, path: string): void {
    this.#count(value);
    const name = path.slice(path.lastIndexOf(".") + 1);
    if (name === "Principal" || name === "NotPrincipal") {
      this.#problem(
        path,
        "makes this a resource policy (a key policy or a trust policy), not an identity policy",
      );
    } else this.#notes.push({ path, message: "is no element of the policy language" });
  }

  #text(value: unknown, path: string): string | undefined {
    this.#count(value);
    return typeof value === "string"
      ? value
      : this.#problem(path, `is ${kindOf(value)}, it has to be a string`);
  }

  /** Counts the strings in what is not looked into, without recursion: nesting may be deep. */
  #count(value: unknown): void {
    const left: unknown[] = [value];
    while (left.length > 0) {
      const next = left.pop();
      if (typeof next === "string") this.strings += 1;
      else if (Array.isArray(next)) for (const member of next) left.push(member);
      else if (isObject(next)) {
        for (const key of Object.keys(next)) {
          this.strings += 1;
          left.push(next[key]);
        }
      }
    }
  }

  #problem(path: string, message: string): undefined {
    this.#problems.push({ path, message });
  }
}

const NO_CONDITIONS: readonly Condition[] = [];

const COLON = 58;

function actionComplaint(pattern: string): string | undefined {
  const colon = pattern.indexOf(":");
  if (colon === -1) {
    return isAllStars(pattern)
      ? undefined
      : "has no service prefix: an action is written `service:Name`, or `*`";
  }
  if (pattern.indexOf(":", colon + 1) !== -1) return "has more than one colon";
  if (pattern.charCodeAt(0) === COLON) return "has no service prefix before its colon";
  for (let at = 0; at < colon; at += 1) {
    if (!WILDCARD_LIKE.has(pattern.charCodeAt(at))) continue;
    // `*:*` is doubtful spelling, but nobody can mistake what is meant.
    const isEverything = isAllStars(pattern.slice(0, colon)) && isAllStars(pattern.slice(colon + 1));
    return isEverything ? undefined : "has a wildcard in its service prefix, which IAM does not take";
  }
  return undefined;
}

const WILDCARD_LIKE: ReadonlySet<number> = new Set(
  [..."*?[](){}|"].map((character) => character.charCodeAt(0)),
);

/** True for `*`, `**`, …: they match everything. */
export function isAllStars(pattern: string): boolean {
  if (pattern === "*") return true;
  for (let at = 0; at < pattern.length; at += 1) if (pattern.charCodeAt(at) !== 42) return false;
  return pattern !== "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

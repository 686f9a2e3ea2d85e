import { isAllStars } from "../text/glob.ts";
import type { Condition, Statement } from "./document.ts";
import type { PolicyRef } from "./policy.ts";
import { type Problems, quoted } from "./problems.ts";

/**
 * The statements that can be read from the JSON value of a document, every form that IAM accepts folded into one;
 * `undefined` where it is no object at all. What is wrong with it goes to `problems`, all of it in one pass.
 */
export function readStatements(
  json: unknown,
  policy: PolicyRef | undefined,
  problems: Problems,
): ReadStatements | undefined {
  if (!isObject(json)) {
    problems.add("", `a policy document is a JSON object, this is ${kindOf(json)}`);
    return undefined;
  }
  const version = typeof json.Version === "string" ? json.Version : "2008-10-17";
  const reader = new StatementReader(problems, policy === undefined ? { version } : { version, policy });
  for (const [name, value] of Object.entries(json)) {
    if (name === "Version" || name === "Id") reader.text(value, name);
    else if (name !== "Statement") reader.otherElement(name, name);
  }
  const statements = reader.statements(json.Statement);
  if (reader.hasOtherProblems) return { statements };
  return { statements, sound: statements.filter(({ path }) => !reader.unsoundAllows.has(path)) };
}

/** See `ParsedDocument`: `sound` is absent where a problem may be that of a Deny. */
export interface ReadStatements {
  readonly statements: readonly Statement[];
  readonly sound?: readonly Statement[];
}

class StatementReader {
  readonly #problems: Problems;
  /** What every statement has of its document. */
  readonly #source: Pick<Statement, "version" | "policy">;

  constructor(problems: Problems, source: Pick<Statement, "version" | "policy">) {
    this.#problems = problems;
    this.#source = source;
  }

  statements(value: unknown): readonly Statement[] {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) {
      const what = value === undefined ? "missing" : "an empty list";
      this.#problem("Statement", `is ${what}: a policy has at least one statement`);
      return [];
    }
    if (!Array.isArray(value)) return this.#statement(value, "Statement");
    return value.flatMap((member: unknown, index) => this.#statement(member, `Statement[${index}]`));
  }

  text(value: unknown, path: string): string | undefined {
    if (typeof value === "string") return value;
    return this.#problem(path, `is ${kindOf(value)}, it has to be a string`);
  }

  /** An element that is not read here: odd, or another one in disguise. */
  otherElement(name: string, path: string): void {
    const meant = ELEMENTS.find((element) => element.toLowerCase() === name.toLowerCase());
    if (name === "Principal" || name === "NotPrincipal") {
      const message = "makes this a resource policy (a key policy or a trust policy), not an identity policy";
      this.#problem(path, message);
    } else if (meant !== undefined && meant !== name) {
      this.#problem(path, `is no element of the policy language: is \`${meant}\` meant?`);
    }
  }

  /** The paths of the Allows that have a problem. */
  readonly unsoundAllows = new Set<string>();
  #problemsInAllows = 0;

  get hasOtherProblems(): boolean {
    return this.#problems.size > this.#problemsInAllows;
  }

  #statement(value: unknown, path: string): readonly Statement[] {
    const before = this.#problems.size;
    const read = this.#readStatement(value, path);
    const found = this.#problems.size - before;
    if (found > 0 && isObject(value) && value.Effect === "Allow") {
      this.unsoundAllows.add(path);
      this.#problemsInAllows += found;
    }
    return read;
  }

  /** The statement alone, or nothing where an element of it cannot be read. */
  #readStatement(value: unknown, path: string): readonly Statement[] {
    if (!isObject(value)) {
      this.#problem(path, `is ${kindOf(value)}, a statement is an object`);
      return [];
    }
    for (const name of Object.keys(value)) {
      if (!STATEMENT_ELEMENTS.has(name)) this.otherElement(name, `${path}.${name}`);
    }
    const sid = value.Sid === undefined ? undefined : this.text(value.Sid, `${path}.Sid`);
    const effect = this.#effect(value.Effect, `${path}.Effect`);
    const actions = this.#either(value, "Action", path);
    const resources = this.#either(value, "Resource", path);
    const conditions =
      value.Condition === undefined ? [] : this.#conditions(value.Condition, `${path}.Condition`);
    this.#checkActions(value.Action, `${path}.Action`);
    this.#checkActions(value.NotAction, `${path}.NotAction`);
    // Who a resource policy is about is not known here.
    if ("Principal" in value || "NotPrincipal" in value) return [];
    if (effect === undefined || actions === undefined || resources === undefined || conditions === undefined)
      return [];
    const { version, policy } = this.#source;
    const statement = { version, path, effect, actions, resources, conditions };
    if (sid === undefined && policy === undefined) return [statement];
    return [{ ...statement, ...(policy !== undefined && { policy }), ...(sid !== undefined && { sid }) }];
  }

  #effect(value: unknown, path: string): Statement["effect"] | undefined {
    if (value === "Allow" || value === "Deny") return value;
    const what = typeof value === "string" ? quoted(value) : kindOf(value);
    return this.#problem(path, `is ${what}: it has to be \`Allow\` or \`Deny\`, in this case`);
  }

  /** The patterns of an element or of its negation, of which a statement has exactly one. */
  #either<Name extends string>(
    statement: Readonly<Record<string, unknown>>,
    name: Name,
    path: string,
  ): { element: Name | `Not${Name}`; patterns: readonly string[] } | undefined {
    const notName = `Not${name}` as const;
    const plain = statement[name];
    const not = statement[notName];
    // IAM does not store a statement with neither. Nothing in it is unreadable, though: what it lacks names nothing.
    if (plain === undefined && not === undefined) return { element: name, patterns: [] };
    const named = plain === undefined ? undefined : this.#patterns(plain, `${path}.${name}`);
    const exceptions = not === undefined ? undefined : this.#patterns(not, `${path}.${notName}`);
    if (plain !== undefined && not !== undefined)
      return this.#problem(path, `has both ${name} and ${notName}: a statement has one of the two`);
    if (named !== undefined) return { element: name, patterns: named };
    return exceptions && { element: notName, patterns: exceptions };
  }

  #patterns(value: unknown, path: string): readonly string[] | undefined {
    if (typeof value === "string") return [value];
    if (!Array.isArray(value))
      return this.#problem(path, `is ${kindOf(value)}, it has to be a string or a list of strings`);
    if (value.length === 0) return this.#problem(path, "is an empty list");
    if (value.every((member) => typeof member === "string")) return value;
    return value.filter((member: unknown, index): member is string => {
      if (typeof member !== "string")
        this.#problem(`${path}[${index}]`, `is ${kindOf(member)}, it has to be a string`);
      return typeof member === "string";
    });
  }

  #checkActions(value: unknown, path: string): void {
    const patterns: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (let index = 0; index < patterns.length; index += 1) {
      const pattern = patterns[index];
      const complaint = typeof pattern === "string" ? actionComplaint(pattern) : undefined;
      if (typeof pattern !== "string" || complaint === undefined) continue;
      this.#problem(Array.isArray(value) ? `${path}[${index}]` : path, `${quoted(pattern)} ${complaint}`);
    }
  }

  /** Every operator and key with its values; `undefined` where one of them cannot be read. */
  #conditions(value: unknown, path: string): readonly Condition[] | undefined {
    if (!isObject(value))
      return this.#problem(path, `is ${kindOf(value)}, it has to be an object of operators`);
    const conditions = Object.entries(value).flatMap(([operator, keys]) => {
      if (isObject(keys))
        return Object.entries(keys).map(([key, written]) => {
          const values = this.#conditionValues(written, `${path}.${operator}.${key}`);
          return values && { operator, key, values };
        });
      return [
        this.#problem(`${path}.${operator}`, `is ${kindOf(keys)}, it has to be an object of condition keys`),
      ];
    });
    const readable = conditions.filter((condition) => condition !== undefined);
    return readable.length === conditions.length ? readable : undefined;
  }

  #conditionValues(value: unknown, path: string): readonly string[] | undefined {
    const members: readonly unknown[] = Array.isArray(value) ? value : [value];
    const values = members.flatMap((member, index) => {
      if (typeof member === "string" || typeof member === "boolean" || typeof member === "number")
        return [String(member)];
      const at = Array.isArray(value) ? `${path}[${index}]` : path;
      this.#problem(at, `is ${kindOf(member)}, a condition compares with strings, numbers or booleans`);
      return [];
    });
    return values.length === members.length ? values : undefined;
  }

  #problem(path: string, message: string): undefined {
    this.#problems.add(path, message);
  }
}

const STATEMENT_ELEMENTS: ReadonlySet<string> = new Set([
  ...["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"],
]);

/** Every element: another spelling of one is too near to be passed over. */
const ELEMENTS: readonly string[] = [
  ...["Version", "Statement", "Principal", "NotPrincipal"],
  ...STATEMENT_ELEMENTS,
];

/**
 * What IAM would say against an action pattern: it takes `*` alone, or a service prefix without wildcards, one
 * colon, and a name. `undefined` where there is nothing to say.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function actionComplaint(pattern: string): string | undefined {
  if (/^[\w-]+:[^:]*$/.test(pattern)) return undefined;
  const [prefix = "", name, ...more] = pattern.split(":");
  if (name === undefined) {
    return isAllStars(pattern)
      ? undefined
      : "has no service prefix: an action is written `service:Name`, or `*`";
  }
  if (prefix === "") return "has no service prefix before its colon";
  if (more.length > 0) return "has more than one colon";
  // What IAM or its readers might take for a wildcard. `*:*` is doubtful spelling, but nobody can mistake what is meant.
  if (!/[*?[\](){}|]/.test(prefix) || (isAllStars(prefix) && isAllStars(name))) return undefined;
  return "has a wildcard in its service prefix, which IAM does not take";
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

import { actionComplaint } from "./action-syntax.ts";
import type { Condition, Statement, WrittenActions, WrittenResources } from "./document.ts";
import type { PolicyRef } from "./policy.ts";
import { type Problems, quoted } from "./problems.ts";

/** One pass over the JSON value of one document: folds it, and gathers what is wrong with it in `problems`. */
export class DocumentReading {
  readonly #problems: Problems;
  /** What every statement has of its document. */
  #source: Pick<Statement, "version" | "policy"> = { version: DEFAULT_VERSION };

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** The statements that could be read; `undefined` where it is no object at all. */
  document(json: unknown, policy: PolicyRef | undefined): readonly Statement[] | undefined {
    if (!isObject(json)) {
      this.#problem("", `a policy document is a JSON object, this is ${kindOf(json)}`);
      return undefined;
    }
    const version = typeof json.Version === "string" ? json.Version : DEFAULT_VERSION;
    this.#source = policy === undefined ? { version } : { version, policy };
    let statements: Statement[] | undefined;
    for (const key in json) {
      const value = json[key];
      if (key === "Statement") statements = this.#statements(value);
      else if (key === "Version" || key === "Id") this.#text(value, key);
      else this.#unknownElement(key, key);
    }
    if (statements === undefined)
      this.#problem("Statement", "is missing: a policy has at least one statement");
    return statements ?? [];
  }

  #statements(value: unknown): Statement[] {
    if (!Array.isArray(value)) {
      const lone = this.#statement(value, "Statement");
      return lone === undefined ? [] : [lone];
    }
    if (value.length === 0)
      this.#problem("Statement", "is an empty list: a policy has at least one statement");
    const statements: Statement[] = [];
    for (let index = 0; index < value.length; index += 1) {
      const statement = this.#statement(value[index], `Statement[${index}]`);
      if (statement !== undefined) statements.push(statement);
    }
    return statements;
  }

  #statement(value: unknown, path: string): Statement | undefined {
    if (!isObject(value)) {
      return this.#problem(path, `is ${kindOf(value)}, a statement is an object`);
    }
    let sid: unknown;
    let effect: unknown;
    let action: unknown;
    let notAction: unknown;
    let resource: unknown;
    let notResource: unknown;
    let condition: unknown;
    for (const key in value) {
      const member = value[key];
      if (key === "Sid") sid = member;
      else if (key === "Effect") effect = member;
      else if (key === "Action") action = member;
      else if (key === "NotAction") notAction = member;
      else if (key === "Resource") resource = member;
      else if (key === "NotResource") notResource = member;
      else if (key === "Condition") condition = member;
      else this.#unknownElement(key, `${path}.${key}`);
    }
    if (sid !== undefined) this.#text(sid, `${path}.Sid`);
    if (effect !== "Allow" && effect !== "Deny") this.#badEffect(effect, path);
    const actions = this.#pair(action, notAction, path, "Action", "NotAction");
    const resources = this.#pair(resource, notResource, path, "Resource", "NotResource");
    const conditions =
      condition === undefined ? NO_CONDITIONS : this.#conditions(condition, `${path}.Condition`);
    this.#checkActions(action, "Action", path);
    this.#checkActions(notAction, "NotAction", path);
    if (actions === undefined || resources === undefined || conditions === undefined) return undefined;
    if (effect !== "Allow" && effect !== "Deny") return undefined;
    return typeof sid === "string"
      ? { ...this.#source, path, sid, effect, actions, resources, conditions }
      : { ...this.#source, path, effect, actions, resources, conditions };
  }

  #badEffect(value: unknown, path: string): void {
    const what = typeof value === "string" ? quoted(value) : kindOf(value);
    this.#problem(`${path}.Effect`, `is ${what}: it has to be \`Allow\` or \`Deny\`, in this case`);
  }

  /** The patterns of Action or NotAction (or of the Resource pair), of which a statement has exactly one. */
  #pair(
    plain: unknown,
    not: unknown,
    path: string,
    plainName: "Action",
    notName: "NotAction",
  ): WrittenActions | undefined;
  #pair(
    plain: unknown,
    not: unknown,
    path: string,
    plainName: "Resource",
    notName: "NotResource",
  ): WrittenResources | undefined;
  #pair(plain: unknown, not: unknown, path: string, plainName: string, notName: string): unknown {
    if (plain !== undefined && not !== undefined) {
      for (const [value, name] of [
        [plain, plainName],
        [not, notName],
      ] as const) {
        if (typeof value !== "string") this.#list(value, name, `${path}.${name}`);
      }
      return this.#problem(path, `has both ${plainName} and ${notName}: a statement has one of the two`);
    }
    if (plain === undefined && not === undefined) {
      // IAM does not store such a statement. Nothing in it is unreadable, though: what it lacks names nothing.
      return { element: plainName, patterns: [] };
    }
    const element = plain !== undefined ? plainName : notName;
    const value = plain !== undefined ? plain : not;
    if (typeof value === "string") return { element, patterns: [value] };
    return this.#list(value, element, `${path}.${element}`);
  }

  #list(value: unknown, element: string, path: string): unknown {
    if (!Array.isArray(value)) {
      return this.#problem(path, `is ${kindOf(value)}, it has to be a string or a list of strings`);
    }
    if (value.length === 0) return this.#problem(path, "is an empty list");
    for (let index = 0; index < value.length; index += 1) {
      if (typeof value[index] !== "string") return this.#mixedList(value, element, path);
    }
    return { element, patterns: value };
  }

  #mixedList(value: readonly unknown[], element: string, path: string): unknown {
    const patterns = value.filter((member, index) => {
      if (typeof member === "string") return true;
      this.#problem(`${path}[${index}]`, `is ${kindOf(member)}, it has to be a string`);
      return false;
    });
    return { element, patterns };
  }

  #checkActions(value: unknown, element: string, path: string): void {
    if (typeof value === "string") this.#checkAction(value, element, path);
    if (!Array.isArray(value)) return;
    for (let index = 0; index < value.length; index += 1) {
      if (typeof value[index] === "string") this.#checkAction(value[index], element, path, index);
    }
  }

  #checkAction(pattern: string, element: string, path: string, index?: number): void {
    const complaint = actionComplaint(pattern);
    if (complaint === undefined) return;
    const at = index === undefined ? "" : `[${index}]`;
    this.#problem(`${path}.${element}${at}`, `${quoted(pattern)} ${complaint}`);
  }

  #conditions(value: unknown, path: string): readonly Condition[] | undefined {
    if (!isObject(value)) {
      return this.#problem(path, `is ${kindOf(value)}, it has to be an object of operators`);
    }
    const conditions: Condition[] = [];
    let sound = true;
    for (const operator in value) {
      const keys = value[operator];
      if (!isObject(keys)) {
        this.#problem(`${path}.${operator}`, `is ${kindOf(keys)}, it has to be an object of condition keys`);
        sound = false;
        continue;
      }
      for (const key in keys) {
        const values = this.#conditionValues(keys[key], `${path}.${operator}.${key}`);
        if (values === undefined) sound = false;
        else conditions.push({ operator, key, values });
      }
    }
    return sound ? conditions : undefined;
  }

  #conditionValues(value: unknown, path: string): readonly string[] | undefined {
    const values: string[] = [];
    let sound = true;
    const members: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (let index = 0; index < members.length; index += 1) {
      const member = members[index];
      if (typeof member === "string" || typeof member === "boolean" || typeof member === "number") {
        values.push(String(member));
        continue;
      }
      const at = Array.isArray(value) ? `${path}[${index}]` : path;
      this.#problem(at, `is ${kindOf(member)}, a condition compares with strings, numbers or booleans`);
      sound = false;
    }
    return sound ? values : undefined;
  }

  #unknownElement(name: string, path: string): void {
    const meant = ELEMENTS.get(name.toLowerCase());
    if (name === "Principal" || name === "NotPrincipal") {
      const message = "makes this a resource policy (a key policy or a trust policy), not an identity policy";
      this.#problem(path, message);
    } else if (meant !== undefined && meant !== name) {
      this.#problem(path, `is no element of the policy language: is \`${meant}\` meant?`);
    }
  }

  #text(value: unknown, path: string): string | undefined {
    if (typeof value === "string") return value;
    return this.#problem(path, `is ${kindOf(value)}, it has to be a string`);
  }

  #problem(path: string, message: string): undefined {
    this.#problems.add(path, message);
  }
}

const DEFAULT_VERSION = "2008-10-17";

const NO_CONDITIONS: readonly Condition[] = [];

/** Every element by its name in lower case: another spelling of one is too near to be passed over. */
const ELEMENTS: ReadonlyMap<string, string> = new Map(
  [
    ...["Version", "Statement", "Sid", "Effect", "Principal", "NotPrincipal"],
    ...["Action", "NotAction", "Resource", "NotResource", "Condition"],
  ].map((name) => [name.toLowerCase(), name]),
);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

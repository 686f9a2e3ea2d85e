import type { Condition } from "../../policy/document.ts";
import type { ConditionKey, ConditionValues } from "../../services/service.ts";
import { foldAscii, isAllStars } from "../../text/glob.ts";
import { type ConditionsContext, conditionKey } from "./condition-keys.ts";
import { holdsWhenAbsent, type Operator, parseOperator, type RangeComparison } from "./operators.ts";
import { areVariablesPresent, resolveVariables } from "./policy-variables.ts";
import type { Cut, Range } from "./ranges.ts";
import { arnSegments, literal, matches, type TextPattern } from "./text-patterns.ts";

/** What conditions are tests of: a key of requests, or whether a condition holds that depends on two of them. */
export interface Variable {
  readonly id: string;
  readonly key: ConditionKey;
}

/** What a test compares values with. */
export type Compared =
  | { readonly type: "text"; readonly patterns: readonly TextPattern[] }
  | { readonly type: "number" | "date" | "address"; readonly ranges: readonly Range[] }
  | { readonly type: "null"; readonly absent: boolean; readonly present: boolean };

/** One condition, read. */
export interface Test {
  readonly written: Condition;
  readonly variable: Variable;
  readonly compared: Compared;
  readonly isNegated: boolean;
  readonly ifExists: boolean;
  readonly over?: "all" | "any";
}

/** What a block wants of the Region or the account of a resource. */
export interface Dimension {
  /** The values written, as globs: literals but for operators that take wildcards. */
  readonly mentioned: readonly string[];
  readonly holds: (value: string) => boolean;
}

/** The Condition element of one statement, read once. */
export interface ConditionBlock {
  readonly written: readonly Condition[];
  /** What cannot be evaluated: an unknown operator, no value at all, a value that its operator cannot read. */
  readonly problems: readonly { readonly condition: Condition; readonly message: string }[];
  /** What it wants of aws:RequestedRegion; `undefined`: nothing. */
  readonly region?: Dimension;
  /** What it wants of aws:ResourceAccount; `undefined`: nothing. */
  readonly resourceAccount?: Dimension;
  /** True where nothing is left beside those two. */
  readonly isDecidedByPlace: boolean;
  /** What is left. */
  readonly tests: readonly Test[];
  readonly context: ConditionsContext;
}

/** Reads the conditions of a statement in a document of this Version. */
export function readConditions(
  conditions: readonly Condition[],
  version: string,
  context: ConditionsContext,
): ConditionBlock {
  const problems: { condition: Condition; message: string }[] = [];
  const tests = conditions.map((written) => {
    const name = foldAscii(written.key);
    const key = conditionKey(name, context);
    const read = readTest(written, name, key, version, context);
    if (typeof read !== "string") return read;
    if (read !== UNDECIDED) problems.push({ condition: written, message: read });
    return undecided(written, name, key, context);
  });
  const region = dimension(tests, "aws:requestedregion");
  const resourceAccount = dimension(tests, "aws:resourceaccount");
  const left = tests.filter(
    (test) => !isOf(test, "aws:requestedregion") && !isOf(test, "aws:resourceaccount"),
  );
  return {
    written: conditions,
    problems,
    ...(region && { region }),
    ...(resourceAccount && { resourceAccount }),
    isDecidedByPlace: left.length === 0,
    tests: left,
    context,
  };
}

const UNDECIDED = "";

/** The test, what cannot be read of it, or `UNDECIDED`. */
function readTest(
  written: Condition,
  name: string,
  key: ConditionKey,
  version: string,
  context: ConditionsContext,
): Test | string {
  const { values } = written;
  const operator = parseOperator(written.operator);
  if (operator === undefined) return "is no operator of IAM";
  if (values.length === 0) return "has an empty list of values";
  const compared = readValues(operator, values, name, key, version, context);
  if (typeof compared === "string") return compared;
  const { isNegated, ifExists, over } = operator;
  const variable = variableOf(name, key, compared);
  return { written, variable, compared, isNegated, ifExists, ...(over && { over }) };
}

function readValues(
  { comparison, over }: Operator,
  values: readonly string[],
  name: string,
  key: ConditionKey,
  version: string,
  context: ConditionsContext,
): Compared | string {
  if (comparison.type === "null") {
    const wanted = values.map(foldAscii);
    const unreadable = wanted.findIndex((value) => value !== "true" && value !== "false");
    if (unreadable !== -1) return cannotRead(values[unreadable]);
    return { type: "null", absent: wanted.includes("true"), present: wanted.includes("false") };
  }
  const isEpoch = name === "aws:epochtime" && comparison.type === "number";
  if (comparison.type !== "text" && !isEpoch && key.type !== undefined && key.type !== comparison.type)
    return mayRead(comparison, key) ? UNDECIDED : { type: "text", patterns: [] };
  const isText = comparison.type === "text";
  const place = {
    ...{ name, version, context },
    takesWildcards: isText && comparison.takesWildcards,
    // Of several values IAM makes no variable.
    itself: isText && over === undefined && key.isMultiValued !== true ? comparison.itself : undefined,
  };
  const resolved = values.map((value) => resolveVariables(value, place));
  const unreadable = resolved.findIndex((glob) => glob !== undefined && comparison.read(glob) === undefined);
  if (unreadable !== -1) return cannotRead(values[unreadable]);
  const known = resolved.filter((glob) => glob !== undefined);
  if (known.length < resolved.length) return UNDECIDED;
  if (comparison.type === "text") {
    const patterns = known.flatMap((glob) => comparison.read(glob) ?? []);
    if (patterns.some(isShortArn)) return UNDECIDED;
    const any = patterns.find(({ glob, isArn }) => isAllStars(glob) && !isArn);
    return { type: "text", patterns: any === undefined ? patterns : [any] };
  }
  const ranges = known.flatMap((value) => comparison.read(value) ?? []);
  return isEpoch ? { type: "date", ranges: ranges.map(secondsInMs) } : { type: comparison.type, ranges };
}

/** Nobody knows how IAM reads `arn:aws:iam::*`; what does not even begin like an ARN matches none. */
function isShortArn({ glob, isArn }: TextPattern): boolean {
  return isArn && glob.startsWith("arn:") && arnSegments(glob) === undefined;
}

/** Whether an operator may find a value of its own type in a key of another one. If it cannot, it never matches. */
function mayRead({ type, read }: RangeComparison, { type: ofKey, usual, other }: ConditionKey): boolean {
  if (ofKey !== "text") return ofKey === "number" && type === "date";
  const values = [...(usual.present ?? []), ...(other?.present ?? [])];
  return values.some((glob) => /^[*?]/.test(glob) || read(glob) !== undefined);
}

function cannotRead(value = ""): string {
  return `compares with ${JSON.stringify(value)}, which its operator cannot read`;
}

function secondsInMs({ from, to }: Range): Range {
  const inMs = (cut: Cut): Cut => ({ ...cut, at: Number(cut.at) * 1000 });
  return { from: inMs(from), to: inMs(to) };
}

/** The two keys of the time are one variable; what is asked of its text says nothing of the time. */
function variableOf(name: string, key: ConditionKey, { type }: Compared): Variable {
  if (key.role !== "time") return { id: name, key };
  if (type === "date") return { id: "time", key };
  return { id: `${name} as text`, key: { role: "given", type: "text", usual: key.usual } };
}

/**
 * A condition that is true or false, nobody knows which, as a variable of its own. Whether a resource meets it is a
 * property of the resource. What direct calls lack is compared with nothing there.
 */
function undecided(written: Condition, name: string, key: ConditionKey, context: ConditionsContext): Test {
  const operator = parseOperator(written.operator);
  const either: ConditionValues = { present: ["true", "false"] };
  const isKnownInDirectCalls =
    operator !== undefined &&
    written.values.length > 0 &&
    key.usual.present === undefined &&
    areVariablesPresent(written.values, context);
  const own: ConditionKey = {
    role: key.role === "resource" ? "resource" : "given",
    type: "text",
    usual: isKnownInDirectCalls ? { present: [String(holdsWhenAbsent(operator))] } : either,
    other: either,
    ...(key.madeBy && { madeBy: key.madeBy }),
  };
  return {
    written,
    variable: { id: JSON.stringify([foldAscii(written.operator), name, ...written.values]), key: own },
    compared: { type: "text", patterns: [{ glob: "true", ignoreCase: false, isArn: false }] },
    isNegated: false,
    ifExists: false,
  };
}

function isOf({ variable, compared }: Test, name: string): boolean {
  return variable.id === name && (compared.type === "text" || compared.type === "null");
}

function dimension(tests: readonly Test[], name: string): Dimension | undefined {
  const asked = tests.filter((test) => isOf(test, name));
  if (asked.length === 0) return undefined;
  const mentioned = asked.flatMap(({ compared }) =>
    compared.type === "text"
      ? compared.patterns.map(({ glob, ignoreCase }) => (ignoreCase ? foldAscii(glob) : glob))
      : [],
  );
  return { mentioned, holds: (value) => asked.every((test) => holdsForText(test, literal(value))) };
}

/** Whether the test holds for a key that has this text, written by `literal`, as its only value. */
export function holdsForText({ compared, isNegated }: Test, text: string): boolean {
  if (compared.type === "null") return compared.present;
  return (
    compared.type === "text" && compared.patterns.some((pattern) => matches(pattern, text)) !== isNegated
  );
}

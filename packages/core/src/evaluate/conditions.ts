import { isAllStars } from "../policy/action-syntax.ts";
import type { Condition } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import type { GuardedService } from "../services/service.ts";
import { foldAscii } from "./glob.ts";

/** What the conditions of a statement amount to. `tautological`: they are there and protect nothing. */
export type ConditionClass = "unconditional" | "tautological" | "conditional";

export function classOfConditions(
  conditions: readonly Condition[],
  account: Account,
  service: GuardedService,
): ConditionClass {
  if (conditions.length === 0) return "unconditional";
  return conditions.every((condition) => isTautological(condition, account, service))
    ? "tautological"
    : "conditional";
}

/**
 * True where a condition is met by every plain call of a principal of the account, so that it protects nothing.
 * The list is finite and errs towards false: a condition that is not recognised is taken seriously.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function isTautological(
  { operator, key, values }: Condition,
  account: Account,
  service: GuardedService,
): boolean {
  const parsed = parseOperator(operator);
  const name = foldAscii(key);
  if (isAbsentFromDirectCalls(name, service)) return holdsWhenAbsent(parsed, values);
  // AWS adds keys: one that the catalogue lacks may be there, so only a condition that wants it absent says something.
  if (!isAmong(service.conditionKeys.known, name))
    return parsed.base === "null" && holdsWhenAbsent(parsed, values);
  const check = TAUTOLOGIES.get(parsed.base);
  return check?.({ key: name, values, account, service }) ?? false;
}

interface Operator {
  readonly base: string;
  readonly ifExists: boolean;
  readonly forAllValues: boolean;
  readonly forAnyValue: boolean;
}

function parseOperator(written: string): Operator {
  const folded = foldAscii(written);
  const forAllValues = folded.startsWith("forallvalues:");
  const forAnyValue = folded.startsWith("foranyvalue:");
  const bare = forAllValues || forAnyValue ? folded.slice(folded.indexOf(":") + 1) : folded;
  const ifExists = bare.endsWith("ifexists");
  return { base: ifExists ? bare.slice(0, -"ifexists".length) : bare, ifExists, forAllValues, forAnyValue };
}

/**
 * Missing keys make negated operators, `…IfExists`, `ForAllValues:` and `Null: true` match; `ForAnyValue:` looks for
 * a value that is there.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function holdsWhenAbsent(operator: Operator, values: readonly string[]): boolean {
  const { base, ifExists, forAllValues, forAnyValue } = operator;
  if (base === "null") return values.length > 0 && values.every((value) => foldAscii(value) === "true");
  return ifExists || forAllValues || (NEGATED.has(base) && !forAnyValue);
}

const NEGATED: ReadonlySet<string> = new Set([
  "stringnotequals",
  "stringnotequalsignorecase",
  "stringnotlike",
  "numericnotequals",
  "datenotequals",
  "notipaddress",
  "arnnotequals",
  "arnnotlike",
]);

/** A call made by a principal itself: no service between, no tags, no encryption context, no enclave. */
function isAbsentFromDirectCalls(key: string, { prefix, conditionKeys }: GuardedService): boolean {
  const isOfOtherServices = !key.startsWith("aws:") && !key.startsWith(`${prefix}:`);
  return (
    isAmong(ABSENT, key) ||
    isAmong(conditionKeys.absentFromDirectCalls, key) ||
    (isOfOtherServices && !isAmong(conditionKeys.known, key))
  );
}

const ABSENT: readonly string[] = [
  "aws:calledvia",
  "aws:calledviafirst",
  "aws:calledvialast",
  "aws:principaltag/",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:sourceowner",
];

/** True where a key is one of these, or of a family among them: those end in `/` or `:`. */
function isAmong(keys: readonly string[], key: string): boolean {
  return keys.some((known) => key.startsWith(known) && (key === known || /[/:]$/.test(known)));
}

const ALWAYS_PRESENT: readonly string[] = [
  "aws:currenttime",
  "aws:epochtime",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principaltype",
  "aws:requestedregion",
  "aws:securetransport",
  "aws:userid",
  "aws:viaawsservice",
];

function isAlwaysPresent({ key, service }: Asked): boolean {
  return ALWAYS_PRESENT.includes(key) || service.conditionKeys.callerAccount.includes(key);
}

function accountKeys({ conditionKeys }: GuardedService): readonly string[] {
  return ["aws:principalaccount", "aws:resourceaccount", ...conditionKeys.callerAccount];
}

/** What a tautology is asked of: a key that is present, the values it is compared with, and where. */
interface Asked {
  readonly key: string;
  readonly values: readonly string[];
  readonly account: Account;
  readonly service: GuardedService;
}

type Tautology = (asked: Asked) => boolean;

const equalsAny: Tautology = (asked) => {
  const { key, values, account, service } = asked;
  const own = accountKeys(service);
  if (own.includes(key)) {
    const variables = own.map((name) => `\${${name}}`);
    return values.some((value) => value === account.id || variables.includes(foldAscii(value)));
  }
  return isAlwaysPresent(asked) && values.some((value) => foldAscii(value) === `\${${key}}`);
};

const likeAny: Tautology = (asked) =>
  equalsAny(asked) ||
  ((isAlwaysPresent(asked) || asked.key === "aws:resourceaccount") && asked.values.some(isAllStars));

const bool: Tautology = (asked) => {
  const wanted = asked.values.map(foldAscii);
  if (asked.key === "aws:securetransport") return wanted.includes("true");
  if (FALSE_IN_DIRECT_CALLS.has(asked.key)) return wanted.includes("false");
  return isAlwaysPresent(asked) && wanted.includes("true") && wanted.includes("false");
};

const FALSE_IN_DIRECT_CALLS: ReadonlySet<string> = new Set([
  "aws:principalisawsservice",
  "aws:viaawsservice",
]);

/** No value is the own account: what every caller passes. */
const notAnotherAccount: Tautology = ({ key, values, account, service }) =>
  accountKeys(service).includes(key) && values.every((value) => isDigits(value) && value !== account.id);

const presentIsRequired: Tautology = (asked) =>
  isAlwaysPresent(asked) &&
  asked.values.length > 0 &&
  asked.values.every((value) => foldAscii(value) === "false");

const TEN_YEARS_MS = 10 * 365.25 * 24 * 3_600_000;

/** What lies before the date of the service's own data has passed, whenever this is asked. */
const inThePast: Tautology = ({ key, values, service }) =>
  TIME_KEYS.has(key) && values.some((value) => timeMs(value) < Date.parse(service.dataDate));

const farInTheFuture: Tautology = ({ key, values, service }) =>
  TIME_KEYS.has(key) && values.some((value) => timeMs(value) > Date.parse(service.dataDate) + TEN_YEARS_MS);

const TIME_KEYS: ReadonlySet<string> = new Set(["aws:currenttime", "aws:epochtime"]);

/** ISO 8601, or seconds since the epoch; NaN, which compares false with everything, otherwise. */
function timeMs(value: string): number {
  return isDigits(value) ? Number(value) * 1000 : Date.parse(value);
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

const anyAddress: Tautology = ({ key, values }) => key === "aws:sourceip" && coversIpv4(values);

/** True where the IPv4 ranges add up to every address. */
function coversIpv4(ranges: readonly string[]): boolean {
  const spans = ranges.flatMap((range) => ipv4Span(range) ?? []).sort((a, b) => a.from - b.from);
  let next = 0;
  for (const { from, size } of spans) {
    if (from > next) return false;
    next = Math.max(next, from + size);
  }
  return next >= 2 ** 32;
}

function ipv4Span(range: string): { from: number; size: number } | undefined {
  const [, address = "", bits = "32"] = /^(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d{1,2}))?$/.exec(range) ?? [];
  if (address === "" || Number(bits) > 32) return undefined;
  const size = 2 ** (32 - Number(bits));
  const from = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return { from: from - (from % size), size };
}

const TAUTOLOGIES: ReadonlyMap<string, Tautology> = new Map([
  ["stringequals", equalsAny],
  ["stringequalsignorecase", equalsAny],
  ["stringnotequals", notAnotherAccount],
  ["stringnotequalsignorecase", notAnotherAccount],
  ["stringnotlike", notAnotherAccount],
  ["stringlike", likeAny],
  ["arnlike", likeAny],
  ["arnequals", likeAny],
  ["bool", bool],
  ["null", presentIsRequired],
  ["dategreaterthan", inThePast],
  ["dategreaterthanequals", inThePast],
  ["numericgreaterthan", inThePast],
  ["numericgreaterthanequals", inThePast],
  ["datelessthan", farInTheFuture],
  ["datelessthanequals", farInTheFuture],
  ["numericlessthan", farInTheFuture],
  ["numericlessthanequals", farInTheFuture],
  ["ipaddress", anyAddress],
]);

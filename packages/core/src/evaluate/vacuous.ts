import { isAllStars } from "../policy/action-syntax.ts";
import type { Condition } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import { CATALOGUE_DATE, KMS_CONDITION_KEYS } from "../services/kms-catalogue.ts";
import { foldAscii } from "./glob.ts";

/**
 * True where a condition holds for every plain KMS call of a principal of the account, so that it protects nothing.
 * The list is finite and errs towards false: a condition that is not recognised is taken seriously.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function isVacuous({ operator, key, values }: Condition, account: Account): boolean {
  const parsed = parseOperator(operator);
  const name = foldAscii(key);
  if (isAbsentFromDirectCalls(name)) return holdsWhenAbsent(parsed, values);
  // AWS and KMS get new keys: one that the catalogue lacks may be there, so only that it is wanted absent is telling.
  if (!isKnownConditionKey(name)) return parsed.base === "null" && holdsWhenAbsent(parsed, values);
  const check = TAUTOLOGIES.get(parsed.base);
  return check?.(name, values, account) ?? false;
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
 * Missing keys make negated operators, `…IfExists`, `ForAllValues:` and `Null: true` hold; `ForAnyValue:` looks for
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
function isAbsentFromDirectCalls(key: string): boolean {
  return (
    ABSENT.has(key) ||
    ABSENT_FAMILIES.some((family) => key.startsWith(family)) ||
    (!isKnownConditionKey(key) && !key.startsWith("aws:") && !key.startsWith("kms:"))
  );
}

const ABSENT: ReadonlySet<string> = new Set([
  "aws:calledvia",
  "aws:calledviafirst",
  "aws:calledvialast",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:sourceowner",
  "kms:encryptioncontextkeys",
  "kms:viaservice",
]);
const ABSENT_FAMILIES = ["aws:principaltag/", "kms:encryptioncontext:", "kms:recipientattestation:"];

function isKnownConditionKey(key: string): boolean {
  return KNOWN.has(key) || KNOWN_FAMILIES.some((family) => key.startsWith(family));
}

const KNOWN: ReadonlySet<string> = new Set(KMS_CONDITION_KEYS);
const KNOWN_FAMILIES = KMS_CONDITION_KEYS.filter((key) => key.endsWith("/") || key.endsWith(":"));

const ALWAYS_PRESENT: ReadonlySet<string> = new Set([
  "aws:currenttime",
  "aws:epochtime",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principaltype",
  "aws:requestedregion",
  "aws:securetransport",
  "aws:userid",
  "aws:viaawsservice",
  "kms:calleraccount",
]);

const ACCOUNT_KEYS: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:resourceaccount",
  "kms:calleraccount",
]);
const ACCOUNT_VARIABLES = ["${aws:principalaccount}", "${aws:resourceaccount}", "${kms:calleraccount}"];

type Tautology = (key: string, values: readonly string[], account: Account) => boolean;

const equalsAny: Tautology = (key, values, account) => {
  if (ACCOUNT_KEYS.has(key)) {
    return values.some((value) => value === account.id || ACCOUNT_VARIABLES.includes(foldAscii(value)));
  }
  return ALWAYS_PRESENT.has(key) && values.some((value) => foldAscii(value) === `\${${key}}`);
};

const likeAny: Tautology = (key, values, account) =>
  equalsAny(key, values, account) ||
  ((ALWAYS_PRESENT.has(key) || key === "aws:resourceaccount") && values.some((value) => isAllStars(value)));

const bool: Tautology = (key, values) => {
  const wanted = values.map(foldAscii);
  if (key === "aws:securetransport") return wanted.includes("true");
  if (FALSE_IN_DIRECT_CALLS.has(key)) return wanted.includes("false");
  return ALWAYS_PRESENT.has(key) && wanted.includes("true") && wanted.includes("false");
};

const FALSE_IN_DIRECT_CALLS: ReadonlySet<string> = new Set([
  "aws:principalisawsservice",
  "aws:viaawsservice",
]);

/** No value is the own account: what every caller passes. */
const notAnotherAccount: Tautology = (key, values, account) =>
  ACCOUNT_KEYS.has(key) && values.every((value) => isDigits(value) && value !== account.id);

const presentIsRequired: Tautology = (key, values) =>
  ALWAYS_PRESENT.has(key) && values.length > 0 && values.every((value) => foldAscii(value) === "false");

/** The core has no clock: what lies before the catalogue's own date has passed, whenever this is asked. */
const CATALOGUE_TIME_MS = Date.parse(CATALOGUE_DATE);
const TEN_YEARS_MS = 10 * 365.25 * 24 * 3_600_000;

const inThePast: Tautology = (key, values) =>
  TIME_KEYS.has(key) && values.some((value) => timeMs(value) < CATALOGUE_TIME_MS);

const farInTheFuture: Tautology = (key, values) =>
  TIME_KEYS.has(key) && values.some((value) => timeMs(value) > CATALOGUE_TIME_MS + TEN_YEARS_MS);

const TIME_KEYS: ReadonlySet<string> = new Set(["aws:currenttime", "aws:epochtime"]);

/** ISO 8601, or seconds since the epoch; NaN, which compares false with everything, otherwise. */
function timeMs(value: string): number {
  return isDigits(value) ? Number(value) * 1000 : Date.parse(value);
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

const anyAddress: Tautology = (key, values) => key === "aws:sourceip" && coversIpv4(values);

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

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
  const check = TAUTOLOGIES.get(parsed.base);
  return check?.(name, values, account) ?? false;
}

interface Operator {
  readonly base: string;
  readonly ifExists: boolean;
  readonly forAllValues: boolean;
}

function parseOperator(written: string): Operator {
  const folded = foldAscii(written);
  const forAllValues = folded.startsWith("forallvalues:");
  const bare =
    forAllValues || folded.startsWith("foranyvalue:") ? folded.slice(folded.indexOf(":") + 1) : folded;
  const ifExists = bare.endsWith("ifexists");
  return { base: ifExists ? bare.slice(0, -"ifexists".length) : bare, ifExists, forAllValues };
}

/** Missing keys make negated operators, `…IfExists`, `ForAllValues:` and `Null: true` hold. */
function holdsWhenAbsent({ base, ifExists, forAllValues }: Operator, values: readonly string[]): boolean {
  if (base === "null") return values.length > 0 && values.every((value) => foldAscii(value) === "true");
  return ifExists || forAllValues || NEGATED.has(base);
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

/** Keys that a call made by a principal itself (no service between, no tags, no encryption context) does not carry. */
function isAbsentFromDirectCalls(key: string): boolean {
  return (
    [
      "kms:viaservice",
      "kms:encryptioncontextkeys",
      "aws:calledvia",
      "aws:calledviafirst",
      "aws:calledvialast",
    ].includes(key) ||
    key.startsWith("kms:encryptioncontext:") ||
    key.startsWith("aws:principaltag/") ||
    !isKnown(key)
  );
}

function isKnown(key: string): boolean {
  return KMS_CONDITION_KEYS.some((known) => known === key || (/[/:]$/.test(known) && key.startsWith(known)));
}

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
  return ALWAYS_PRESENT.has(key) && wanted.includes("true") && wanted.includes("false");
};

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
  return value !== "" && [...value].every((digit) => digit >= "0" && digit <= "9")
    ? Number(value) * 1000
    : Date.parse(value);
}

const anyAddress: Tautology = (key, values) =>
  key === "aws:sourceip" && (values.some((value) => value === "::/0") || coversIpv4(values));

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
  const [address = "", bits = "32"] = range.split("/");
  const parts = address.split(".").map(Number);
  const size = 2 ** (32 - Number(bits));
  if (
    parts.length !== 4 ||
    parts.some((part) => !(part >= 0 && part <= 255)) ||
    !(size >= 1 && size <= 2 ** 32)
  )
    return undefined;
  const from = parts.reduce((sum, part) => sum * 256 + part, 0);
  return { from: from - (from % size), size };
}

const TAUTOLOGIES: ReadonlyMap<string, Tautology> = new Map([
  ["stringequals", equalsAny],
  ["stringequalsignorecase", equalsAny],
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

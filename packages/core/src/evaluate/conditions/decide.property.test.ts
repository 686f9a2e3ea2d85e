import fc from "fast-check";
import { describe, it } from "vitest";
import type { Condition } from "../../policy/document.ts";
import { KMS } from "../../services/kms.ts";
import { readConditions } from "./condition-block.ts";
import { decideAllow, decideDeny } from "./decide.ts";
import { UNLIMITED } from "./steps.ts";

const NOW_MS = Date.UTC(2026, 9, 1);
const DAY_MS = 24 * 3_600_000;
const CONTEXT = { account: { id: "111122223333", partition: "aws" }, service: KMS, nowMs: NOW_MS };

/** The values of the keys of one request, in the case they are written in here. */
type Request = Readonly<Record<string, readonly string[] | undefined>>;
type Block = readonly Condition[];

const day = (days: number) => new Date(NOW_MS + days * DAY_MS).toISOString();
const DATES = [-40, 10, 100, 500].map(day);
const TEXTS = ["a", "b", "ab", "*", "a*", "*b", "?", "A", ""];

/** Per key: the values it is compared with, the operators, and what a request has. */
const KEYS: Readonly<Record<string, { values: readonly string[]; operators: readonly string[] }>> = (() => {
  const text = [
    ...["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"],
    ...["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
  ];
  const free = { values: TEXTS, operators: text };
  return {
    "aws:MultiFactorAuthPresent": { values: ["true", "false"], operators: ["Bool", "StringEquals"] },
    "aws:MultiFactorAuthAge": {
      values: ["10", "20"],
      operators: ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"],
    },
    "aws:PrincipalTag/team": free,
    "aws:ResourceTag/team": free,
    "aws:UserAgent": free,
    "kms:ViaService": free,
    "kms:KeySpec": { values: ["SYMMETRIC_DEFAULT", "RSA_2048"], operators: text },
    "aws:CurrentTime": {
      values: DATES,
      operators: ["DateLessThan", "DateGreaterThan", "DateGreaterThanEquals", "DateNotEquals"],
    },
    "aws:SourceIp": {
      values: ["0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "127.0.0.0/8", "::/0"],
      operators: ["IpAddress", "NotIpAddress"],
    },
    "aws:TagKeys": free,
  };
})();

const condition: fc.Arbitrary<Condition> = fc.constantFrom(...Object.entries(KEYS)).chain(([key, of]) =>
  fc
    .record({
      set: key === "aws:TagKeys" ? fc.constantFrom("ForAllValues:", "ForAnyValue:") : fc.constant(""),
      operator: fc.constantFrom(...of.operators),
      exists: fc.constantFrom("", "", "IfExists"),
      values: fc.uniqueArray(fc.constantFrom(...of.values), { minLength: 1, maxLength: 3 }),
      presence: fc.option(fc.constantFrom("true", "false"), { freq: 6 }),
    })
    .map(({ set, operator, exists, values, presence }) =>
      presence === null
        ? { operator: `${set}${operator}${exists}`, key, values }
        : { operator: "Null", key, values: [presence] },
    ),
);
const blocks = fc.array(fc.array(condition, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });

const word = fc.constantFrom(...["a", "b", "ab", "A", "", "xyz", "a1", "ba"].map((value) => [value]));
const optional = (of: fc.Arbitrary<readonly string[]>) => fc.option(of, { nil: undefined });
const one = (...values: readonly string[]) => fc.constantFrom(...values.map((value) => [value]));

const direct: fc.Arbitrary<Request> = fc.record({
  "aws:MultiFactorAuthPresent": optional(one("true", "false")),
  "aws:MultiFactorAuthAge": optional(one("5", "10", "15", "20", "25")),
  "aws:PrincipalTag/team": optional(word),
  "aws:ResourceTag/team": optional(word),
  "aws:UserAgent": word.filter(([value]) => value !== ""),
  "kms:ViaService": fc.constant(undefined),
  "kms:KeySpec": one("SYMMETRIC_DEFAULT"),
  "aws:SourceIp": one("1.2.3.4", "10.1.1.1", "200.1.1.1"),
  "aws:TagKeys": optional(fc.array(word, { minLength: 1, maxLength: 3 }).map((values) => values.flat())),
});
const any: fc.Arbitrary<Request> = fc
  .tuple(
    direct,
    fc.record({
      "kms:ViaService": optional(word),
      "kms:KeySpec": optional(one("SYMMETRIC_DEFAULT", "RSA_2048", "X")),
      "aws:SourceIp": optional(one("1.2.3.4", "2001:db8::1", "127.0.0.1")),
      "aws:UserAgent": optional(word),
    }),
  )
  .map(([plain, others]) => ({ ...plain, ...others }));
const within = [0, 5, 50, 300].map(day);
const fromNowOn = [...within, day(10), day(100), day(500), day(5000)];

describe("what is decided holds of requests", () => {
  it("of Allows", () => {
    fc.assert(
      fc.property(blocks, direct, any, (written, plain, other) => {
        const { holds } = decideAllow(read(written), UNLIMITED);
        if (holds === "always") return within.some((time) => someHolds(written, at(time, plain)));
        return holds !== "never" || !within.some((time) => someHolds(written, at(time, other)));
      }),
      { numRuns: 500 },
    );
  });

  it("of Denies", () => {
    fc.assert(
      fc.property(blocks, direct, any, (written, plain, other) => {
        const holds = decideDeny(read(written), UNLIMITED);
        if (holds === "never") return !fromNowOn.some((time) => someHolds(written, at(time, other)));
        if (holds === "always") return fromNowOn.every((time) => someHolds(written, at(time, other)));
        return holds !== "limits" || within.every((time) => someHolds(written, at(time, plain)));
      }),
      { numRuns: 500 },
    );
  });
});

const ORDER = ["never", "sometimes", "always"];
const DENY_ORDER = ["never", "sometimes", "limits", "always"];

describe("more", () => {
  it("conditions never make a block hold more", () => {
    fc.assert(
      fc.property(blocks, condition, (written, added) => {
        const [first = [], ...others] = written;
        const more = [[...first, added], ...others];
        return isNoMore(more, written);
      }),
      { numRuns: 500 },
    );
  });

  it("blocks never make anything hold less", () => {
    fc.assert(
      fc.property(blocks, fc.array(condition, { maxLength: 3 }), (written, added) =>
        isNoMore(written, [...written, added]),
      ),
      { numRuns: 500 },
    );
  });
});

describe("a block and what it leaves", () => {
  it("hold together always", () => {
    fc.assert(
      fc.property(fc.array(condition.filter(hasNegation), { maxLength: 4 }), (block) => {
        const negations = block.map((one) => [negationOf(one)]);
        return (
          decideAllow(read([block, ...negations]), UNLIMITED).holds === "always" &&
          decideDeny(read([block, ...negations]), UNLIMITED) === "always"
        );
      }),
      { numRuns: 300 },
    );
  });
});

function isNoMore(less: readonly Block[], more: readonly Block[]): boolean {
  const allow = (of: readonly Block[]) => ORDER.indexOf(decideAllow(read(of), UNLIMITED).holds);
  const deny = (of: readonly Block[]) => DENY_ORDER.indexOf(decideDeny(read(of), UNLIMITED));
  return allow(less) <= allow(more) && deny(less) <= deny(more);
}

function read(written: readonly Block[]) {
  return written.map((block) => readConditions(block, "2012-10-17", CONTEXT));
}

function at(time: string, request: Request): Request {
  return { ...request, "aws:CurrentTime": [time] };
}

/** Operators with one that holds exactly where they do not. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringEquals: "StringNotEquals",
  StringLike: "StringNotLike",
  StringEqualsIgnoreCase: "StringNotEqualsIgnoreCase",
  NumericEquals: "NumericNotEquals",
  IpAddress: "NotIpAddress",
  "ForAllValues:StringLike": "ForAnyValue:StringNotLike",
  "ForAllValues:StringNotEquals": "ForAnyValue:StringEquals",
  NumericLessThan: "NumericGreaterThanEqualsIfExists",
  DateLessThan: "DateGreaterThanEqualsIfExists",
};

function hasNegation({ operator, values }: Condition): boolean {
  if (operator === "NumericLessThan" || operator === "DateLessThan") return values.length === 1;
  return NEGATIONS[operator] !== undefined || operator === "Null";
}

function negationOf({ operator, key, values }: Condition): Condition {
  if (operator === "Null") return { operator, key, values: [values[0] === "true" ? "false" : "true"] };
  return { operator: NEGATIONS[operator] ?? operator, key, values };
}

function someHolds(written: readonly Block[], request: Request): boolean {
  return written.some((block) => block.every((one) => holdsIn(one, request)));
}

/** One condition in one request, from IAM's documentation. */
function holdsIn({ operator, key, values }: Condition, request: Request): boolean {
  const actual = request[key];
  const [, set, base = "", exists] = /^(?:(For\w+):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (base === "Null") return values.includes(String(actual === undefined));
  const isNegated = base.includes("Not");
  if (actual === undefined)
    return exists !== undefined || set === "ForAllValues" || (isNegated && set !== "ForAnyValue");
  const holds = (value: string) => values.some((wanted) => compare(base, value, wanted)) !== isNegated;
  return set === "ForAnyValue" ? actual.some(holds) : actual.every(holds);
}

function compare(base: string, value: string, wanted: string): boolean {
  const relation = base.replace(/^(String|Numeric|Date)?(Not)?/, "");
  if (base.endsWith("IpAddress")) return isInBlock(value, wanted);
  if (base === "Bool" || relation === "EqualsIgnoreCase") return value.toLowerCase() === wanted.toLowerCase();
  if (relation === "Like") return asExpression(wanted).test(value);
  const [left, right] = base.startsWith("Date")
    ? [Date.parse(value), Date.parse(wanted)]
    : [Number(value), Number(wanted)];
  if (relation === "LessThan") return left < right;
  if (relation === "GreaterThan") return left > right;
  if (relation === "GreaterThanEquals") return left >= right;
  return base.startsWith("String") ? value === wanted : left === right;
}

function asExpression(glob: string): RegExp {
  return new RegExp(`^${glob.replace(/\*/g, ".*").replace(/\?/g, ".")}$`, "s");
}

function isInBlock(address: string, block: string): boolean {
  if (address.includes(":") || block.includes(":")) return address.includes(":") && block === "::/0";
  const [from = "", bits] = block.split("/");
  const number = (text: string) => text.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(address) / size) === Math.floor(number(from) / size);
}

import { foldAscii } from "../../text/glob.ts";
import { after, before, LINE, type Range, readAddresses, readDateMs, readNumber } from "./ranges.ts";
import type { TextPattern } from "./text-patterns.ts";

/** How a text operator makes a pattern of a glob it is written with; `undefined`: it cannot read that. */
export interface TextComparison {
  readonly type: "text";
  readonly takesWildcards: boolean;
  readonly read: (glob: string) => TextPattern | undefined;
  /** The glob of every value that a value of itself matches. */
  readonly itself: string;
}

/** How any other operator reads the points that its value matches. */
export interface RangeComparison {
  readonly type: "number" | "date" | "address";
  readonly read: (value: string) => Range | undefined;
}

export interface Operator {
  readonly comparison: TextComparison | RangeComparison | { readonly type: "null" };
  /** `StringNotEquals` and its like: true where no value matches. */
  readonly isNegated: boolean;
  readonly ifExists: boolean;
  readonly over?: "all" | "any";
}

const text = (takesWildcards: boolean, kind: Partial<TextPattern> = {}): TextComparison => ({
  type: "text",
  takesWildcards,
  read: (glob) => ({ glob, ignoreCase: false, isArn: false, ...kind }),
  itself: kind.isArn === true ? "*:*:*:*:*:*" : "*",
});

const BOOL: TextComparison = {
  type: "text",
  takesWildcards: false,
  itself: "*",
  read: (glob) => (/^(true|false|\*)$/i.test(glob) ? { glob, ignoreCase: true, isArn: false } : undefined),
};

type Relation = (at: number) => Range;

const equals: Relation = (at) => ({ from: before(at), to: after(at) });

const RELATIONS: readonly (readonly [name: string, relation: Relation])[] = [
  ["equals", equals],
  ["notequals", equals],
  ["lessthan", (at) => ({ from: LINE.from, to: before(at) })],
  ["lessthanequals", (at) => ({ from: LINE.from, to: after(at) })],
  ["greaterthan", (at) => ({ from: after(at), to: LINE.to })],
  ["greaterthanequals", (at) => ({ from: before(at), to: LINE.to })],
];

function ordered(
  type: RangeComparison["type"],
  prefix: string,
  readPoint: (value: string) => number | undefined,
): [string, RangeComparison][] {
  return RELATIONS.map(([name, relation]) => {
    const read = (value: string) => {
      const at = readPoint(value);
      return at === undefined ? undefined : relation(at);
    };
    return [`${prefix}${name}`, { type, read }];
  });
}

/**
 * Every operator, lower case; those with `not` are negated.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const COMPARISONS: ReadonlyMap<string, Operator["comparison"]> = new Map<string, Operator["comparison"]>([
  ["stringequals", text(false)],
  ["stringnotequals", text(false)],
  ["stringequalsignorecase", text(false, { ignoreCase: true })],
  ["stringnotequalsignorecase", text(false, { ignoreCase: true })],
  ["stringlike", text(true)],
  ["stringnotlike", text(true)],
  ["arnequals", text(true, { isArn: true })],
  ["arnnotequals", text(true, { isArn: true })],
  ["arnlike", text(true, { isArn: true })],
  ["arnnotlike", text(true, { isArn: true })],
  ...ordered("number", "numeric", readNumber),
  ...ordered("date", "date", readDateMs),
  ["ipaddress", { type: "address", read: readAddresses }],
  ["notipaddress", { type: "address", read: readAddresses }],
  ["bool", BOOL],
  ["binaryequals", text(false)],
  ["null", { type: "null" }],
]);

/** Every spelling, lower case: `Null` takes neither a set nor `IfExists`. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [...COMPARISONS].flatMap(([name, comparison]): [string, Operator][] => {
    const operator = { comparison, isNegated: name.includes("not"), ifExists: false };
    if (comparison.type === "null") return [[name, operator]];
    return [
      [name, operator] as const,
      [`forallvalues:${name}`, { ...operator, over: "all" }] as const,
      [`foranyvalue:${name}`, { ...operator, over: "any" }] as const,
    ].flatMap(([spelling, one]): [string, Operator][] => [
      [spelling, one],
      [`${spelling}ifexists`, { ...one, ifExists: true }],
    ]);
  }),
);

/** `undefined` for an operator that IAM does not know. */
export function parseOperator(written: string): Operator | undefined {
  return OPERATORS.get(foldAscii(written));
}

/** Whether a condition with such an operator holds where its key is absent. */
export function holdsWhenAbsent({ isNegated, ifExists, over }: Omit<Operator, "comparison">): boolean {
  return ifExists || over === "all" || (isNegated && over !== "any");
}

import type { ConditionKey, ConditionValues } from "../../services/service.ts";
import { holdsForText, type Test } from "./condition-block.ts";
import { exampleTexts } from "./example-texts.ts";
import { holdsWhenAbsent } from "./operators.ts";
import { isPoint, LINE, parts, partsWithin, type Range, readAddresses } from "./ranges.ts";
import type { Steps } from "./steps.ts";

/** Which tests of one variable hold together: bit i is that of the i-th. */
export type Truth = bigint;

/** The truths that tests of one key have where it is absent. */
export function truthWhenAbsent(tests: readonly Test[]): Truth {
  return bits(tests, (test) =>
    test.compared.type === "null" ? test.compared.absent : holdsWhenAbsent(test),
  );
}

/** The times that count. */
export interface Span {
  readonly range: Range;
  /** True where a moment counts, such as the one of a DateEquals. */
  readonly hasMoments: boolean;
}

/**
 * The truths that tests of one key have where it has one of the values; the time has one of the span.
 * More than there are where operators of several types read it: their readings are taken as independent.
 * `undefined` where the steps are used up.
 */
export function truthsWhenPresent(
  tests: readonly Test[],
  key: ConditionKey,
  { present = [] }: ConditionValues,
  steps: Steps,
  span: Span,
): ReadonlySet<Truth> | undefined {
  if (present.length === 0) return new Set();
  let truths: ReadonlySet<Truth> = new Set([
    bits(tests, ({ compared }) => compared.type === "null" && compared.present),
  ]);
  for (const type of new Set(tests.map(({ compared }) => compared.type))) {
    if (type === "null") continue;
    const ofType =
      type === "text"
        ? textTruths(tests, key.type === undefined || key.type === "text" ? present : ["*"], steps)
        : rangeTruths(tests, type, key.role === "time" ? span : among(type, present), steps);
    const both = ofType && combinations(truths, ofType, (one, other) => one | other, steps);
    if (both === undefined) return undefined;
    truths = both;
  }
  const isMultiValued =
    key.isMultiValued ?? (key.type === undefined && tests.some(({ over }) => over !== undefined));
  return isMultiValued ? ofSeveralValues(tests, truths, steps) : truths;
}

function textTruths(
  tests: readonly Test[],
  among: readonly string[],
  steps: Steps,
): ReadonlySet<Truth> | undefined {
  const groups = tests.map(({ compared }) => (compared.type === "text" ? compared.patterns : []));
  const texts = exampleTexts(among, groups, steps);
  if (texts === undefined || !steps.take(texts.length * groups.flat().length)) return undefined;
  return new Set(
    texts.map((text) => bits(tests, (test) => test.compared.type === "text" && holdsForText(test, text))),
  );
}

function rangeTruths(
  tests: readonly Test[],
  type: "number" | "date" | "address",
  possible: readonly Range[] | Span,
  steps: Steps,
): ReadonlySet<Truth> | undefined {
  const ranges = tests.map(({ compared }) => (compared.type === type ? compared.ranges : []));
  const among = "range" in possible ? [possible.range] : possible;
  const between = parts([...ranges.flat(), ...among]);
  if (!steps.take(between.length * tests.length)) return undefined;
  const examples = [...partsWithin(between, among)].filter(
    (part) => !("range" in possible) || possible.hasMoments || !isPoint(part),
  );
  const within = ranges.map((of) => partsWithin(between, of));
  return new Set(
    examples.map((part) =>
      bits(
        tests,
        ({ compared, isNegated }, at) =>
          compared.type === type && (within[at]?.has(part) ?? false) !== isNegated,
      ),
    ),
  );
}

function among(type: "number" | "date" | "address", present: readonly string[]): readonly Range[] {
  return type === "address" ? present.map((block) => readAddresses(block) ?? LINE) : [LINE];
}

/**
 * The truths for one value or more: of all values, or of any. IAM does not say what an operator without ForAllValues or
 * ForAnyValue does with several: taken as any, its negation as none.
 */
function ofSeveralValues(
  tests: readonly Test[],
  ofOne: ReadonlySet<Truth>,
  steps: Steps,
): ReadonlySet<Truth> | undefined {
  const all = bits(tests, ({ over, isNegated }) => over === "all" || (over === undefined && isNegated));
  const join = (one: Truth, other: Truth) => (one & other) | ((one | other) & ~all);
  let truths = ofOne;
  for (;;) {
    const more = combinations(truths, ofOne, join, steps);
    if (more === undefined) return undefined;
    if (more.size === truths.size) return truths;
    truths = more;
  }
}

/** What comes out of each of the one set with each of the other. */
export function combinations(
  one: Iterable<Truth>,
  other: ReadonlySet<Truth>,
  join: (one: Truth, other: Truth) => Truth,
  steps: Steps,
): Set<Truth> | undefined {
  const joined = new Set<Truth>();
  for (const first of one) {
    if (!steps.take(other.size)) return undefined;
    for (const second of other) joined.add(join(first, second));
  }
  return joined;
}

function bits(tests: readonly Test[], holds: (test: Test, at: number) => boolean): Truth {
  return tests.reduce((truth, test, at) => (holds(test, at) ? truth | (1n << BigInt(at)) : truth), 0n);
}

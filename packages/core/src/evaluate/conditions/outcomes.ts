import type { ConditionKey } from "../../services/service.ts";
import type { ConditionBlock, Test, Variable } from "./condition-block.ts";
import type { Range } from "./ranges.ts";
import type { Steps } from "./steps.ts";
import { combinations, type Truth, truthsWhenPresent, truthWhenAbsent } from "./truths.ts";

/** Which blocks hold, as far as some variables decide: bit i is that of the i-th. */
export type Outcome = bigint;

/** The outcomes that the values of a variable have. */
export interface Outcomes {
  readonly key: ConditionKey;
  readonly tests: readonly Test[];
  /** Of the values in direct calls, on an ordinary resource. */
  readonly usual: ReadonlySet<Outcome>;
  readonly all: ReadonlySet<Outcome>;
  readonly absent: ReadonlySet<Outcome>;
  readonly present: ReadonlySet<Outcome>;
}

/** Tests of one variable, each with the number of its block. */
interface Asked {
  readonly variable: Variable;
  readonly tests: Test[];
  readonly blocks: number[];
}

/** The outcomes of every variable of the blocks, at the times that count; `undefined` where the steps are used up. */
export function outcomesOf(
  blocks: readonly ConditionBlock[],
  times: Range,
  steps: Steps,
): readonly Outcomes[] | undefined {
  const asked = new Map<string, Asked>();
  for (const [at, { tests }] of blocks.entries()) {
    for (const test of tests) {
      const { variable } = test;
      const of = asked.get(variable.id) ?? { variable, tests: [], blocks: [] };
      asked.set(variable.id, of);
      of.tests.push(test);
      of.blocks.push(at);
    }
  }
  const outcomes: Outcomes[] = [];
  for (const of of asked.values()) {
    const ofVariable = outcomesOfVariable(of, blocks.length, times, steps);
    if (ofVariable === undefined) return undefined;
    outcomes.push(ofVariable);
  }
  return outcomes;
}

function outcomesOfVariable(
  { variable: { key }, tests, blocks }: Asked,
  blockCount: number,
  range: Range,
  steps: Steps,
): Outcomes | undefined {
  const { usual, other = {} } = key;
  const usualTruths = truthsWhenPresent(tests, key, usual, steps, { range, hasMoments: false });
  const more = key.role === "time" ? usual : other;
  const moreTruths = truthsWhenPresent(tests, key, more, steps, { range, hasMoments: true });
  if (usualTruths === undefined || moreTruths === undefined) return undefined;
  if (!steps.take((usualTruths.size + moreTruths.size + 1) * tests.length)) return undefined;

  const outcome = (truth: Truth): Outcome =>
    blocks.reduce(
      (holding, block, test) =>
        (truth & (1n << BigInt(test))) === 0n ? holding & ~(1n << BigInt(block)) : holding,
      (1n << BigInt(blockCount)) - 1n,
    );
  const usualPresent = new Set([...usualTruths].map(outcome));
  const present = new Set([...usualPresent, ...[...moreTruths].map(outcome)]);
  const whenAbsent = outcome(truthWhenAbsent(tests));
  const absent = new Set(usual.absent || other.absent ? [whenAbsent] : []);
  return {
    key,
    tests,
    usual: usual.absent ? new Set(usualPresent).add(whenAbsent) : usualPresent,
    all: new Set([...present, ...absent]),
    absent,
    present,
  };
}

/** The outcomes before any variable has a value: every block may hold still. */
const NOTHING_CHOSEN: Outcome = -1n;

/**
 * True where the time, and the variables that `choose` takes values of, can have values with which some block holds,
 * whatever the others are. `false` as well where the steps are used up.
 */
export function canHold(
  outcomes: readonly Outcomes[],
  choose: (key: ConditionKey) => "all" | "present" | "absent" | undefined,
  steps: Steps,
): boolean {
  const given: ReadonlySet<Outcome>[] = [];
  const free: ReadonlySet<Outcome>[] = [];
  for (const outcome of outcomes) {
    const { key, usual, all } = outcome;
    const chosen = choose(key);
    if (chosen !== undefined) free.push(outcome[chosen]);
    else if (key.role === "time") free.push(usual);
    else given.push(key.role === "resource" ? all : usual);
  }
  const chosen = together(free, NOTHING_CHOSEN, isWithin, steps);
  return chosen !== undefined && [...chosen].some((blocks) => holdsForAll(given, steps, blocks));
}

/** True where some block holds, of those that hold so far, for every value of every variable. */
export function holdsForAll(
  variables: readonly ReadonlySet<Outcome>[],
  steps: Steps,
  soFar: Outcome = NOTHING_CHOSEN,
): boolean {
  const reached = together(variables, soFar, (one, other) => isWithin(other, one), steps);
  return reached !== undefined && !reached.has(0n);
}

const isWithin = (one: Outcome, other: Outcome) => (one & other) === one;

/**
 * What holds where each variable has one of its outcomes, without what another makes superfluous: where the question is
 * whether something can hold, a set of blocks says all that its subsets say; where it is whether nothing can, the
 * reverse. `undefined` where the steps are used up.
 */
function together(
  variables: readonly ReadonlySet<Outcome>[],
  soFar: Outcome,
  isSuperfluous: (one: Outcome, beside: Outcome) => boolean,
  steps: Steps,
): ReadonlySet<Outcome> | undefined {
  let reached: ReadonlySet<Outcome> = new Set([soFar]);
  for (const outcomes of variables) {
    const both = combinations(reached, outcomes, (one, other) => one & other, steps);
    if (both === undefined || !steps.take(both.size ** 2)) return undefined;
    reached = new Set(
      [...both].filter((one) => ![...both].some((other) => other !== one && isSuperfluous(one, other))),
    );
  }
  return reached;
}

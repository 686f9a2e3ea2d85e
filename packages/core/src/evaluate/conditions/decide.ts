import type { ConditionKey } from "../../services/service.ts";
import type { ConditionBlock, Test, Variable } from "./condition-block.ts";
import type { ConditionsContext } from "./condition-keys.ts";
import { after, before, LINE } from "./ranges.ts";
import type { Steps } from "./steps.ts";
import { combinations, type Span, type Truth, truthsWhenPresent, truthWhenAbsent } from "./truths.ts";

export interface AllowDecision {
  readonly holds: "always" | "sometimes" | "never";
  /** `sometimes` only: always on resources that have certain properties: a scope, as a resource pattern is one. */
  readonly onSomeResources: boolean;
  /**
   * `sometimes` only: the principal can make it hold with any one of these actions, or without any ([]: a header).
   * `undefined`: it cannot.
   */
  readonly madeBy?: readonly string[];
  /** The keys that decide, as written. */
  readonly keys: readonly string[];
}

/**
 * Whether the conditions of one Allow at least hold, of several on the same actions and resources. Region and account
 * are decided elsewhere: what a block wants of those is taken as true. It holds always where it does in direct calls, for
 * every principal, on every resource, at some time within a year.
 */
export function decideAllow(blocks: readonly ConditionBlock[], steps: Steps): AllowDecision {
  const keys = (of: readonly Test[]) => [...new Set(of.map(({ written }) => written.key))];
  const tests = blocks.flatMap((block) => block.tests);
  // What one block decides is not lost where others use up the steps.
  const simplestFirst =
    blocks.length < 2 ? [] : blocks.toSorted((one, other) => lengthOf(one) - lengthOf(other));
  for (const block of simplestFirst) {
    const few = atMost(STEPS_ALONE, steps);
    const alone = outcomesOf([block], spanOfAllow, few);
    if (alone !== undefined && isAlways(alone, few))
      return { holds: "always", onSomeResources: false, keys: keys(block.tests) };
  }
  const outcomes = outcomesOf(blocks, spanOfAllow, steps);
  if (outcomes === undefined) return { holds: "sometimes", onSomeResources: false, keys: keys(tests) };
  const deciding = keys(outcomes.filter(({ all }) => all.size > 1).flatMap((outcome) => outcome.tests));
  const decision = { onSomeResources: false, keys: deciding.length === 0 ? keys(tests) : deciding };
  if (isNever(blocks, outcomes)) return { holds: "never", ...decision };
  if (isAlways(outcomes, steps)) return { holds: "always", ...decision };
  const onSomeResources = canHold(outcomes, ({ role }) => (role === "resource" ? "all" : undefined), steps);
  const actions = madeBy(outcomes, steps);
  return { holds: "sometimes", ...decision, onSomeResources, ...(actions && { madeBy: actions }) };
}

/**
 * The same of Denies. `limits`: holds for every principal, in every direct call, on an ordinary resource, from now on.
 * What depends on MFA, the network, the principal or on tags is `sometimes`: no protection to rely on.
 */
export function decideDeny(
  blocks: readonly ConditionBlock[],
  steps: Steps,
): "always" | "limits" | "sometimes" | "never" {
  const outcomes = outcomesOf(blocks, spanOfDeny, steps);
  if (outcomes === undefined) return "sometimes";
  if (isNever(blocks, outcomes)) return "never";
  if (
    holdsForAll(
      outcomes.map(({ all }) => all),
      NOTHING_CHOSEN,
      steps,
    )
  )
    return "always";
  // Who can leave a header out is not limited by it.
  const usual = outcomes.map(({ key, all, usual }) => (key.role === "header" ? all : usual));
  return holdsForAll(usual, NOTHING_CHOSEN, steps) ? "limits" : "sometimes";
}

const YEAR_MS = 365.25 * 24 * 3_600_000;

/**
 * The next time, in milliseconds since the epoch, at which a decision on these blocks may change: a date that they
 * compare with, or a year before it.
 */
export function validUntilMs(
  blocks: readonly ConditionBlock[],
  { nowMs }: ConditionsContext,
): number | undefined {
  const dates = blocks
    .flatMap(({ tests }) => tests)
    .flatMap(({ variable, compared }) =>
      variable.key.role === "time" && compared.type === "date" ? compared.ranges : [],
    )
    .flatMap(({ from, to }) => [Number(from.at), Number(to.at)])
    .filter(Number.isFinite);
  const changes = dates
    .flatMap((date) => [date, date + 1, date - YEAR_MS, date - YEAR_MS + 1])
    .filter((ms) => ms > nowMs);
  return changes.length === 0 ? undefined : Math.min(...changes);
}

/** Which blocks hold, as far as one variable decides: bit i is that of the i-th. */
type Outcome = bigint;

/** The outcomes that a variable's values have. */
interface Outcomes {
  readonly key: ConditionKey;
  readonly tests: readonly Test[];
  /** Of what it is in direct calls, on an ordinary resource. */
  readonly usual: ReadonlySet<Outcome>;
  readonly all: ReadonlySet<Outcome>;
  readonly absent: ReadonlySet<Outcome>;
  readonly present: ReadonlySet<Outcome>;
}

function spanOfAllow({ nowMs }: ConditionsContext) {
  return { from: before(nowMs), to: after(nowMs + YEAR_MS) };
}

function spanOfDeny({ nowMs }: ConditionsContext) {
  return { from: before(nowMs), to: LINE.to };
}

function outcomesOf(
  blocks: readonly ConditionBlock[],
  spanOf: (context: ConditionsContext) => Span["range"],
  steps: Steps,
): readonly Outcomes[] | undefined {
  const context = blocks[0]?.context;
  if (context === undefined) return [];
  const range = spanOf(context);
  const variables = new Map<string, { variable: Variable; tests: Test[]; blocks: number[] }>();
  for (const [at, block] of blocks.entries())
    for (const test of block.tests) {
      const of = variables.get(test.variable.id) ?? { variable: test.variable, tests: [], blocks: [] };
      variables.set(test.variable.id, of);
      of.tests.push(test);
      of.blocks.push(at);
    }
  const outcomes: Outcomes[] = [];
  for (const { variable, tests, blocks: ofBlocks } of variables.values()) {
    const { key } = variable;
    const wanted = new Map<number, Truth>();
    for (const [index, block] of ofBlocks.entries())
      wanted.set(block, (wanted.get(block) ?? 0n) | (1n << BigInt(index)));
    const untouched =
      allOf(blocks.length) & ~[...wanted.keys()].reduce((set, block) => set | (1n << BigInt(block)), 0n);
    const outcomeOf = (truth: Truth): Outcome =>
      [...wanted].reduce(
        (set, [block, tests]) => ((truth & tests) === tests ? set | (1n << BigInt(block)) : set),
        untouched,
      );
    const usualTruths = truthsWhenPresent(tests, key, key.usual, steps, { range, hasMoments: false });
    const otherTruths = truthsWhenPresent(
      tests,
      key,
      key.role === "time" ? key.usual : (key.other ?? {}),
      steps,
      { range, hasMoments: true },
    );
    if (usualTruths === undefined || otherTruths === undefined) return undefined;
    if (!steps.take((usualTruths.size + otherTruths.size + 1) * wanted.size)) return undefined;
    const usualPresent = [...usualTruths].map(outcomeOf);
    const present = new Set([...usualPresent, ...[...otherTruths].map(outcomeOf)]);
    const whenAbsent = [outcomeOf(truthWhenAbsent(tests))];
    const absent = new Set(key.usual.absent || key.other?.absent ? whenAbsent : []);
    outcomes.push({
      key,
      tests,
      usual: new Set([...usualPresent, ...(key.usual.absent ? whenAbsent : [])]),
      all: new Set([...present, ...absent]),
      absent,
      present,
    });
  }
  return outcomes;
}

const STEPS_ALONE = 1000;

function atMost(count: number, steps: Steps): Steps {
  let left = count;
  return {
    take: (taken) => {
      left -= taken;
      return left >= 0 && steps.take(taken);
    },
  };
}

function lengthOf({ written }: ConditionBlock): number {
  return written.reduce((length, { key, values }) => length + key.length + values.join().length, 0);
}

function allOf(blocks: number): Outcome {
  return (1n << BigInt(blocks)) - 1n;
}

/** True where no request meets all conditions of any one block. */
function isNever(blocks: readonly ConditionBlock[], outcomes: readonly Outcomes[]): boolean {
  return blocks.every((_, at) =>
    outcomes.some(({ all }) => [...all].every((outcome) => (outcome & (1n << BigInt(at))) === 0n)),
  );
}

function isAlways(outcomes: readonly Outcomes[], steps: Steps): boolean {
  return canHold(outcomes, () => undefined, steps);
}

/** The outcomes before any variable has a value: every block may hold still. */
const NOTHING_CHOSEN = -1n;

/**
 * True where the time, and the variables that `choose` takes values of, can have values with which some block holds
 * whatever the others are.
 */
function canHold(
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
  return chosen !== undefined && [...chosen].some((blocks) => holdsForAll(given, blocks, steps));
}

/** True where some block holds, of those that hold so far, for every value of every variable. */
function holdsForAll(given: readonly ReadonlySet<Outcome>[], soFar: Outcome, steps: Steps): boolean {
  const reached = together(given, soFar, (one, other) => isWithin(other, one), steps);
  return reached !== undefined && !reached.has(0n);
}

const isWithin = (one: Outcome, other: Outcome) => (one & other) === one;

/**
 * What holds where each variable has one of its outcomes, without what another makes superfluous: where the question is
 * whether something can hold, a set of blocks says all that its subsets say; where it is whether nothing can, the reverse.
 * `undefined` where the steps are used up.
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
      [...both].filter((one) => !both.values().some((other) => other !== one && isSuperfluous(one, other))),
    );
  }
  return reached;
}

/** The actions with each of which the principal can make a block hold; none of them where a header is enough. */
function madeBy(outcomes: readonly Outcomes[], steps: Steps): readonly string[] | undefined {
  const isHeader = ({ role }: ConditionKey) => role === "header";
  if (canHold(outcomes, (key) => (isHeader(key) ? "all" : undefined), steps)) return [];
  const makers = new Map(
    outcomes.flatMap(({ key }) => (key.madeBy ? [[key.madeBy.present.join(), key.madeBy]] : [])),
  );
  const actions = [...makers].flatMap(([name, { present, absent }]) => {
    const holds = (set: "all" | "present" | "absent") =>
      canHold(
        outcomes,
        (key) => (isHeader(key) ? "all" : key.madeBy?.present.join() === name ? set : undefined),
        steps,
      );
    if (!holds("all")) return [];
    const byNone = holds("absent");
    return [...(holds("present") || !byNone ? present : []), ...(byNone ? absent : [])];
  });
  return actions.length === 0 ? undefined : [...new Set(actions)];
}

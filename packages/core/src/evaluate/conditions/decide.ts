import type { ConditionKey } from "../../services/service.ts";
import type { ConditionBlock, Test } from "./condition-block.ts";
import type { ConditionsContext } from "./condition-keys.ts";
import { canHold, holdsForAll, type Outcomes, outcomesOf } from "./outcomes.ts";
import { after, before, LINE, type Range } from "./ranges.ts";
import { atMost, type Steps } from "./steps.ts";

/** What the conditions of Allows amount to. */
export interface AllowDecision {
  readonly holds: "always" | "sometimes" | "never";
  /** False where no direct call meets them, whatever the principal and the resource: they never add up to `always`. */
  readonly inDirectCalls: boolean;
  /** `sometimes` only: always on resources that have certain properties: a scope, as a resource pattern is one. */
  readonly onSomeResources: boolean;
  /**
   * `sometimes` only: the actions with any one of which the principal can make it hold, [] where a header that it sends
   * is enough; `undefined` where it cannot.
   */
  readonly madeBy?: readonly string[];
  /** The keys that decide, as written. */
  readonly keys: readonly string[];
}

const YEAR_MS = 365.25 * 24 * 3_600_000;

/** A block that can be decided alone is, however much the others ask. */
const STEPS_ALONE = 5000;

/**
 * Whether the conditions of at least one of several Allows on the same actions and resources hold. What they want of the
 * Region and the account is taken as true. `always`: in direct calls, for every principal, on every resource, at some
 * time within a year. `sometimes` where the steps are used up.
 */
export function decideAllow(blocks: readonly ConditionBlock[], steps: Steps): AllowDecision {
  const [first] = blocks;
  if (first === undefined) return { holds: "never", inDirectCalls: false, onSomeResources: false, keys: [] };
  const { nowMs } = first.context;
  const thisYear = { from: before(nowMs), to: after(nowMs + YEAR_MS) };
  const decision = {
    inDirectCalls: true,
    onSomeResources: false,
    keys: keysOf(blocks.flatMap(({ tests }) => tests)),
  };
  const alone =
    blocks.length > 1 && shortestFirst(blocks).find((block) => holdsAlways([block], thisYear, steps));
  if (alone) return { holds: "always", ...decision, keys: keysOf(alone.tests) };
  const outcomes = outcomesOf(blocks, thisYear, steps);
  if (outcomes === undefined) return { holds: "sometimes", ...decision };
  if (neverHolds(blocks.length, outcomes)) return { holds: "never", ...decision };
  if (canHold(outcomes, () => undefined, steps)) return { holds: "always", ...decision };
  const inDirectCalls = !neverHolds(blocks.length, outcomes, ({ key, all, usual }) =>
    key.role === "given" ? usual : all,
  );
  if (!inDirectCalls) return { holds: "sometimes", ...decision, inDirectCalls };
  const actions = madeBy(outcomes, steps);
  return {
    holds: "sometimes",
    inDirectCalls,
    onSomeResources: canHold(outcomes, ({ role }) => (role === "resource" ? "all" : undefined), steps),
    ...(actions && { madeBy: actions }),
    keys: keysOf(outcomes.filter(({ all }) => all.size > 1).flatMap(({ tests }) => tests)),
  };
}

/**
 * The same of Denies. `always`: in every request from now on. `limits`: for every principal, in every direct call, on an
 * ordinary resource, from now on but for single moments. What depends on MFA, the network, the principal or on tags is `sometimes`: no
 * protection to rely on. So it is where the steps are used up.
 */
export function decideDeny(
  blocks: readonly ConditionBlock[],
  steps: Steps,
): "always" | "limits" | "sometimes" | "never" {
  const [first, second] = blocks;
  if (first === undefined) return "never";
  const alone =
    second === undefined
      ? []
      : shortestFirst(blocks).map((block) => decideDeny([block], atMost(STEPS_ALONE, steps)));
  if (alone.includes("always")) return "always";
  const least = alone.includes("limits") ? "limits" : "sometimes";
  const outcomes = outcomesOf(blocks, { from: before(first.context.nowMs), to: LINE.to }, steps);
  if (outcomes === undefined) return least;
  if (neverHolds(blocks.length, outcomes)) return "never";
  const all = outcomes.map((outcome) => outcome.all);
  if (holdsForAll(all, steps)) return "always";
  // Who can leave a header out is not limited by it.
  const usual = outcomes.map(({ key, all, usual }) => (key.role === "header" ? all : usual));
  return holdsForAll(usual, steps) ? "limits" : least;
}

/**
 * The next time, in milliseconds since the epoch, at which a decision on these blocks may change: at a date that they
 * compare with, or a year before; `undefined`: never.
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
    .flatMap(({ from, to }) => [Number(from.at), Number(to.at)]);
  const changes = dates
    .flatMap((ms) => [ms, ms + 1, ms - YEAR_MS, ms - YEAR_MS + 1])
    .filter((ms) => ms > nowMs && ms < Number.POSITIVE_INFINITY);
  return changes.length === 0 ? undefined : Math.min(...changes);
}

function keysOf(tests: readonly Test[]): readonly string[] {
  return [...new Set(tests.map(({ written }) => written.key))];
}

function holdsAlways(blocks: readonly ConditionBlock[], times: Range, steps: Steps): boolean {
  const few = atMost(STEPS_ALONE, steps);
  const outcomes = outcomesOf(blocks, times, few);
  return outcomes !== undefined && canHold(outcomes, () => undefined, few);
}

function shortestFirst(blocks: readonly ConditionBlock[]): readonly ConditionBlock[] {
  const length = ({ tests }: ConditionBlock) =>
    tests.reduce((sum, { written }) => sum + written.values.join().length, 0);
  return blocks
    .map((block) => ({ block, length: length(block) }))
    .sort((one, other) => one.length - other.length)
    .map(({ block }) => block);
}

/** True where no request, of those that count, meets all conditions of any one block. */
function neverHolds(
  blockCount: number,
  outcomes: readonly Outcomes[],
  counted: (outcomes: Outcomes) => Outcomes["all"] = ({ all }) => all,
): boolean {
  const each = (1n << BigInt(blockCount)) - 1n;
  const possible = outcomes.map((of) => [...counted(of)].reduce((some, outcome) => some | outcome, 0n));
  return possible.reduce((both, some) => both & some, each) === 0n;
}

/** The actions with each of which the principal can make a block hold; none of them where a header is enough. */
function madeBy(outcomes: readonly Outcomes[], steps: Steps): readonly string[] | undefined {
  const canHoldWith = (made: (key: ConditionKey) => "all" | "present" | "absent" | undefined) =>
    canHold(outcomes, (key) => (key.role === "header" ? "all" : made(key)), steps);
  if (outcomes.some(({ key }) => key.role === "header") && canHoldWith(() => undefined)) return [];
  const ways = new Map(
    outcomes.flatMap(({ key: { madeBy: way } }) => (way ? [[way.present.join(), way]] : [])),
  );
  const actions = [...ways.values()].flatMap(({ present, absent }) => {
    const canHoldWhere = (values: "all" | "present" | "absent") =>
      canHoldWith((key) => (key.madeBy?.present.join() === present.join() ? values : undefined));
    if (!canHoldWhere("all")) return [];
    const withNone = canHoldWhere("absent");
    return [...(!withNone || canHoldWhere("present") ? present : []), ...(withNone ? absent : [])];
  });
  const distinct = [...new Set(actions)];
  return distinct.length === 0 ? undefined : distinct;
}

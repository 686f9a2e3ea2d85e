import type { ContainmentStep, RestoreStep, StepOutcome } from "@kms-guard/core/containment/steps.ts";
import type { Ports, WriteResult } from "./ports.ts";

/**
 * How long steps are retried inside one invocation. A thrown error would come back in a minute, which is a minute of
 * full rights; the invocation's own time limit has to leave room for this, and for reading and telling.
 */
export const RETRY_BUDGET_MS = 20_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4_000;

const NO_TIME: WriteResult = {
  outcome: "failed",
  error: "not tried: the invocation's time is up",
  retryable: true,
};

/** One step with its place in the plan. */
export interface PlannedStep {
  readonly index: number;
  readonly step: ContainmentStep | RestoreStep;
  /** True where it was done before: then what is found done need not be the doing of a try whose answer was lost. */
  readonly isDone?: boolean;
  /** True where it was just confirmed that what it takes is what was judged; that holds for one try. */
  readonly isConfirmed?: boolean;
}

/** What a step came to; `retryable` where trying again later may help. */
export interface Performed {
  readonly outcome: StepOutcome;
  readonly retryable: boolean;
}

/**
 * Tries every step once, then those again that failed for a passing reason, in rounds with growing, jittered waits,
 * until all are through or the time is used up. From the ports' `deadlineMs` on none is begun: the rest fails, and may
 * work later. One step's failure never keeps another from being tried.
 * `remember` is called after each attempt.
 */
export async function performSteps(
  {
    writer,
    clock,
    deadlineMs: endMs = Number.POSITIVE_INFINITY,
  }: Pick<Ports, "clock" | "deadlineMs"> & { readonly writer: Pick<Ports["writer"], "perform"> },
  steps: readonly PlannedStep[],
  remember: (index: number, outcome: StepOutcome) => Promise<void>,
): Promise<ReadonlyMap<number, Performed>> {
  const performed = new Map<number, Performed>();
  const deadlineMs = Math.min(clock.nowMs() + RETRY_BUDGET_MS, endMs);
  let pending = steps;
  for (let round = 0; ; round += 1) {
    for (const { index, step, isDone, isConfirmed } of pending) {
      // A retry that is not begun leaves what its first try came to.
      if (clock.nowMs() >= endMs && round > 0) return performed;
      const answer =
        clock.nowMs() >= endMs ? NO_TIME : await attempt(writer, step, isConfirmed === true && round === 0);
      // A try whose answer was lost may have worked: then the next one finds what it did, and it has to be restorable.
      const result: WriteResult =
        answer.outcome === "already" && performed.has(index) && !isDone ? { outcome: "done" } : answer;
      const outcome = { ...step, ...outcomeOf(result), at: new Date(clock.nowMs()).toISOString() };
      performed.set(index, { outcome, retryable: result.outcome === "failed" && result.retryable });
      await remember(index, outcome);
    }
    pending = pending.filter(({ index }) => performed.get(index)?.retryable);
    const waitMs = jittered(Math.min(FIRST_WAIT_MS * 2 ** round, LONGEST_WAIT_MS));
    if (pending.length === 0 || clock.nowMs() + waitMs > deadlineMs) return performed;
    await clock.sleepMs(waitMs);
  }
}

/** A writer that throws has met something it does not know; that is this step's failure, and not the others'. */
async function attempt(
  writer: Pick<Ports["writer"], "perform">,
  step: PlannedStep["step"],
  isConfirmed: boolean,
): Promise<WriteResult> {
  try {
    return await writer.perform(step, isConfirmed);
  } catch (error) {
    return {
      outcome: "failed",
      error: error instanceof Error ? error.message : String(error),
      retryable: true,
    };
  }
}

function outcomeOf(result: WriteResult): Pick<StepOutcome, "outcome" | "error"> {
  return result.outcome === "failed"
    ? { outcome: result.outcome, error: result.error }
    : { outcome: result.outcome };
}

/** Between half and all of it, so that two invocations do not keep step. */
function jittered(waitMs: number): number {
  return Math.round(waitMs * (0.5 + Math.random() / 2));
}

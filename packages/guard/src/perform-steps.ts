import type { ContainmentStep, RestoreStep, StepOutcome } from "@kms-guard/core/containment/steps.ts";
import type { Ports, WriteResult } from "./ports.ts";

/**
 * How long steps are retried inside one invocation. A thrown error would come back in a minute, which is a minute of
 * full access; the invocation's own time limit has to leave room for this, and for reading and notifying.
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
  /** True if it was done before: then `already` need not come from a try whose answer was lost. */
  readonly isDone?: boolean;
  /** True if the document to delete was just read, and is the one that was evaluated; that counts for one try. */
  readonly isConfirmed?: boolean;
}

/** The outcome of a step; `retryable` if trying again later may help. */
export interface Performed {
  readonly outcome: StepOutcome;
  readonly retryable: boolean;
}

/**
 * Tries every step once, then those again that failed for a passing reason, in rounds with growing, jittered waits,
 * until all are done or the time is up. From the ports' `deadlineMs` on none is begun: the rest fails, and may work
 * later. One step's failure never keeps another from being tried.
 * `record` is called after each try.
 */
export async function performSteps(
  {
    writer,
    clock,
    deadlineMs: endMs = Number.POSITIVE_INFINITY,
  }: Pick<Ports, "clock" | "deadlineMs"> & { readonly writer: Pick<Ports["writer"], "perform"> },
  steps: readonly PlannedStep[],
  record: (index: number, outcome: StepOutcome) => Promise<void>,
): Promise<ReadonlyMap<number, Performed>> {
  const performed = new Map<number, Performed>();
  const deadlineMs = Math.min(clock.nowMs() + RETRY_BUDGET_MS, endMs);
  let pending = steps;
  for (let round = 0; ; round += 1) {
    for (const { index, step, isDone, isConfirmed } of pending) {
      // A retry that is not begun leaves the outcome of the first try.
      if (clock.nowMs() >= endMs && round > 0) return performed;
      let answer = NO_TIME;
      try {
        if (clock.nowMs() < endMs) answer = await writer.perform(step, isConfirmed === true && round === 0);
      } catch (error) {
        // A writer that throws has met something that it does not know: a failure of this step, not of the others.
        const message = error instanceof Error ? error.message : String(error);
        answer = { outcome: "failed", error: message, retryable: true };
      }
      // A try whose answer was lost may have worked: then the next one finds what it did, and it has to be restorable.
      const result: WriteResult =
        answer.outcome === "already" && performed.has(index) && !isDone ? { outcome: "done" } : answer;
      const outcome = { ...step, ...outcomeOf(result), at: new Date(clock.nowMs()).toISOString() };
      performed.set(index, { outcome, retryable: result.outcome === "failed" && result.retryable });
      await record(index, outcome);
    }
    pending = pending.filter(({ index }) => performed.get(index)?.retryable);
    const waitMs = jittered(Math.min(FIRST_WAIT_MS * 2 ** round, LONGEST_WAIT_MS));
    if (pending.length === 0 || clock.nowMs() + waitMs > deadlineMs) return performed;
    await clock.sleepMs(waitMs);
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

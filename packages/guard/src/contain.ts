import { attachmentsOf } from "@kms-guard/core/aws/principal.ts";
import type { Decision } from "@kms-guard/core/containment/decision.ts";
import {
  type ContainmentStep,
  containmentPlan,
  isDone,
  isSameStep,
  outcomeOf,
  type RestoreStep,
  type StepOutcome,
} from "@kms-guard/core/containment/steps.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { failure } from "./errors.ts";
import { isAttached, type PolicySnapshot, readPolicyOf } from "./policies/read-policy.ts";
import type { PolicyReader, Ports, WriteResult } from "./ports.ts";
import type { OpenedRecord } from "./records.ts";

export interface Containment {
  /** The record's plan, and the steps that were added to it. */
  readonly plan: readonly ContainmentStep[];
  /** In the plan's order; a step of which nothing is known has none. */
  readonly outcomes: readonly StepOutcome[];
  /** ISO 8601 UTC: when this run took something away after the containment had ended. People are notified once more. */
  readonly repeatedAt?: string;
  /** True if the outcomes say what has become of the plan: one was recorded now, or an earlier run did all of it. */
  readonly isEnded: boolean;
  /** Steps that may work later, and outcomes that could not be recorded: they call for another run. */
  readonly failures: readonly Error[];
}

/**
 * Detaches and deletes what the decision says, and goes on where the record stops. What was just read from IAM decides:
 *
 * - an attachment that is to be contained is contained, also if the record says that it once was;
 * - a planned step without an outcome, whose attachment is gone, was done by a run that was cut off: it counts as
 *   `done`, so that it can be restored;
 * - an attachment that is not (or no longer) to be contained is `skipped`;
 * - if IAM could not be read, nothing is concluded.
 */
export async function contain(
  ports: Pick<Ports, "writer" | "findings" | "clock" | "deadlineMs">,
  { record: { finding, plan: recorded, outcomes: known }, isNew, isConfirmed }: OpenedRecord,
  decision: Decision,
  { policy, notInForce, iamUnavailable }: PolicySnapshot,
): Promise<Containment> {
  const wanted = decision.action === "contain" ? decision.plan : [];
  const plan = [...recorded, ...wanted.filter((step) => !isAmong(recorded, step))];
  const current = notInForce === undefined ? containmentPlan(policy, attachmentsOf(policy)) : [];

  const failures: Error[] = [];
  const outcomes = new Map<ContainmentStep, StepOutcome>();
  let isRecorded = false;
  const record = async (step: ContainmentStep, outcome: StepOutcome): Promise<void> => {
    outcomes.set(step, outcome);
    isRecorded = true;
    try {
      outcomes.set(step, await ports.findings.recordOutcome(finding.id, outcome));
    } catch (cause) {
      failures.push(failure(`an outcome of ${finding.id} could not be recorded`, cause));
    }
  };
  const before = (step: ContainmentStep) => outcomeOf(known, step);
  const at = new Date(ports.clock.nowMs()).toISOString();

  for (const step of plan) {
    if (iamUnavailable === true || isAmong(wanted, step) || isDone(before(step))) continue;
    await record(
      step,
      isAmong(current, step)
        ? { ...step, outcome: "skipped", error: decision.reason, at }
        : { ...step, outcome: "done", at },
    );
  }
  // Every change is recorded first, as `open` did with the plan of the run that wrote the record. Another run that finds
  // the attachment gone sees by this that it may have been detached here (`recordOutcome`).
  for (const step of plan) {
    const isUntried = before(step) === undefined || before(step)?.outcome === "skipped";
    if (!isNew && isUntried && isAmong(wanted, step))
      await record(step, { ...step, outcome: "skipped", error: "not tried yet", at });
  }
  const pending = plan
    .filter((step) => isAmong(wanted, step))
    .map((step) => ({ step, isDone: isDone(before(step)), isConfirmed }));
  const performed = await performSteps(ports, pending, record);
  for (const { outcome, retryable } of performed.values()) {
    if (retryable) failures.push(new Error(`${outcome.action} failed and may work later: ${outcome.error}`));
  }
  const repeatedAt = [...performed]
    .filter(([step, { outcome }]) => {
      const isAfterEnd = isDone(before(step)) || finding.status === "contained";
      return outcome.outcome === "done" && isAfterEnd;
    })
    .map(([, { outcome }]) => outcome.at)
    .toSorted()
    .at(-1);
  const isDoneBefore =
    iamUnavailable !== true &&
    finding.status === "open" &&
    plan.length > 0 &&
    plan.every((step) => isDone(before(step)) && !isAmong(current, step));
  return {
    plan,
    ...(repeatedAt !== undefined && { repeatedAt }),
    outcomes: plan.flatMap((step) => outcomes.get(step) ?? before(step) ?? []),
    isEnded: isRecorded || isDoneBefore,
    failures,
  };
}

function isAmong(steps: readonly ContainmentStep[], step: ContainmentStep): boolean {
  return steps.some((other) => isSameStep(other, step));
}

/**
 * How long steps are retried inside one invocation. A thrown error would come back in a minute, which is a minute of
 * full access; the invocation's own time limit has to leave room for this, and for reading and notifying.
 */
const RETRY_BUDGET_MS = 20_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4_000;

const NO_TIME: WriteResult = {
  outcome: "failed",
  error: "not tried: the invocation's time is up",
  retryable: true,
};

interface PlannedStep<Step> {
  readonly step: Step;
  /** True if it was done before: then `already` need not come from a try whose answer was lost. */
  readonly isDone?: boolean;
  /** True if the document to delete was just read, and is the one that was evaluated; that counts for one try. */
  readonly isConfirmed?: boolean;
}

/** The outcome of a step; `retryable` if trying again later may help. */
interface Performed {
  readonly outcome: StepOutcome;
  readonly retryable: boolean;
}

/**
 * Tries every step once, then those again that failed for a passing reason, in rounds with growing, jittered waits,
 * until all are done or the time is up. From the ports' `deadlineMs` on none is begun: the rest fails, and may work
 * later. One step's failure never keeps another from being tried.
 * `record` is called after each try.
 */
export async function performSteps<Step extends ContainmentStep | RestoreStep>(
  {
    writer,
    clock,
    deadlineMs: endMs = Number.POSITIVE_INFINITY,
  }: Pick<Ports, "clock" | "deadlineMs"> & { readonly writer: Pick<Ports["writer"], "perform"> },
  steps: readonly PlannedStep<Step>[],
  record: (step: Step, outcome: StepOutcome) => Promise<void>,
): Promise<ReadonlyMap<Step, Performed>> {
  const performed = new Map<Step, Performed>();
  const deadlineMs = Math.min(clock.nowMs() + RETRY_BUDGET_MS, endMs);
  let pending = steps;
  for (let round = 0; ; round += 1) {
    for (const { step, isDone, isConfirmed } of pending) {
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
        answer.outcome === "already" && performed.has(step) && !isDone ? { outcome: "done" } : answer;
      const outcome = { ...step, ...asOutcome(result), at: new Date(clock.nowMs()).toISOString() };
      performed.set(step, { outcome, retryable: result.outcome === "failed" && result.retryable });
      await record(step, outcome);
    }
    pending = pending.filter(({ step }) => performed.get(step)?.retryable);
    const waitMs = jittered(Math.min(FIRST_WAIT_MS * 2 ** round, LONGEST_WAIT_MS));
    if (pending.length === 0 || clock.nowMs() + waitMs > deadlineMs) return performed;
    await clock.sleepMs(waitMs);
  }
}

function asOutcome(result: WriteResult): Pick<StepOutcome, "outcome" | "error"> {
  return result.outcome === "failed"
    ? { outcome: result.outcome, error: result.error }
    : { outcome: result.outcome };
}

/** Between half and all of it, so that two invocations do not keep step. */
function jittered(waitMs: number): number {
  return Math.round(waitMs * (0.5 + Math.random() / 2));
}

/** IAM shows a change at once and enforces it some 3 to 4 seconds later: long enough for somebody to undo it before. */
export const ENFORCEMENT_LAG_MS = 5_000;

/** True if the finding ended with something that the guard took away. */
export function isContained({ status, containment }: Finding): boolean {
  return status === "contained" && containment?.steps.some(({ outcome }) => outcome === "done") === true;
}

/**
 * Waits for the enforcement lag, and answers what of the contained policies is attached again: one read a finding, one
 * wait for all. `undefined` if nothing was contained.
 */
export async function verifyContainment(
  { policies, clock }: Pick<Ports, "policies" | "clock">,
  findings: readonly Finding[],
): Promise<AsyncIterable<PolicySnapshot> | undefined> {
  const contained = findings.filter(isContained);
  if (contained.length === 0) return undefined;
  await clock.sleepMs(ENFORCEMENT_LAG_MS);
  return reattached(policies, contained);
}

async function* reattached(
  policies: PolicyReader,
  findings: readonly Finding[],
): AsyncGenerator<PolicySnapshot> {
  for (const finding of findings) {
    const policy = await readPolicyOf(policies, finding);
    if (policy !== undefined && isAttached(policy)) yield { policy };
  }
}

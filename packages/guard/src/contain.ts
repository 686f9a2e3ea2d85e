import { isSamePrincipal } from "@kms-guard/core/aws/principal.ts";
import type { Decision } from "@kms-guard/core/containment/decide.ts";
import { containmentPlan } from "@kms-guard/core/containment/plan.ts";
import type { ContainmentStep, RestoreStep, StepOutcome } from "@kms-guard/core/containment/steps.ts";
import { failure } from "./errors.ts";
import { performSteps } from "./perform-steps.ts";
import type { PolicySnapshot } from "./policies/snapshot.ts";
import type { Ports } from "./ports.ts";
import type { Opened } from "./record.ts";

export interface Containment {
  /** The record's plan, and what had to be added to it. */
  readonly plan: readonly ContainmentStep[];
  /** One for each step of the plan. */
  readonly outcomes: readonly StepOutcome[];
  /** True where anything was tried or found out. */
  readonly changed: boolean;
  /** True where something had to be taken away after the containment had ended: from the same holder, or a new one. */
  readonly again: boolean;
  /** What calls for another run: steps that may work later, outcomes that could not be remembered. */
  readonly failures: readonly Error[];
}

/**
 * Takes away what the decision says, going on where the record stops; what was just read from IAM is the judge:
 *
 * - what stands and is to be taken away is taken away, though the record may say that it once was;
 * - what the record planned, knows no end of, and does not stand any more was taken away by an invocation that was
 *   cut off: it counts as `done`, so that it can be restored;
 * - what stands and must not (or no longer) be taken away is `skipped`;
 * - where IAM could not be read, nothing is concluded.
 */
export async function contain(
  ports: Pick<Ports, "writer" | "findings" | "clock" | "deadlineMs">,
  { record: { finding, plan: recorded, outcomes: known }, isNew = false, isConfirmed = false }: Opened,
  decision: Decision,
  { policy, notInForce, iamUnavailable: isUnread }: PolicySnapshot,
): Promise<Containment> {
  const wanted = decision.action === "contain" ? decision.plan : [];
  const plan = [...recorded, ...wanted.filter((step) => !isAmong(recorded, step))];
  const holders = policy.kind === "inline" ? [policy.principal] : policy.attachments;
  const standing = notInForce === undefined ? containmentPlan(policy, holders) : [];

  const failures: Error[] = [];
  const before = plan.map((step) => known.find((outcome) => isSame(outcome, step)));
  const outcomes = [...before];
  let changed = false;
  const remember = async (index: number, outcome: StepOutcome): Promise<void> => {
    outcomes[index] = outcome;
    changed = true;
    try {
      outcomes[index] = await ports.findings.recordOutcome(finding.id, index, outcome);
    } catch (cause) {
      failures.push(failure(`an outcome of ${finding.id} could not be recorded`, cause));
    }
  };
  const at = new Date(ports.clock.nowMs()).toISOString();
  const steps = plan.map((step, index) => ({ step, index }));

  for (const { step, index } of steps) {
    if (isUnread === true || isAmong(wanted, step) || isTaken(before[index])) continue;
    await remember(
      index,
      isAmong(standing, step)
        ? { ...step, outcome: "skipped", error: decision.reason, at }
        : { ...step, outcome: "done", at },
    );
  }
  // Nothing is changed that is not written down first, as `open` has done for the plan of whoever wrote the record.
  // Another run that finds the policy gone sees by this that it may have been taken here (`recordOutcome`).
  for (const { step, index } of steps) {
    const isAdded = index >= recorded.length;
    const isUntried = before[index] === undefined || before[index].outcome === "skipped";
    if (isAdded || (!isNew && isUntried && isAmong(wanted, step)))
      await remember(index, { ...step, outcome: "skipped", error: "not tried yet", at });
  }
  const todo = steps
    .filter(({ step }) => isAmong(wanted, step))
    .map((planned) => ({ ...planned, isDone: isTaken(before[planned.index]), isConfirmed }));
  const performed = await performSteps(ports, todo, remember);
  for (const { outcome, retryable } of performed.values()) {
    if (retryable) failures.push(new Error(`${outcome.action} failed and may work later: ${outcome.error}`));
  }
  return {
    plan,
    outcomes: outcomes.flatMap((outcome) => outcome ?? []),
    changed,
    again: [...performed].some(
      ([index, { outcome }]) =>
        outcome.outcome === "done" && (isTaken(before[index]) || finding.status === "contained"),
    ),
    failures,
  };
}

function isTaken(outcome: StepOutcome | undefined): boolean {
  return outcome?.outcome === "done" || outcome?.outcome === "already";
}

function isAmong(steps: readonly ContainmentStep[], step: ContainmentStep): boolean {
  return steps.some((other) => isSame(other, step));
}

function isSame(one: ContainmentStep | RestoreStep, other: ContainmentStep): boolean {
  return (
    one.action === other.action &&
    isSamePrincipal(one.target.principal, other.target.principal) &&
    policyOf(one) === policyOf(other)
  );
}

function policyOf({ target }: ContainmentStep | RestoreStep): string {
  return "policyArn" in target ? target.policyArn : target.policyName;
}

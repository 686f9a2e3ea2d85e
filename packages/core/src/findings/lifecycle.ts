import type { Decision } from "../containment/decide.ts";
import type { ContainmentStep, StepOutcome } from "../containment/steps.ts";
import type { Finding } from "./finding.ts";
import { alreadyReports } from "./known-finding.ts";
import { nextStepsFor } from "./next-steps.ts";
import { withRecurrence } from "./recurrence.ts";

/** The finding with what was decided on it: `exempt`, or still `open`, and the next steps that follow. */
export function decided(finding: Finding, decision: Decision): Finding {
  const next: Finding = {
    ...finding,
    status: decision.action === "exempt" ? "exempt" : "open",
    decision: { mode: finding.decision.mode, action: decision.action, reason: decision.reason },
  };
  return { ...next, nextSteps: nextStepsFor(next, decision.plan) };
}

/**
 * The finding after its containment: `contained` where every step is `done` or `already`, `containment-failed` where
 * one is not. `outcomes` are in the plan's order; `containedAt` is when the last step that worked was done.
 */
export function contained(
  finding: Finding,
  plan: readonly ContainmentStep[],
  outcomes: readonly StepOutcome[],
): Finding {
  const worked = outcomes.filter(({ outcome }) => outcome === "done" || outcome === "already");
  const isWhole = worked.length === plan.length;
  const containedAt = worked
    .map(({ at }) => at)
    .toSorted()
    .at(-1);
  const next: Finding = {
    ...finding,
    status: isWhole ? "contained" : "containment-failed",
    containment: { steps: outcomes },
    timing: { ...finding.timing, ...(isWhole && containedAt !== undefined && { containedAt }) },
  };
  return { ...next, nextSteps: nextStepsFor(next, plan) };
}

/** The finding that is known, as it was found now: what it came from, and when, stays. */
export function anew(known: Finding, found: Finding): Finding {
  const { containedAt: _, ...timing } = known.timing;
  const { id, trigger, change, recurrence } = known;
  const next = { ...found, ...{ id, trigger, timing }, ...(change !== undefined && { change }) };
  return recurrence === undefined ? next : withRecurrence(next, recurrence);
}

/**
 * True where a finding that was judged before comes out otherwise now, so that people have to hear of it: an exemption
 * came or lapsed, a restored grant is judged again, or what was gone is back.
 */
export function isOtherwise(before: Finding, now: Finding): boolean {
  switch (before.status) {
    case "exempt":
    case "restored":
      return now.status !== "exempt";
    case "open":
    case "containment-failed":
      return now.status === "exempt";
    case "contained":
    case "resolved":
      return !alreadyReports(before, now);
  }
}

/** The finding as judged again: it may be told in a status that it was told in before. */
export function reopened(finding: Finding, nowMs: number): Finding {
  return { ...finding, timing: { ...finding.timing, reopenedAt: new Date(nowMs).toISOString() } };
}

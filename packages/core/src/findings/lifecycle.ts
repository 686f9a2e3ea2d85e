import { isSamePrincipal, principalIndex } from "../aws/principal.ts";
import type { Decision } from "../containment/decision.ts";
import { type ContainmentStep, isDone, outcomeOf, type StepOutcome } from "../containment/steps.ts";
import { withRecurrence } from "./correlate.ts";
import {
  ATTACHMENT_STATES,
  type AttachmentState,
  type Finding,
  type FindingAttachment,
  type FindingStatus,
  type Resolution,
} from "./finding.ts";
import { nextStepsFor } from "./next-steps.ts";

/**
 * Every change of a finding's status.
 *
 * | from               | to                 | when                                                                   |
 * |--------------------|--------------------|------------------------------------------------------------------------|
 * | open               | exempt             | an exemption covers it                                                 |
 * | open               | contained          | every planned step worked, and nobody has it any more                  |
 * | open               | restored           | an operator gave back what was contained beside a protected principal  |
 * | open               | containment-failed | a step failed                                                          |
 * | open               | resolved           | somebody else took it away, or replaced the text                       |
 * | containment-failed | open, exempt       | it is assessed again, with another decision                            |
 * | containment-failed | contained          | the steps worked, or the access is gone                                |
 * | containment-failed | restored, resolved | as above                                                               |
 * | contained          | restored           | an operator gave it back                                               |
 * | contained          | open, exempt       | it is attached again, or an exemption of one of its principals ended   |
 * | exempt, restored   | open               | the time is over                                                       |
 * | exempt, restored   | resolved           | as above                                                               |
 * | restored           | exempt             | it is assessed again, for one more principal                           |
 * | resolved           | open, exempt       | it is back, as an account scan or a retry of its event finds           |
 */
const TRANSITIONS: Readonly<Record<FindingStatus, readonly FindingStatus[]>> = {
  open: ["exempt", "contained", "containment-failed", "restored", "resolved"],
  "containment-failed": ["open", "exempt", "contained", "restored", "resolved"],
  contained: ["restored", "open", "exempt"],
  exempt: ["open", "resolved"],
  restored: ["open", "exempt", "resolved"],
  resolved: ["open", "exempt"],
};

const STATUS_OF: Readonly<Record<AttachmentState, FindingStatus>> = {
  failed: "containment-failed",
  standing: "open",
  restored: "restored",
  contained: "contained",
  exempt: "exempt",
  protected: "open",
  gone: "resolved",
};

/** What happens to a finding. */
export type Change =
  /** It was found, and decided upon. */
  | { readonly kind: "decided"; readonly decision: Decision }
  /**
   * Its policy was assessed again: `assessed` is the finding of that, decided upon; `planned` is what the record has
   * planned. A retry of the same event only goes on with a containment.
   */
  | {
      readonly kind: "reassessed";
      readonly assessed: Finding;
      readonly planned: readonly ContainmentStep[];
      readonly isRetry: boolean;
      readonly nowMs: number;
    }
  /**
   * Steps were done, with these outcomes; `repeatedAt` is when something was taken away once more, after the
   * containment had ended.
   */
  | {
      readonly kind: "contained";
      readonly plan: readonly ContainmentStep[];
      readonly outcomes: readonly StepOutcome[];
      readonly repeatedAt?: string;
    }
  /** An operator gave access back, until then. `before` are the outcomes of the record. */
  | {
      readonly kind: "restored";
      readonly before: readonly StepOutcome[];
      readonly outcomes: readonly StepOutcome[];
      readonly until: string;
    }
  /** The access is gone, and the guard did not take it away. */
  | { readonly kind: "resolved"; readonly resolution: Resolution };

/**
 * The finding after a change: the only place where a status changes. The very finding that was given, where nothing
 * changes about it.
 *
 * @throws Error for a status that cannot follow the finding's: the caller is wrong.
 */
export function transition(finding: Finding, change: Change): Finding {
  const next = changed(finding, change);
  if (next.status !== finding.status && !TRANSITIONS[finding.status].includes(next.status)) {
    throw new Error(`finding ${finding.id} cannot go from ${finding.status} to ${next.status}`);
  }
  return next;
}

function changed(finding: Finding, change: Change): Finding {
  switch (change.kind) {
    case "decided":
      return decided(finding, change.decision);
    case "reassessed":
      return change.isRetry || isUnchanged(finding, change.assessed)
        ? withContainment(finding, change.assessed, change.planned)
        : reopened(finding, change.assessed, change.nowMs);
    case "contained":
      return contained(finding, change);
    case "restored":
      return restored(finding, change);
    case "resolved":
      return resolved(finding, change.resolution);
  }
}

function decided(finding: Finding, { action, reason, plan, principals }: Decision): Finding {
  const decisionOn = principalIndex(principals.map(({ principal, ...rest }) => ({ ...principal, ...rest })));
  const attachments = finding.attachments.map((attachment) => {
    const decision = decisionOn(attachment);
    return decision === undefined ? attachment : inState(attachment, decision.state, decision.until);
  });
  const next: Finding = {
    ...finding,
    // An unattached policy has nothing but the decision on its text.
    status: attachments.length > 0 ? statusOf(attachments) : action === "exempt" ? "exempt" : "open",
    attachments,
    decision: { mode: finding.decision.mode, action, reason },
  };
  return { ...next, nextSteps: nextStepsFor(next, plan) };
}

function reopened(known: Finding, assessed: Finding, nowMs: number): Finding {
  const next = continued(known, assessed);
  return { ...next, timing: { ...next.timing, reopenedAt: new Date(nowMs).toISOString() } };
}

/** The known finding as it was assessed now. What it came from, and when, stays. */
function continued(known: Finding, assessed: Finding): Finding {
  const { containedAt: _, ...timing } = known.timing;
  const { id, trigger, change, recurrence } = known;
  const next: Finding = { ...assessed, id, trigger, timing, ...(change !== undefined && { change }) };
  return recurrence === undefined ? next : withRecurrence(next, recurrence);
}

/** True where people know all of it: every principal in a state that it was in, as far as they are concerned. */
function isUnchanged(known: Finding, assessed: Finding): boolean {
  // Nobody has it (any more): if somebody had, that is a resolution, and no news of the text.
  if (assessed.attachments.length === 0) {
    return (
      known.attachments.length > 0 || known.status === "resolved" || isAsBefore(known.status, assessed.status)
    );
  }
  const findKnown = principalIndex(known.attachments);
  return assessed.attachments.every((attachment) => {
    const state = findKnown(attachment)?.state;
    return state !== undefined && isAsBefore(STATUS_OF[state], STATUS_OF[attachment.state]);
  });
}

function isAsBefore(before: FindingStatus, now: FindingStatus): boolean {
  if (now === "exempt") return before === "exempt" || before === "restored";
  return before === "open" || before === "containment-failed";
}

/** The known finding, with the attachments that are to be contained now. */
function withContainment(finding: Finding, assessed: Finding, planned: readonly ContainmentStep[]): Finding {
  if (assessed.decision.action !== "contain") return finding;
  if (planned.length === 0) return continued(finding, assessed);
  const known = finding.attachments.map((attachment) => {
    const now = assessed.attachments.find((other) => isSamePrincipal(other, attachment));
    return now === undefined || (now.state === "standing" && attachment.state === "failed")
      ? attachment
      : inState(attachment, now.state, now.until);
  });
  const more = assessed.attachments.filter(
    (attachment) => !finding.attachments.some((other) => isSamePrincipal(other, attachment)),
  );
  const attachments = [...known, ...more];
  // A principal that is new makes it no recurrence of what was known.
  const { recurrence, ...rest } = finding;
  return {
    ...rest,
    ...(recurrence !== undefined && more.length === 0 && { recurrence }),
    attachments,
    status: statusOf(attachments),
    decision: assessed.decision,
  };
}

function contained(
  finding: Finding,
  { plan, outcomes, repeatedAt }: Change & { readonly kind: "contained" },
): Finding {
  const attachments = finding.attachments.map((attachment) => {
    const steps = plan.filter(({ target }) => isSamePrincipal(target.principal, attachment));
    if (steps.length === 0) return attachment;
    const ends = steps.map((step) => outcomeOf(outcomes, step));
    if (ends.every(isDone)) return inState(attachment, "contained");
    // A step that was not tried has not worked either.
    const isMissed = finding.decision.action === "contain" && attachment.state === "standing";
    return ends.some((end) => end?.outcome === "failed") || isMissed
      ? inState(attachment, "failed")
      : attachment;
  });
  const isWhole = plan.every((step) => isDone(outcomeOf(outcomes, step)));
  const containedAt = outcomes
    .filter(isDone)
    .map(({ at }) => at)
    .toSorted()
    .at(-1);
  const { containedAt: _, ...timing } = finding.timing;
  const next: Finding = {
    ...finding,
    status: statusOf(attachments),
    attachments,
    containment: { steps: outcomes },
    timing: {
      ...timing,
      ...(isWhole && containedAt !== undefined && { containedAt }),
      ...(repeatedAt !== undefined && { reopenedAt: repeatedAt }),
    },
  };
  return { ...next, nextSteps: nextStepsFor(next, plan) };
}

function restored(
  finding: Finding,
  { before, outcomes, until }: Change & { readonly kind: "restored" },
): Finding {
  const given = outcomes.filter(isDone);
  if (given.length === 0) return finding;
  const attachments = finding.attachments.map((attachment) =>
    given.some(({ target }) => isSamePrincipal(target.principal, attachment))
      ? inState(attachment, "restored", until)
      : attachment,
  );
  const next: Finding = {
    ...finding,
    status: "restored",
    attachments,
    containment: { steps: [...before, ...outcomes] },
  };
  return { ...next, nextSteps: nextStepsFor(next, []) };
}

function resolved(finding: Finding, resolution: Resolution): Finding {
  const attachments = finding.attachments.map((attachment) =>
    attachment.state === "contained" ? attachment : inState(attachment, "gone"),
  );
  const next: Finding = { ...finding, status: "resolved", attachments, resolution };
  return { ...next, nextSteps: nextStepsFor(next, []) };
}

/** The status of the worst attachment. */
function statusOf(attachments: readonly FindingAttachment[]): FindingStatus {
  const worst = ATTACHMENT_STATES.find((state) =>
    attachments.some((attachment) => attachment.state === state),
  );
  return worst === undefined ? "open" : STATUS_OF[worst];
}

function inState(
  { until: _, ...attachment }: FindingAttachment,
  state: AttachmentState,
  until?: string,
): FindingAttachment {
  return { ...attachment, state, ...(until !== undefined && { until }) };
}

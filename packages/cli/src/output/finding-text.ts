import { arnName, parseArn } from "@kms-guard/core/aws/arn.ts";
import {
  type ContainmentStep,
  commandFor,
  isContainmentStep,
  isDone,
  type RestoreStep,
  type StepOutcome,
} from "@kms-guard/core/containment/steps.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { combinedText } from "@kms-guard/core/findings/subject.ts";
import { printable, printableJson } from "@kms-guard/core/text/untrusted.ts";
import type { FindingRecord } from "@kms-guard/guard/ports.ts";
import type { PublishedFinding } from "../aws/notification-log.ts";

/** The finding, with the steps of an interrupted containment, which only its record has. */
export function withRecordedSteps({ finding, outcomes }: FindingRecord): Finding {
  return finding.containment === undefined && outcomes.length > 0
    ? { ...finding, containment: { steps: outcomes } }
    : finding;
}

/** The time of the call if it is known, else when the guard saw it: ISO 8601 UTC, to the second. */
export function timeOf({ timing }: Finding): string {
  return (timing.eventTime ?? timing.receivedAt).replace(/\.\d+Z$/, "Z");
}

/** `TeamX`, `own of role Build`, or `the policies of role Build together`: not yet safe to print. */
export function policyText({ policy }: Finding): string {
  switch (policy.kind) {
    case "managed":
    case "aws-managed":
      return policy.name;
    case "inline":
      return `${policy.name} of ${policy.principal.type} ${policy.principal.name}`;
    case "combined":
      return combinedText(policy.principal);
  }
}

/** `user/mallory`, `assumed-role/Admin/alex`, or `(sweep)` if there is no actor: not yet safe to print. */
export function actorText({ trigger: { actor, kind } }: Finding): string {
  if (actor === undefined) return `(${kind})`;
  return actor.arn === undefined ? actor.type : (parseArn(actor.arn)?.resource ?? actor.arn);
}

/** What was done about it, briefly: not yet safe to print. */
export function outcomeText({ status, containment, decision, resolution }: Finding): string {
  const steps = containment?.steps ?? [];
  const containing = steps.filter(isContainmentStep);
  const contained = containing.filter(isDone).map(({ target }) => target.principal);
  const restored = steps.filter((step) => !isContainmentStep(step)).filter(isDone);
  switch (status) {
    case "contained":
      return `removed from ${some(contained)}`;
    case "containment-failed":
      return `FAILED: ${contained.length} of ${containing.length} removed`;
    case "restored":
      return `restored to ${some(restored.map(({ target }) => target.principal))}`;
    case "exempt":
      return "exempt";
    case "resolved":
      return resolution === undefined ? "resolved" : `resolved: ${resolution.reason}`;
    case "open":
      return decision.mode === "monitor" ? "alert (monitor)" : "alert only";
  }
}

/**
 * Milliseconds from the call (or, without one, from when the guard saw it) to the containment, else to the first
 * notification; `undefined` if that is not known.
 */
export function tookMs({
  finding: { timing },
  notifications,
}: Pick<PublishedFinding, "finding" | "notifications">): number | undefined {
  const end = timing.containedAt ?? notifications[0]?.at;
  const durationMs = Date.parse(end ?? "") - Date.parse(timing.eventTime ?? timing.receivedAt);
  return Number.isFinite(durationMs) && durationMs >= 0 ? durationMs : undefined;
}

export function tookText(published: Pick<PublishedFinding, "finding" | "notifications">): string {
  const durationMs = tookMs(published);
  return durationMs === undefined ? "-" : durationText(durationMs);
}

/** `4.2 s`, `3 min`, `5 h`, `2 d`. */
export function durationText(durationMs: number): string {
  const seconds = durationMs / 1_000;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

function some(principals: readonly { readonly type: string; readonly name: string }[]): string {
  const [first] = principals;
  return first !== undefined && principals.length === 1
    ? `${first.type} ${first.name}`
    : `${principals.length} principals`;
}

type Step = ContainmentStep | RestoreStep | StepOutcome;

/** `attach managed policy Tools to user alice`, safe to print. */
export function stepText(step: Step): string {
  const { target } = step;
  const isContainment = isContainmentStep(step);
  const { type, name } = target.principal;
  const who = `${type} ${printable(name)}`;
  if ("policyArn" in target) {
    const policy = `managed policy ${printable(arnName(target.policyArn))}`;
    return isContainment ? `detach ${policy} from ${who}` : `attach ${policy} to ${who}`;
  }
  const policy = `inline policy ${printable(target.policyName)}`;
  return isContainment ? `delete ${policy} from ${who}` : `put ${policy} back on ${who}`;
}

/** The AWS CLI command for the step, in one line: white space is removed from its document. */
export function stepCommand(step: RestoreStep): string {
  const shown = "document" in step ? { ...step, document: compact(step.document) } : step;
  return printable(commandFor(shown));
}

function compact(document: string): string {
  try {
    const value: unknown = JSON.parse(document);
    return typeof value === "object" && value !== null ? printableJson(value) : document;
  } catch {
    // IAM accepts some documents that JSON.parse does not: they stay as they are.
    return document;
  }
}

/** `2026-03-02T09:00:10Z`: an ISO time without fractions of a second, safe to print. */
export function seconds(time: string): string {
  return printable(time).replace(/\.\d+Z$/, "Z");
}

import { isSamePrincipal } from "@kms-guard/core/aws/principal.ts";
import {
  alreadyReports,
  isRecurrence,
  isWithin,
  nextRecurrence,
  withRecurrence,
} from "@kms-guard/core/findings/correlate.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { UNRESOLVED } from "@kms-guard/core/findings/resolution.ts";
import { subjectKey } from "@kms-guard/core/findings/subject.ts";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { Detection } from "./assess.ts";
import { failure } from "./errors.ts";
import type { PolicySnapshot } from "./policies/read-policy.ts";
import type { FindingRecord, Findings } from "./ports.ts";
import { readableRecords } from "./record.ts";

/**
 * True if a finding of this may exist already, so that it is looked up first: most of an account scan and of what a
 * removal leaves was reported before, and so was what the guard has just contained. Other events save the round trip.
 */
export function mayBeKnown(
  { fromAccountScan, notInForce }: PolicySnapshot,
  { meetsKnownFindings, principalOfEvent, trigger }: Detection,
): boolean {
  return (
    meetsKnownFindings ||
    fromAccountScan === true ||
    (notInForce !== undefined && principalOfEvent !== undefined && trigger.eventTime !== undefined)
  );
}

/** The record of a finding that already reports what `found` would; an error where that cannot be known. */
export async function findPrevious(
  findings: Pick<Findings, "list">,
  snapshot: PolicySnapshot,
  detection: Detection,
  found: Finding,
): Promise<FindingRecord | Error | undefined> {
  if (!mayBeKnown(snapshot, detection)) return undefined;
  const { meetsKnownFindings, principalOfEvent, trigger } = detection;
  try {
    return meetsKnownFindings || snapshot.fromAccountScan === true || principalOfEvent === undefined
      ? await findReported(findings, found)
      : await findContainedSince(findings, found, principalOfEvent, Date.parse(trigger.eventTime ?? ""));
  } catch (cause) {
    return failure("the previous findings of the policy could not be read", cause);
  }
}

/** The latest finding that reports the same text and principals, whatever event or sweep it came from. */
async function findReported(
  findings: Pick<Findings, "list">,
  found: Finding,
): Promise<FindingRecord | undefined> {
  // Ended findings count only if nobody has the policy.
  const status = found.attachments.length > 0 ? ([...UNRESOLVED, "contained"] as const) : undefined;
  const query = { subject: subjectKey(found.account, found.policy), ...(status !== undefined && { status }) };
  for await (const record of readableRecords(findings.list(query))) {
    if (alreadyReports(record.finding, found)) return record;
  }
  return undefined;
}

const MOST_CONTAINMENTS = 20;

/**
 * The finding whose containment detached the policy from this principal after the event: of several events at the same
 * time, the first one read has the policy detached from all their principals.
 */
async function findContainedSince(
  findings: Pick<Findings, "list">,
  found: Finding,
  principal: PrincipalName,
  sinceMs: number,
): Promise<FindingRecord | undefined> {
  const query = {
    subject: subjectKey(found.account, found.policy),
    status: "contained",
    limit: MOST_CONTAINMENTS,
  } as const;
  for await (const record of readableRecords(findings.list(query))) {
    const { policy, containment } = record.finding;
    const isContained = containment?.steps.some(
      ({ outcome, at, target }) =>
        outcome === "done" && Date.parse(at) >= sinceMs && isSamePrincipal(target.principal, principal),
    );
    if (isContained && policy.documentSha256 === found.policy.documentSha256) return record;
  }
  return undefined;
}

/**
 * The finding with how often it has come back, if it has. Looked up after the containment, never before; if that fails,
 * people are notified as if it was the first time.
 */
export async function countRecurrence(findings: Pick<Findings, "list">, finding: Finding): Promise<Finding> {
  const { status, trigger, attachments, notInForce } = finding;
  if (trigger.kind !== "event" || finding.recurrence !== undefined) return finding;
  if (status === "exempt" || attachments.length === 0 || notInForce !== undefined) return finding;
  try {
    for await (const { finding: earlier } of readableRecords(
      findings.list({ subject: subjectKey(finding.account, finding.policy) }),
    )) {
      if (earlier.id === finding.id) continue;
      if (!isWithin(earlier, finding)) break;
      if (isRecurrence(earlier, finding)) return withRecurrence(finding, nextRecurrence(earlier, finding));
    }
  } catch {
    return finding;
  }
  return finding;
}

import { isSamePrincipal } from "@kms-guard/core/aws/principal.ts";
import type { Decision } from "@kms-guard/core/containment/decision.ts";
import type { ContainmentStep } from "@kms-guard/core/containment/steps.ts";
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
import { shortId } from "@kms-guard/core/text/hash.ts";
import type { Detection } from "./assess.ts";
import { failure } from "./errors.ts";
import type { PolicySnapshot } from "./policies/read-policy.ts";
import type { FindingRecord, Findings, PolicyWriter, Ports, Stored, Unreadable } from "./ports.ts";

/** The records that can be read, as they come. What cannot be read is passed over. */
export async function* readableRecords<T>(items: AsyncIterable<Stored<T>>): AsyncGenerator<T> {
  for await (const item of items) if (item.kind === "record") yield item.record;
}

/** The records that can be read, and the items that cannot. */
export async function sortStored<T>(items: AsyncIterable<Stored<T>> | Iterable<Stored<T>>) {
  const records: T[] = [];
  const unreadable: Unreadable[] = [];
  for await (const item of items) {
    if (item.kind === "record") records.push(item.record);
    else unreadable.push(item);
  }
  return { records, unreadable };
}

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

/** The record of a finding to carry out. */
export interface OpenedRecord {
  readonly record: FindingRecord;
  /** True if this run wrote it: then nothing was done about it before. Another run may still join. */
  readonly isNew: boolean;
  /** True if every document that the plan would delete was read just now, and is the one that was evaluated. */
  readonly isConfirmed: boolean;
}

/** What was read longer ago than this is read again before a document is deleted. */
export const CONFIRMED_FOR_MS = 1_000;

/**
 * Records the finding and its plan before anything is changed; answers the record that is there already, or why it
 * could not be recorded. At the same time the documents that the plan would delete are read once more: so the comparison
 * takes no round trip of its own. It counts for a record that was written now; in doubt the writer compares again.
 */
export async function openRecord(
  { findings, writer, clock }: Pick<Ports, "findings" | "writer" | "clock">,
  finding: Finding,
  { action, plan }: Pick<Decision, "action" | "plan">,
): Promise<OpenedRecord | Error> {
  const steps = action === "contain" ? plan : [];
  const beganMs = clock.nowMs();
  try {
    const [opened, areUnchanged] = await Promise.all([
      findings.open(finding, steps),
      documentsUnchanged(writer, steps),
    ]);
    if (opened.kind === "already-open") return { record: opened.record, isNew: false, isConfirmed: false };
    // An unreadable record stays as it is. A retry makes the same id, and finds what was done.
    if (opened.kind === "unreadable")
      return openRecord(
        { findings, writer, clock },
        { ...finding, id: shortId("kg", [finding.id]) },
        { action, plan },
      );
    const record: FindingRecord = { finding, plan: steps, outcomes: [], notified: [] };
    return { record, isNew: true, isConfirmed: areUnchanged && clock.nowMs() - beganMs <= CONFIRMED_FOR_MS };
  } catch (cause) {
    return failure("the finding could not be recorded", cause);
  }
}

async function documentsUnchanged(writer: PolicyWriter, steps: readonly ContainmentStep[]): Promise<boolean> {
  try {
    const answers = steps.map((step) => !("document" in step) || writer.isUnchanged(step));
    return (await Promise.all(answers)).every((isUnchanged) => isUnchanged);
  } catch {
    // The writer compares again, and its answer is the step's outcome.
    return false;
  }
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

/** Records a finding as it is when its run ends. Failures are returned. */
export async function closeRecord(
  { findings }: Pick<Ports, "findings">,
  finding: Finding,
): Promise<readonly Error[]> {
  try {
    await findings.close(finding);
    return [];
  } catch (cause) {
    return [failure(`finding ${finding.id} could not be closed`, cause)];
  }
}

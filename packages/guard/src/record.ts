import type { Decision } from "@kms-guard/core/containment/decision.ts";
import type { ContainmentStep } from "@kms-guard/core/containment/steps.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { shortId } from "@kms-guard/core/text/hash.ts";
import { failure } from "./errors.ts";
import type { FindingRecord, PolicyWriter, Ports, Stored, Unreadable } from "./ports.ts";

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

async function documentsUnchanged(writer: PolicyWriter, steps: readonly ContainmentStep[]): Promise<boolean> {
  try {
    const answers = steps.map((step) => !("document" in step) || writer.isUnchanged(step));
    return (await Promise.all(answers)).every((isUnchanged) => isUnchanged);
  } catch {
    // The writer compares again, and its answer is the step's outcome.
    return false;
  }
}

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

import type { Decision } from "@kms-guard/core/containment/decide.ts";
import type { ContainmentStep } from "@kms-guard/core/containment/steps.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { shortId } from "@kms-guard/core/text/hash.ts";
import { failure } from "./errors.ts";
import type { FindingRecord, PolicyWriter, Ports } from "./ports.ts";

/** A finding's record to go on with. */
export interface Opened {
  readonly record: FindingRecord;
  /** True where this run wrote it: then nothing was done about it before. Another run may still join. */
  readonly isNew?: boolean;
  /** True where what the plan would delete for good was read again just now, and is what was judged. */
  readonly isConfirmed?: boolean;
}

/** What was read longer ago than this is read again before anything is deleted on the strength of it. */
export const CONFIRMED_FOR_MS = 1_000;

/**
 * Writes the finding down with what is planned, or answers the record that is there, or why neither can be. While it
 * is being written, what the plan would delete is read once more, so that the comparing takes no time of its own; it
 * counts for a record that was opened here and now, and where it is in doubt the writer compares as it always does.
 */
export async function openRecord(
  { findings, writer, clock }: Pick<Ports, "findings" | "writer" | "clock">,
  finding: Finding,
  { action, plan }: Pick<Decision, "action" | "plan">,
): Promise<Opened | Error> {
  const steps = action === "contain" ? plan : [];
  const beganMs = clock.nowMs();
  try {
    const [opened, areStanding] = await Promise.all([findings.open(finding, steps), allStand(writer, steps)]);
    if (opened.kind === "already-open") return { record: opened.record };
    // It stays as it is. A retry comes to the same id, and finds what was done.
    if (opened.kind === "unreadable")
      return openRecord(
        { findings, writer, clock },
        { ...finding, id: shortId("kg", [finding.id]) },
        { action, plan },
      );
    const record: FindingRecord = { finding, plan: steps, outcomes: [], published: [] };
    return { record, isNew: true, isConfirmed: areStanding && clock.nowMs() - beganMs <= CONFIRMED_FOR_MS };
  } catch (cause) {
    return failure("the finding could not be recorded", cause);
  }
}

async function allStand(writer: PolicyWriter, steps: readonly ContainmentStep[]): Promise<boolean> {
  try {
    const standing = steps.map((step) => !("document" in step) || writer.stillStands(step));
    return (await Promise.all(standing)).every((stands) => stands);
  } catch {
    // The writer asks once more, and its answer is the step's outcome.
    return false;
  }
}

import { isSamePrincipal } from "@kms-guard/core/aws/principal.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { alreadyReports } from "@kms-guard/core/findings/known-finding.ts";
import {
  isRecurrence,
  isWithin,
  nextRecurrence,
  withRecurrence,
} from "@kms-guard/core/findings/recurrence.ts";
import { UNRESOLVED } from "@kms-guard/core/findings/resolution.ts";
import { subjectKey } from "@kms-guard/core/findings/subject-key.ts";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { Detection } from "./assess.ts";
import type { PolicySnapshot } from "./policies/snapshot.ts";
import type { FindingRecord, Findings } from "./ports.ts";
import { readableRecords } from "./stored.ts";

/** Finds what people were told already of what would be told now; `undefined` where they were not. */
export type FindPrevious = (found: Finding) => Promise<FindingRecord | undefined>;

/**
 * The latest finding that tells of the same grant, whatever event or sweep it came from. For sweeps and other
 * readings of the whole account, and for calls that take something away: what they meet is likely to be known.
 */
export function findReported(findings: Pick<Findings, "list">): FindPrevious {
  return async (found) => {
    const isHeld = found.attachments.length > 0;
    // Only where nobody holds it do findings count that are over.
    const status = isHeld ? ([...UNRESOLVED, "contained"] as const) : undefined;
    const query = {
      subject: subjectKey(found.account, found.policy),
      ...(status !== undefined && { status }),
    };
    for await (const record of readableRecords(findings.list(query))) {
      if (alreadyReports(record.finding, found)) return record;
    }
    return undefined;
  };
}

/**
 * What is to be looked up before a policy is told of, where an event has nothing looked up by itself: nearly all that a
 * survey comes upon was told before, and what the guard itself has taken away was told as that.
 */
export function findPreviousFor(
  findings: Pick<Findings, "list">,
  { fromAccountScan: isSurveyed, notInForce }: PolicySnapshot,
  { principalOfEvent, trigger }: Detection,
): FindPrevious | undefined {
  if (isSurveyed === true) return findReported(findings);
  if (notInForce === undefined || principalOfEvent === undefined || trigger.eventTime === undefined) {
    return undefined;
  }
  return findContainedSince(findings, principalOfEvent, Date.parse(trigger.eventTime));
}

const MOST_CONTAINMENTS = 20;

/**
 * The finding whose containment took what is in question from a principal, since the event gave it: several events at
 * once, of which the first that is read has the policy taken from all.
 */
function findContainedSince(
  findings: Pick<Findings, "list">,
  from: PrincipalName,
  sinceMs: number,
): FindPrevious {
  return async (found) => {
    const query = {
      subject: subjectKey(found.account, found.policy),
      status: "contained",
      limit: MOST_CONTAINMENTS,
    } as const;
    for await (const record of readableRecords(findings.list(query))) {
      const { policy, containment } = record.finding;
      const isTaken = containment?.steps.some(
        ({ outcome, at, target }) =>
          outcome === "done" && Date.parse(at) >= sinceMs && isSamePrincipal(target.principal, from),
      );
      if (isTaken && policy.documentSha256 === found.policy.documentSha256) return record;
    }
    return undefined;
  };
}

/**
 * The finding with how often its grant has come back, where it has. Looked up after the containment, never before;
 * where that fails, people are told as if it was the first time.
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
      if (isRecurrence(earlier, finding)) {
        return withRecurrence(finding, nextRecurrence(earlier, finding));
      }
    }
  } catch {
    return finding;
  }
  return finding;
}

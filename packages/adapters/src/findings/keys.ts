import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Finding } from "@kms-guard/core/respond/finding.ts";

/** An item as DynamoDB's API has it. */
export type Item = Record<string, AttributeValue>;

// The keys that `FINDINGS_TABLE` describes.

export const EXEMPTIONS = "EXEMPTIONS";
export const FINDING_KEY = "FINDING";

const FINDING_PREFIX = "FINDING#";
const OUTCOME_PREFIX = "OUTCOME#";

export function findingPartition(id: string): string {
  return `${FINDING_PREFIX}${id}`;
}

export function findingIdOf({ pk }: Item): readonly string[] {
  return pk?.S?.startsWith(FINDING_PREFIX) ? [pk.S.slice(FINDING_PREFIX.length)] : [];
}

export function outcomeKey(stepIndex: number): string {
  return `${OUTCOME_PREFIX}${String(stepIndex).padStart(5, "0")}`;
}

/** The plan's step that a sort key is the outcome of. */
export function stepIndexOf(sortKey: string): readonly number[] {
  return sortKey.startsWith(OUTCOME_PREFIX) ? [Number(sortKey.slice(OUTCOME_PREFIX.length))] : [];
}

export function claimKey(status: Finding["status"]): string {
  return `CLAIM#${status}`;
}

/** What had to be contained again is claimed anew: its last step came later. */
export function channelClaimKey({ status, containment }: Finding, channel: string): string {
  const stepTimes = containment?.steps.map(({ at }) => at) ?? [];
  return `CLAIM#${status}#${channel}#${stepTimes.toSorted().at(-1) ?? ""}`;
}

export function exemptionKey(id: string): string {
  return `EXEMPTION#${id}`;
}

/** A whole primary key. */
export function itemKey(pk: string, sk: string): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}

import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** An item as DynamoDB's API has it. */
export type Item = Record<string, AttributeValue>;

// The keys that `FINDINGS_TABLE` describes.

export const FINDING_KEY = "FINDING";
export const POLICY_KEY = "POLICY";

const FINDING_PREFIX = "FINDING#";
const OUTCOME_PREFIX = "OUTCOME#";

/** Of a finding, or of a notice that is sent once. `id` may be the beginning of one. */
export function findingPartition(account: string, id: string): string {
  return `${FINDING_PREFIX}${account}#${id}`;
}

export function findingIdOf({ pk }: Item): readonly string[] {
  const [, id] = /^FINDING#\d{12}#(.+)$/.exec(pk?.S ?? "") ?? [];
  return id === undefined ? [] : [id];
}

export function exemptionsPartition(account: string): string {
  return `EXEMPTIONS#${account}`;
}

/** The index's partition of an account's findings. */
export function accountPartition(account: string): string {
  return `${FINDING_PREFIX}${account}`;
}

/** Of the outcome of a step: `stepKey` makes the key. */
export function outcomeKey(key: string): string {
  return `${OUTCOME_PREFIX}${key}`;
}

export function isOutcome({ sk }: Item): boolean {
  return sk?.S?.startsWith(OUTCOME_PREFIX) === true;
}

/** Of the claim on a notification: `shouldNotify` makes the key. */
export function notificationKey(key: string): string {
  return `CLAIM#${key}`;
}

/** The status, or `notice`, that a notification's key begins with. */
export function statusOfKey(key: string): string {
  return key.split("#", 1)[0] ?? key;
}

/** The index's partition of one policy's findings. */
export function subjectPartition(subjectKey: string): string {
  return `POLICY#${subjectKey}`;
}

const EXEMPTION_PREFIX = "EXEMPTION#";

export function exemptionKey(id: string): string {
  return `${EXEMPTION_PREFIX}${id}`;
}

export function exemptionIdOf({ sk }: Item): string {
  return (sk?.S ?? "").replace(EXEMPTION_PREFIX, "");
}

/** A whole primary key. */
export function itemKey(pk: string, sk: string): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}

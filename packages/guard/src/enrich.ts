import { type EvaluationContext, evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import { apiCallRow } from "@kms-guard/core/events/api-call-table.ts";
import type { Finding, FindingAttachment } from "@kms-guard/core/findings/finding.ts";
import { createTwoFilesPatch } from "diff";
import { type PolicySnapshot, versionNumber } from "./policies/read-policy.ts";
import type { PolicyReader } from "./ports.ts";

/**
 * The finding with what people need to judge it: the principals' ARNs, how many users are in the groups, and the diff to
 * the version before. Read after the containment, never before; what cannot be read is left out of the alert.
 */
export async function enrich(
  policies: PolicyReader,
  context: EvaluationContext,
  finding: Finding,
  snapshot: PolicySnapshot,
): Promise<Finding> {
  const [attachments, change] = await Promise.all([
    Promise.all(
      finding.attachments.map((attachment, index) =>
        index < MOST_PRINCIPALS && !isKnown(attachment) ? described(policies, attachment) : attachment,
      ),
    ),
    changeOf(policies, context, finding, snapshot).catch(() => undefined),
  ]);
  return { ...finding, attachments, ...(change !== undefined && { change }) };
}

/** Few enough that reading them throttles no read that a containment waits for; the others are named only. */
const MOST_PRINCIPALS = 25;

function isKnown({ type, arn, members }: FindingAttachment): boolean {
  return arn !== undefined && (type !== "group" || members !== undefined);
}

/** A role may have a path, so no ARN is made of a name. */
async function described(policies: PolicyReader, attachment: FindingAttachment): Promise<FindingAttachment> {
  const details = await policies.principalDetails(attachment).catch(() => undefined);
  return { ...attachment, ...details };
}

async function changeOf(
  policies: PolicyReader,
  context: EvaluationContext,
  { trigger }: Finding,
  { policy, isVersionUnknown }: PolicySnapshot,
): Promise<Finding["change"]> {
  const { creates, setsDefaultVersion } = apiCallRow(trigger.eventName) ?? {};
  const changesVersion = creates === "version" || setsDefaultVersion === true;
  if (policy.kind === "inline" || isVersionUnknown === true || !changesVersion) return undefined;
  const others = (await policies.policyVersionIds(policy.arn))?.filter((id) => id !== policy.versionId) ?? [];
  const isOlder = (id: string) => versionNumber(id) < versionNumber(policy.versionId);
  // IAM does not say which version was the default before. A new version most likely replaces the one before it; when an
  // older one is set, the newest was most likely in force.
  const previousVersionId = (creates === "version" ? others.find(isOlder) : undefined) ?? others[0];
  if (previousVersionId === undefined) return undefined;
  const previous = await policies.policyVersion(policy.arn, previousVersionId);
  if (previous === undefined) return undefined;
  const diff = unifiedDiff(previousVersionId, previous, policy.versionId, policy.document);
  return {
    previousVersionId,
    previousVerdict: evaluateDocument(previous, context).name,
    ...(diff !== undefined && { diff }),
  };
}

/** An alert is read by people and has to fit into an SNS message of 256 KB, so a long diff is cut. */
const LONGEST_DIFF = 8_000;
const MOST_EDITS = 2_000;

/** The change from one document to the other, both formatted alike; `undefined` where they have too little in common. */
function unifiedDiff(fromName: string, from: string, toName: string, to: string): string | undefined {
  const patch = createTwoFilesPatch(fromName, toName, formatted(from), formatted(to), undefined, undefined, {
    context: 3,
    maxEditLength: MOST_EDITS,
  });
  if (patch === undefined || patch.length <= LONGEST_DIFF) return patch;
  return `${patch.slice(0, patch.lastIndexOf("\n", LONGEST_DIFF))}\n… cut\n`;
}

function formatted(document: string): string {
  try {
    return `${JSON.stringify(JSON.parse(document), undefined, 2)}\n`;
  } catch {
    return `${document}\n`;
  }
}

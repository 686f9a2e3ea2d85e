import { evaluate } from "@kms-guard/core/evaluate/evaluate.ts";
import { parseDocument } from "@kms-guard/core/policy/parse-document.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import type { Finding, FindingAttachment } from "@kms-guard/core/respond/finding.ts";
import { createTwoFilesPatch } from "diff";
import type { PolicyReader } from "./ports.ts";
import type { Standing } from "./standing.ts";

/**
 * The finding with what helps people to judge it: how many users are in the groups, and what the policy said before.
 * Looked up after the containment, never before; where that fails, the alert goes out without it.
 */
export async function inContext(
  policies: PolicyReader,
  account: Account,
  finding: Finding,
  standing: Standing,
): Promise<Finding> {
  try {
    const [attachments, change] = await Promise.all([
      Promise.all(finding.attachments.map((attachment) => withMembers(policies, attachment))),
      changeOf(policies, account, finding, standing),
    ]);
    return { ...finding, attachments, ...(change !== undefined && { change }) };
  } catch {
    return finding;
  }
}

async function withMembers(
  policies: PolicyReader,
  attachment: FindingAttachment,
): Promise<FindingAttachment> {
  if (attachment.type !== "group") return attachment;
  const members = await policies.groupMembers(attachment.name);
  return members === undefined ? attachment : { ...attachment, members };
}

const CHANGES_VERSION = new Set<string | undefined>(["CreatePolicyVersion", "SetDefaultPolicyVersion"]);

async function changeOf(
  policies: PolicyReader,
  account: Account,
  { trigger }: Finding,
  { policy }: Standing,
): Promise<Finding["change"]> {
  if (policy.kind === "inline" || !CHANGES_VERSION.has(trigger.eventName)) return undefined;
  const others = (await policies.policyVersionIds(policy.arn))?.filter((id) => id !== policy.versionId) ?? [];
  // IAM does not tell which version was the default before: the one before this is the best there is.
  const previousVersionId =
    others.find((id) => versionNumber(id) < versionNumber(policy.versionId)) ?? others[0];
  if (previousVersionId === undefined) return undefined;
  const previous = await policies.policyVersion(policy.arn, previousVersionId);
  if (previous === undefined) return undefined;
  const diff = unifiedDiff(previousVersionId, previous, policy.versionId, policy.document);
  return {
    previousVersionId,
    previousVerdict: evaluate(parseDocument(previous), account).name,
    ...(diff !== undefined && { diff }),
  };
}

function versionNumber(versionId: string): number {
  return Number.parseInt(versionId.slice(1), 10);
}

/** An alert is read by people and has to fit into an SNS message of 256 KB, so a long diff is cut. */
const LONGEST_DIFF = 8_000;
const MOST_EDITS = 2_000;

/** The change from one document to the other, both laid out alike; `undefined` where they have too little in common. */
function unifiedDiff(fromName: string, from: string, toName: string, to: string): string | undefined {
  const patch = createTwoFilesPatch(fromName, toName, laidOut(from), laidOut(to), undefined, undefined, {
    context: 3,
    maxEditLength: MOST_EDITS,
  });
  if (patch === undefined || patch.length <= LONGEST_DIFF) return patch;
  return `${patch.slice(0, patch.lastIndexOf("\n", LONGEST_DIFF))}\n… cut\n`;
}

function laidOut(document: string): string {
  try {
    return `${JSON.stringify(JSON.parse(document), undefined, 2)}\n`;
  } catch {
    return `${document}\n`;
  }
}

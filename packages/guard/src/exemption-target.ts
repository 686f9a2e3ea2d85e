import { attachmentsOf } from "@kms-guard/core/aws/principal.ts";
import { type EvaluationContext, evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { exemptedPolicy } from "@kms-guard/core/findings/subject.ts";
import type { Attachment, Policy } from "@kms-guard/core/policy/policy.ts";
import { sha256 } from "@kms-guard/core/text/hash.ts";
import { readManaged, readPolicyOf } from "./policies/read-policy.ts";
import type { PolicyReader } from "./ports.ts";

/** A policy that may be exempted, and its state now. */
export interface ExemptionTarget {
  /** Twelve digits. */
  readonly account: string;
  readonly policy: Exemption["policy"];
  /** Of the document to exempt: the finding's, else the one in IAM now. */
  readonly documentSha256: string;
  readonly finding?: Finding;
  /** Absent where the policy does not exist now (its containment deleted it, for example), or where it is not one. */
  readonly current?: {
    /** Managed ones only. */
    readonly versionId?: string;
    readonly verdict: Verdict;
    readonly attachments: readonly Attachment[];
    /** False if the policy has another document now. */
    readonly isSameDocument: boolean;
  };
}

/** What an exemption of a finding's policy would cover: the text of the finding, and who it is attached to now. */
export async function targetOfFinding(
  policies: PolicyReader,
  finding: Finding,
  context: EvaluationContext,
): Promise<ExemptionTarget> {
  const { account, policy } = finding;
  const { documentSha256 } = policy;
  const now = await readPolicyOf(policies, finding);
  return {
    ...{ account, policy: exemptedPolicy(policy), documentSha256, finding },
    ...(now && { current: currentState(now, documentSha256, context) }),
  };
}

/** What an exemption of a managed policy as it is now would cover; `undefined` where there is none with that ARN. */
export async function targetOfPolicy(
  policies: PolicyReader,
  arn: string,
  context: EvaluationContext,
): Promise<ExemptionTarget | undefined> {
  const now = await readManaged(policies, arn);
  if (now === undefined) return undefined;
  const documentSha256 = sha256(now.document);
  return {
    ...{ account: context.account.id, policy: { kind: "managed", arn }, documentSha256 },
    current: currentState(now, documentSha256, context),
  };
}

function currentState(
  policy: Policy,
  documentSha256: string,
  context: EvaluationContext,
): NonNullable<ExemptionTarget["current"]> {
  return {
    ...(policy.kind !== "inline" && { versionId: policy.versionId }),
    verdict: evaluateDocument(policy.document, context),
    attachments: attachmentsOf(policy),
    isSameDocument: sha256(policy.document) === documentSha256,
  };
}

import { isSamePrincipal } from "@kms-guard/core/aws/principal.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Attachment, ManagedPolicy, Policy, PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { PolicyReader } from "../ports.ts";

/** A policy as it was read at one moment, to be evaluated. */
export interface PolicySnapshot {
  readonly policy: Policy;
  /**
   * Absent for a policy in force. Present for a text that only the event (or a version that is not the default) has: why
   * it is not in force. Such a policy is alerted on, never contained.
   */
  readonly notInForce?: string;
  /** True if the event has the text but not its version, and no stored version has the text: `versionId` is a guess. */
  readonly isVersionUnknown?: true;
  /** True if IAM could not be read: nothing is concluded from this snapshot. */
  readonly iamUnavailable?: true;
  /** True if it comes from an account scan, which may be minutes old. */
  readonly fromAccountScan?: true;
}

/** A managed policy with its attachments: two reads at the same time. */
export async function readManaged(policies: PolicyReader, arn: string): Promise<ManagedPolicy | undefined> {
  const [text, uses] = await Promise.all([policies.managedPolicy(arn), policies.policyAttachments(arn)]);
  return text && { ...text, attachments: uses?.attachments ?? [], boundaryOf: uses?.boundaryOf ?? [] };
}

/** The policy of a finding as it is now; `undefined` if it is gone. */
export function readPolicyOf(
  policies: PolicyReader,
  { policy }: Pick<Finding, "policy">,
): Promise<Policy | undefined> {
  switch (policy.kind) {
    case "managed":
    case "aws-managed":
      return readManaged(policies, policy.arn);
    case "inline":
      return policies.inlinePolicy(policy.principal, policy.name);
  }
}

/** A policy of an account scan, read again; `undefined` if it is gone. Only the scan has its principals' ARNs. */
export async function readAgain(policies: PolicyReader, scanned: Policy): Promise<Policy | undefined> {
  if (scanned.kind === "inline") {
    const now = await policies.inlinePolicy(scanned.principal, scanned.name);
    return now && { ...now, principal: scanned.principal };
  }
  const now = await readManaged(policies, scanned.arn);
  const known = (attachment: Attachment) =>
    scanned.attachments.find((other) => isSamePrincipal(other, attachment)) ?? attachment;
  return now && { ...now, attachments: now.attachments.map(known) };
}

/** The policy with one principal's attachment only. */
export function attachedTo(policy: ManagedPolicy, principal: PrincipalName): ManagedPolicy {
  return {
    ...policy,
    attachments: policy.attachments.filter((attachment) => isSamePrincipal(attachment, principal)),
  };
}

/** True if the policy is attached to a principal (as a boundary does not count), or inline. */
export function isAttached(policy: Policy): boolean {
  return policy.kind === "inline" || policy.attachments.length > 0;
}

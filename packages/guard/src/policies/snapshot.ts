import { isSamePrincipal } from "@kms-guard/core/aws/principal.ts";
import type { Attachment, ManagedPolicy, Policy, PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { PolicyReader } from "../ports.ts";

/** A policy to judge. */
export interface PolicySnapshot {
  readonly policy: Policy;
  /**
   * Absent for what stands in IAM. Present for a text that only the event (or a version that is not the default) has:
   * why it is not in force. Of such a policy the guard speaks, and takes nothing away.
   */
  readonly notInForce?: string;
  /** True where the event has the text and not its version, nor any version that is stored: `versionId` is none then. */
  readonly isVersionUnknown?: true;
  /** True where IAM could not be read: what stands is not known, so nothing follows from it. */
  readonly iamUnavailable?: true;
  /** True where it comes from a reading of the whole account, which may be minutes old. */
  readonly fromAccountScan?: true;
}

/** A managed policy and who holds it, in the time of one of the two readings. */
export async function readManaged(policies: PolicyReader, arn: string): Promise<ManagedPolicy | undefined> {
  const [text, uses] = await Promise.all([policies.managedPolicy(arn), policies.policyAttachments(arn)]);
  return text && { ...text, attachments: uses?.attachments ?? [], boundaryOf: uses?.boundaryOf ?? [] };
}

/**
 * What a survey of the account had, read by itself as it stands now; `undefined` where it is gone. The survey knows the
 * holders' ARNs, which these readings do not tell.
 */
export async function readAgain(policies: PolicyReader, surveyed: Policy): Promise<Policy | undefined> {
  if (surveyed.kind === "inline") {
    const now = await policies.inlinePolicy(surveyed.principal, surveyed.name);
    return now && { ...now, principal: surveyed.principal };
  }
  const now = await readManaged(policies, surveyed.arn);
  const known = (holder: Attachment) =>
    surveyed.attachments.find((other) => isSamePrincipal(other, holder)) ?? holder;
  return now && { ...now, attachments: now.attachments.map(known) };
}

/** The policy as held by one principal alone. */
export function attachedTo(policy: ManagedPolicy, principal: PrincipalName): ManagedPolicy {
  return {
    ...policy,
    attachments: policy.attachments.filter((holder) => isSamePrincipal(holder, principal)),
  };
}

/** True where somebody holds the policy as permissions. */
export function isAttached(policy: Policy): boolean {
  return policy.kind === "inline" || policy.attachments.length > 0;
}

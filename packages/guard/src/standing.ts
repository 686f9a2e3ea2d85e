import { evaluate } from "@kms-guard/core/evaluate/evaluate.ts";
import { parseDocument } from "@kms-guard/core/policy/parse-document.ts";
import type { Account, ManagedPolicy, Policy, PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { samePrincipal } from "@kms-guard/core/respond/same-principal.ts";
import type { PolicyReader } from "./ports.ts";

/** A policy to judge. */
export interface Standing {
  readonly policy: Policy;
  /**
   * Absent for what stands in IAM. Present for a text that only the event (or a version that is not the default) has:
   * why it is not in force. Of such a policy the guard speaks, and takes nothing away.
   */
  readonly notInForce?: string;
}

/** A managed policy and who holds it, in the time of one of the two readings. */
export async function readManaged(policies: PolicyReader, arn: string): Promise<ManagedPolicy | undefined> {
  const [text, uses] = await Promise.all([policies.managedPolicy(arn), policies.policyUses(arn)]);
  return text && { ...text, attachments: uses?.attachments ?? [], boundaryOf: uses?.boundaryOf ?? [] };
}

/** True where the document grants what the guard guards against, or cannot be judged. */
export function isBad(document: string, account: Account): boolean {
  return evaluate(parseDocument(document), account).name !== "none";
}

/** The policy as held by one principal alone. */
export function heldBy(policy: ManagedPolicy, principal: PrincipalName): ManagedPolicy {
  return { ...policy, attachments: policy.attachments.filter((holder) => samePrincipal(holder, principal)) };
}

/** True where somebody holds the policy as permissions. */
export function isHeld(policy: Policy): boolean {
  return policy.kind === "inline" || policy.attachments.length > 0;
}

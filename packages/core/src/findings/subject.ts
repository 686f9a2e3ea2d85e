import { managedPolicyKind } from "../aws/arn.ts";
import { principalKey } from "../aws/principal.ts";
import type { ApiCall } from "../events/api-call.ts";
import type { Exemption } from "../exemptions/exemption.ts";
import type { PrincipalName, SubjectIdentity } from "../policy/policy.ts";
import type { FindingPolicy } from "./finding.ts";

/**
 * The same text for the same subject of the same account. AWS's own policies, and principals' names, are the same in
 * every account, so the account comes first. IAM's names are unique whatever their case.
 */
export function subjectKey(accountId: string, subject: SubjectIdentity): string {
  switch (subject.kind) {
    case "managed":
    case "aws-managed":
      return `${accountId}/${subject.arn.toLowerCase()}`;
    case "inline":
      return `${accountId}/${principalKey(subject.principal)}/${subject.name}`;
    case "combined":
      return `${accountId}/combined/${principalKey(subject.principal)}`;
  }
}

/** The key of the one policy that a call affects; `undefined` where it may be several. */
export function subjectKeyOfCall({ account, scope }: Pick<ApiCall, "account" | "scope">): string | undefined {
  switch (scope.kind) {
    case "managed-policy":
    case "attachment":
      return subjectKey(account, { kind: managedPolicyKind(scope.policyArn), arn: scope.policyArn });
    case "inline-policy":
      return subjectKey(account, { kind: "inline", name: scope.policyName, principal: scope.principal });
    case "principal":
    case "account":
      return undefined;
  }
}

/**
 * `managed arn:aws:iam::111122223333:policy/TeamX v3`, `inline own of role Build` or `the policies of role Build
 * together`: not yet safe to print.
 */
export function subjectText(policy: FindingPolicy): string {
  switch (policy.kind) {
    case "managed":
    case "aws-managed": {
      const version = policy.versionId === undefined ? "" : ` ${policy.versionId}`;
      return `${policy.kind} ${policy.arn}${version}`;
    }
    case "inline":
      return `inline ${policy.name} of ${policy.principal.type} ${policy.principal.name}`;
    case "combined":
      return combinedText(policy.principal);
  }
}

/** `the policies of role Build together`. */
export function combinedText({ type, name }: PrincipalName): string {
  return `the policies of ${type} ${name} together`;
}

/** The policy of a finding as an exemption names it. */
export function exemptedPolicy(policy: FindingPolicy): Exemption["policy"] {
  switch (policy.kind) {
    case "managed":
    case "aws-managed":
      return { kind: "managed", arn: policy.arn };
    case "inline":
      return { kind: "inline", principal: policy.principal, name: policy.name };
    case "combined":
      return { kind: "combined", principal: policy.principal, documentSha256: policy.documentSha256 };
  }
}

/** The ARN of a managed policy, else the name: what a program searches for. */
export function subjectName(policy: FindingPolicy): string {
  return "arn" in policy ? policy.arn : policy.name;
}

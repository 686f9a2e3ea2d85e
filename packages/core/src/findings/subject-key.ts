import { principalKey } from "../aws/principal.ts";
import type { ApiCall } from "../events/api-call.ts";
import type { PrincipalName } from "../policy/policy.ts";

/** What names a policy in its account: a managed one its ARN, an inline one its principal and its own name. */
interface NamedPolicy {
  readonly arn?: string;
  readonly name: string;
  readonly principal?: PrincipalName;
}

/**
 * The same text for the same policy of the same account. AWS's own policies, and principals' names, are the same in
 * every account, so the account comes first. IAM's names are unique whatever their case.
 */
export function subjectKey(accountId: string, { arn, name, principal }: NamedPolicy): string {
  return principal === undefined
    ? `${accountId}/${(arn ?? name).toLowerCase()}`
    : `${accountId}/${principalKey(principal)}/${name}`;
}

/** The key of the one policy that a call affects; `undefined` where it may be several. */
export function subjectKeyOfCall({ account, scope }: Pick<ApiCall, "account" | "scope">): string | undefined {
  switch (scope.kind) {
    case "managed-policy":
    case "attachment":
      return subjectKey(account, { arn: scope.policyArn, name: "" });
    case "inline-policy":
      return subjectKey(account, { name: scope.policyName, principal: scope.principal });
    case "principal":
    case "account":
      return undefined;
  }
}

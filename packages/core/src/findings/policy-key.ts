import type { Scope } from "../events/api-call.ts";
import type { PrincipalName } from "../policy/policy.ts";

/** What names a policy: a managed one its ARN, an inline one its principal and its own name. */
interface NamedPolicy {
  readonly arn?: string;
  readonly name: string;
  readonly principal?: PrincipalName;
}

/** The same text for the same policy, wherever it is met. IAM's names are unique whatever their case. */
export function policyKey({ arn, name, principal }: NamedPolicy): string {
  return principal === undefined
    ? (arn ?? name).toLowerCase()
    : `${principal.type}/${principal.name.toLowerCase()}/${name}`;
}

/** The key of the one policy that a call affects; `undefined` where it may be several. */
export function policyKeyOfScope(affected: Scope): string | undefined {
  switch (affected.kind) {
    case "managed-policy":
    case "attachment":
      return policyKey({ arn: affected.policyArn, name: "" });
    case "inline-policy":
      return policyKey({ name: affected.policyName, principal: affected.principal });
    default:
      return undefined;
  }
}

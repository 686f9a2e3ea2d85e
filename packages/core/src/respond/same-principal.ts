import type { PrincipalName } from "../policy/policy.ts";

/**
 * True where both name the same user, role or group. IAM's names are unique in an account whatever their case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function samePrincipal(one: PrincipalName, other: PrincipalName): boolean {
  return one.type === other.type && one.name.toLowerCase() === other.name.toLowerCase();
}

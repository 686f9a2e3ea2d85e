import type { PrincipalName } from "../policy/policy.ts";

/**
 * True where both name the same user, role or group. IAM's names are unique in an account whatever their case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function isSamePrincipal(one: PrincipalName, other: PrincipalName): boolean {
  return principalKey(one) === principalKey(other);
}

/** The same text for the same principal. */
export function principalKey({ type, name }: PrincipalName): string {
  return `${type}/${name.toLowerCase()}`;
}

import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { newPolicy, newPrincipal, type PolicyState, type PrincipalState } from "./account-state.ts";
import type { IamModel } from "./iam-model.ts";

/**
 * The principal of that name. An archive may begin in the middle, so one that was never seen is there from now on,
 * with nothing known but its name.
 */
export function seenPrincipal(iam: IamModel, who: PrincipalName): PrincipalState {
  const named = iam.state.principals[who.type];
  const key = who.name.toLowerCase();
  const principal = named.get(key) ?? newPrincipal(who, undefined);
  named.set(key, principal);
  return principal;
}

/** The policy of that ARN; one that was never seen is there from now on, its versions and texts unknown. */
export function seenPolicy(iam: IamModel, arn: string): PolicyState {
  const key = arn.toLowerCase();
  const policy = iam.state.policies.get(key) ?? newPolicy(arn);
  iam.state.policies.set(key, policy);
  return policy;
}

export function attach(principal: PrincipalState, policy: PolicyState): void {
  principal.attached.add(policy);
  policy.attachedTo.add(principal);
}

export function detach(principal: PrincipalState, policy: PolicyState): void {
  principal.attached.delete(policy);
  policy.attachedTo.delete(principal);
}

export function join(group: PrincipalState, user: PrincipalState): void {
  group.membership.add(user);
  user.membership.add(group);
}

export function leave(group: PrincipalState, user: PrincipalState): void {
  group.membership.delete(user);
  user.membership.delete(group);
}

import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { Trigger } from "@kms-guard/core/events/api-call.ts";

/**
 * True for calls that take a policy away. What they leave was judged when it came, so they add no grant of their own,
 * and what they took is gone without the guard waiting for it. (Taking a boundary away gives: that is none of these.)
 */
export function isRemoval({ effect, eventName }: Trigger): boolean {
  return effect === "takes" || (effect === "either" && /^(Detach|Delete|Remove)/.test(eventName));
}

/**
 * True for the guard's own detaching and deleting, which must not start a second round. Only that: whoever gets hold
 * of the guard's role and gives something with it is seen like anybody else.
 */
export function isOwnRemoval(trigger: Trigger, { ownRoleArns }: Pick<GuardSettings, "ownRoleArns">): boolean {
  const { roleArn } = trigger.actor;
  return roleArn !== undefined && ownRoleArns.includes(roleArn) && isRemoval(trigger);
}

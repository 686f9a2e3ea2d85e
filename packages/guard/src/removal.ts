import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { ApiCall } from "@kms-guard/core/events/api-call.ts";
import { apiCallRow } from "@kms-guard/core/events/api-call-table.ts";

/** True for calls that take a policy away (see the table's column `removes`). */
export function isRemoval({ eventName }: ApiCall): boolean {
  return apiCallRow(eventName)?.removes !== undefined;
}

/**
 * True for the guard's own detaching and deleting, which must not be handled again. Only that: a caller who gets hold of
 * the guard's role and grants something with it is handled like anybody else.
 */
export function isOwnRemoval(call: ApiCall, { ownRoleArns }: Pick<GuardSettings, "ownRoleArns">): boolean {
  const { roleArn } = call.actor;
  return roleArn !== undefined && ownRoleArns.includes(roleArn) && isRemoval(call);
}

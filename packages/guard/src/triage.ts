import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { isViolation } from "@kms-guard/core/evaluate/evaluate.ts";
import type { ApiCall } from "@kms-guard/core/events/api-call.ts";
import { apiCallRow, isRemoval } from "@kms-guard/core/events/api-call-table.ts";

/** Why a call needs no look into IAM. */
export interface Answered {
  readonly outcome: "not-ours" | "clean";
  /** One clause. */
  readonly reason: string;
}

/** Answers a call at once if nothing in IAM has to be read; `undefined` if it has. */
export function triage(call: ApiCall, settings: GuardSettings, nowMs: number): Answered | undefined {
  if (call.account !== settings.account.id) return { outcome: "not-ours", reason: "another account's" };
  if (isOwnRemoval(call, settings)) return { outcome: "clean", reason: "the guard's own removal" };
  if (isNewAndHarmless(call, settings, nowMs)) {
    return { outcome: "clean", reason: "a new policy without full kms:*, attached to nobody" };
  }
  return undefined;
}

/**
 * True for the guard's own detaching and deleting, which must not be handled again. Only that: a caller who gets hold of
 * the guard's role and grants something with it is handled like anybody else.
 */
function isOwnRemoval(call: ApiCall, { ownRoleArns }: Pick<GuardSettings, "ownRoleArns">): boolean {
  const { roleArn } = call.actor;
  return roleArn !== undefined && ownRoleArns.includes(roleArn) && isRemoval(call);
}

/**
 * True for a policy that was created with a harmless document. It is attached to nobody, and every call that could
 * change that (another version, another default, an attach call) is an event of its own.
 */
function isNewAndHarmless(call: ApiCall, settings: GuardSettings, nowMs: number): boolean {
  const { eventName, document, parametersOmitted } = call;
  return (
    apiCallRow(eventName)?.creates === "policy" &&
    !parametersOmitted &&
    document !== undefined &&
    !isViolation(document, { ...settings, nowMs })
  );
}

import type { PrincipalName } from "../policy/policy.ts";

// Each action is the AWS CLI command that does it.
export const DETACH_ACTIONS = ["detach-user-policy", "detach-role-policy", "detach-group-policy"] as const;
export const DELETE_ACTIONS = ["delete-user-policy", "delete-role-policy", "delete-group-policy"] as const;
export const ATTACH_ACTIONS = ["attach-user-policy", "attach-role-policy", "attach-group-policy"] as const;
export const PUT_ACTIONS = ["put-user-policy", "put-role-policy", "put-group-policy"] as const;

/** What takes access away. */
export const CONTAINMENT_ACTIONS = [...DETACH_ACTIONS, ...DELETE_ACTIONS] as const;
export type ContainmentAction = (typeof CONTAINMENT_ACTIONS)[number];

/** What gives it back. */
export const RESTORE_ACTIONS = [...ATTACH_ACTIONS, ...PUT_ACTIONS] as const;
export type RestoreAction = (typeof RESTORE_ACTIONS)[number];

/** Takes a managed policy off one principal. */
export interface DetachStep {
  readonly action: (typeof DETACH_ACTIONS)[number];
  readonly target: { readonly principal: PrincipalName; readonly policyArn: string };
}

/** Takes an inline policy away; `document` is what stood, byte for byte, so that it can be put back. */
export interface DeleteInlineStep {
  readonly action: (typeof DELETE_ACTIONS)[number];
  readonly target: { readonly principal: PrincipalName; readonly policyName: string };
  readonly document: string;
}

export type ContainmentStep = DetachStep | DeleteInlineStep;

/** The inverse of a containment step. */
export type RestoreStep =
  | {
      readonly action: (typeof ATTACH_ACTIONS)[number];
      readonly target: { readonly principal: PrincipalName; readonly policyArn: string };
    }
  | {
      readonly action: (typeof PUT_ACTIONS)[number];
      readonly target: { readonly principal: PrincipalName; readonly policyName: string };
      readonly document: string;
    };

/** `already`: what the step wanted was so before. `skipped`: not tried, `error` says why. */
export const STEP_OUTCOMES = ["done", "already", "skipped", "failed"] as const;
export type OutcomeName = (typeof STEP_OUTCOMES)[number];

/** True where the step takes access away, false where it gives it back. */
export function isContainmentStep<Step extends Pick<ContainmentStep | RestoreStep, "action">>(
  step: Step,
): step is Extract<Step, { readonly action: ContainmentAction }> {
  return CONTAINMENT_ACTIONS.some((action) => action === step.action);
}

/** A step with its outcome. */
export type StepOutcome = (ContainmentStep | RestoreStep) & {
  readonly outcome: OutcomeName;
  /** IAM's code and message, or why it was skipped. */
  readonly error?: string;
  /** ISO 8601 UTC. */
  readonly at: string;
};

import type { PrincipalName } from "../policy/policy.ts";

/** Takes a managed policy off one principal. */
export interface DetachStep {
  readonly action: "detach-user-policy" | "detach-role-policy" | "detach-group-policy";
  readonly target: { readonly principal: PrincipalName; readonly policyArn: string };
}

/** Takes an inline policy away; `document` is what stood, byte for byte, so that it can be put back. */
export interface DeleteInlineStep {
  readonly action: "delete-user-policy" | "delete-role-policy" | "delete-group-policy";
  readonly target: { readonly principal: PrincipalName; readonly policyName: string };
  readonly document: string;
}

export type ContainmentStep = DetachStep | DeleteInlineStep;

/** The inverse of a containment step. */
export type RestoreStep =
  | {
      readonly action: "attach-user-policy" | "attach-role-policy" | "attach-group-policy";
      readonly target: { readonly principal: PrincipalName; readonly policyArn: string };
    }
  | {
      readonly action: "put-user-policy" | "put-role-policy" | "put-group-policy";
      readonly target: { readonly principal: PrincipalName; readonly policyName: string };
      readonly document: string;
    };

/** `already`: what the step wanted was so before. `skipped`: not tried, `error` says why. */
export type OutcomeName = "done" | "already" | "skipped" | "failed";

/** What one step came to. */
export type StepOutcome = (ContainmentStep | RestoreStep) & {
  readonly outcome: OutcomeName;
  /** IAM's code and message, or why it was skipped. */
  readonly error?: string;
  /** ISO 8601 UTC. */
  readonly at: string;
};

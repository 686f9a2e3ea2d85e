import { amongPrincipals, attachmentsOf, isSamePrincipal, principalIdentity } from "../aws/principal.ts";
import type { CombinedPolicies, Policy, PrincipalName } from "../policy/policy.ts";
import { shellQuoted } from "../text/untrusted.ts";

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

/** Takes an inline policy away; `document` is its text, byte for byte, so that it can be put back. */
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

/** True where what the step wanted is so: it did it, or it was so before. */
export function isDone(step: { readonly outcome: OutcomeName } | undefined): boolean {
  return step?.outcome === "done" || step?.outcome === "already";
}

/** A step with its outcome. */
export type StepOutcome = (ContainmentStep | RestoreStep) & {
  readonly outcome: OutcomeName;
  /** IAM's code and message, or why it was skipped. */
  readonly error?: string;
  /** ISO 8601 UTC. */
  readonly at: string;
};

/**
 * The steps that detach a policy from these principals, in the policy's own order. A principal without it has no step,
 * and a permissions boundary is never in a plan: it grants nothing, and to remove it would widen access. Which of a
 * principal's policies to take, where they are a violation only together, is for a person to decide: no step.
 */
export function containmentPlan(
  policy: Policy | CombinedPolicies,
  principals: readonly PrincipalName[],
): readonly ContainmentStep[] {
  if (policy.kind === "combined") return [];
  return attachmentsOf(policy)
    .filter(amongPrincipals(principals))
    .map(({ type, name, id }) => containmentStep(policy, { type, name, ...(id !== undefined && { id }) }));
}

function containmentStep(policy: Policy, principal: PrincipalName): ContainmentStep {
  return policy.kind === "inline"
    ? {
        action: `delete-${principal.type}-policy`,
        target: { principal, policyName: policy.name },
        document: policy.document,
      }
    : { action: `detach-${principal.type}-policy`, target: { principal, policyArn: policy.arn } };
}

/** The step that puts back what a containment step took. */
export function inverse(step: ContainmentStep): RestoreStep {
  const type = step.target.principal.type;
  return "document" in step
    ? { action: `put-${type}-policy`, target: step.target, document: step.document }
    : { action: `attach-${type}-policy`, target: step.target };
}

/** What undoes a containment: the inverse of each step that was `done`, last first. The rest changed nothing. */
export function restorePlan(outcomes: readonly StepOutcome[]): readonly RestoreStep[] {
  return outcomes
    .filter(isContainmentStep)
    .filter(({ outcome }) => outcome === "done")
    .map(inverse)
    .reverse();
}

/**
 * The AWS CLI command that does the step, in one line, safe to paste into a POSIX shell whatever the names hold.
 * https://docs.aws.amazon.com/cli/latest/reference/iam/
 */
export function commandFor(step: ContainmentStep | RestoreStep): string {
  const { principal } = step.target;
  const words = ["aws", "iam", step.action, ...option(`--${principal.type}-name`, principal.name)];
  if ("policyArn" in step.target)
    return [...words, ...option("--policy-arn", step.target.policyArn)].join(" ");
  words.push(...option("--policy-name", step.target.policyName));
  const puts = "document" in step && !isContainmentStep(step);
  return (puts ? [...words, ...option("--policy-document", step.document)] : words).join(" ");
}

/** An option of a command, quoted for a shell. A value that starts with a hyphen would be read as an option of its own. */
export function option(name: string, value: string): readonly string[] {
  return value.startsWith("-") ? [`${name}=${shellQuoted(value)}`] : [name, shellQuoted(value)];
}

/** The same text for the same step: what it does to whom. A principal that was created again is another. */
export function stepKey({ action, target }: ContainmentStep | RestoreStep): string {
  return [action, principalIdentity(target.principal), policyOf({ target })].join("#");
}

/** Outcomes in the plan's order; after them those of steps that were added to it, in the order of their times. */
export function inPlanOrder(
  plan: readonly ContainmentStep[],
  outcomes: readonly StepOutcome[],
): readonly StepOutcome[] {
  const places = new Map(plan.map((step, index) => [stepKey(step), index]));
  const placeOf = (outcome: StepOutcome): number => places.get(stepKey(outcome)) ?? plan.length;
  return outcomes.toSorted(
    (one, other) => placeOf(one) - placeOf(other) || Date.parse(one.at) - Date.parse(other.at),
  );
}

/** The outcome of a step; `undefined` where nothing is known of it. */
export function outcomeOf(outcomes: readonly StepOutcome[], step: ContainmentStep): StepOutcome | undefined {
  return outcomes.find((outcome) => isSameStep(outcome, step));
}

/** True if both do the same to the same principal's attachment of the same policy. */
export function isSameStep(one: ContainmentStep | RestoreStep, other: ContainmentStep): boolean {
  return (
    one.action === other.action &&
    isSamePrincipal(one.target.principal, other.target.principal) &&
    policyOf(one) === policyOf(other)
  );
}

function policyOf({ target }: Pick<ContainmentStep | RestoreStep, "target">): string {
  return "policyArn" in target ? target.policyArn : target.policyName;
}

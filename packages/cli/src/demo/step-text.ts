import type { StepOutcome } from "@kms-guard/core/containment/steps.ts";

const DONE = new Map([
  ["detach", ["detached", "from"]],
  ["delete", ["deleted inline", "from"]],
  ["attach", ["attached", "to"]],
  ["put", ["put inline", "back on"]],
]);

/** `detached key-tools from role orders-api`; what did not work is told as the finding has it. */
export function stepText({ action, target, outcome, error }: StepOutcome): string {
  const { type, name } = target.principal;
  const policy =
    "policyArn" in target ? target.policyArn.slice(target.policyArn.lastIndexOf("/") + 1) : target.policyName;
  if (outcome !== "done") return `${outcome}: ${action} ${policy}, ${type} ${name}: ${error ?? ""}`;
  const [verb = action, preposition = ""] = DONE.get(action.split("-", 1)[0] ?? "") ?? [];
  return `${verb} ${policy} ${preposition} ${type} ${name}`;
}

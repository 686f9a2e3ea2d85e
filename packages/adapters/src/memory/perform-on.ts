import type { ContainmentStep, RestoreStep } from "@kms-guard/core/containment/steps.ts";
import type { WriteResult } from "@kms-guard/guard/ports.ts";
import { IamError } from "./iam-error.ts";
import type { IamModel } from "./iam-model.ts";

const PASSING: ReadonlySet<string> = new Set(["Throttling", "ServiceFailure"]);

/** Does a step on the model. Throws an `IamError` where IAM refuses. */
export function performOn(
  iam: IamModel,
  step: ContainmentStep | RestoreStep,
  isConfirmed: boolean,
): WriteResult {
  const { principal } = step.target;
  if ("policyArn" in step.target) {
    const { policyArn } = step.target;
    if (step.action.startsWith("detach-")) iam.detachPolicy(principal, policyArn);
    else if (iam.principal(principal).attached.has(iam.policy(policyArn))) return { outcome: "already" };
    else iam.attachPolicy(principal, policyArn);
    return { outcome: "done" };
  }
  const { policyName } = step.target;
  if (step.action.startsWith("delete-")) {
    const planned = "document" in step ? step.document : undefined;
    const now = iam.principal(principal).inline.get(policyName);
    if (!isConfirmed && now !== undefined && now !== planned) {
      return { outcome: "failed", error: `another document stands as \`${policyName}\``, retryable: true };
    }
    iam.deleteInlinePolicy(principal, policyName);
    return { outcome: "done" };
  }
  const stored = iam.principal(principal).inline.get(policyName);
  const document = "document" in step ? step.document : "";
  if (stored === document) return { outcome: "already" };
  if (stored !== undefined) {
    return { outcome: "failed", error: `another document stands as \`${policyName}\``, retryable: false };
  }
  iam.putInlinePolicy(principal, policyName, document);
  return { outcome: "done" };
}

/** A refusal as a result. What is not there is taken away `already`, and cannot be given anything. */
export function refusalOf(step: ContainmentStep | RestoreStep, error: unknown): WriteResult {
  if (!(error instanceof IamError)) throw error;
  const takes = /^(?:detach|delete)-/.test(step.action);
  if (error.name === "NoSuchEntity" && takes) return { outcome: "already" };
  return { outcome: "failed", error: `${error.name}: ${error.message}`, retryable: PASSING.has(error.name) };
}

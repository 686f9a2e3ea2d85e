import { arnName } from "@kms-guard/core/aws/arn.ts";
import { commandFor } from "@kms-guard/core/containment/plan.ts";
import {
  type ContainmentStep,
  isContainmentStep,
  type RestoreStep,
  type StepOutcome,
} from "@kms-guard/core/containment/steps.ts";
import { printable, printableJson } from "@kms-guard/core/text/untrusted.ts";

type Step = ContainmentStep | RestoreStep | StepOutcome;

/** `attach managed policy Tools to user alice`, safe to print. */
export function stepText(step: Step): string {
  const { target } = step;
  const takes = isContainmentStep(step);
  const { type, name } = target.principal;
  const who = `${type} ${printable(name)}`;
  if ("policyArn" in target) {
    const policy = `managed policy ${printable(arnName(target.policyArn))}`;
    return takes ? `detach ${policy} from ${who}` : `attach ${policy} to ${who}`;
  }
  const policy = `inline policy ${printable(target.policyName)}`;
  return takes ? `delete ${policy} from ${who}` : `put ${policy} back on ${who}`;
}

/** The AWS CLI command for the step, in one line: white space is removed from its document. */
export function stepCommand(step: RestoreStep): string {
  const shown = "document" in step ? { ...step, document: compact(step.document) } : step;
  return printable(commandFor(shown));
}

function compact(document: string): string {
  try {
    const value: unknown = JSON.parse(document);
    return typeof value === "object" && value !== null ? printableJson(value) : document;
  } catch {
    // IAM accepts some documents that JSON.parse does not: they stay as they are.
    return document;
  }
}

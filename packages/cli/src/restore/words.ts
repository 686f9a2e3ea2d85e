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
export function stepWords(step: Step): string {
  const { target } = step;
  const takes = isContainmentStep(step);
  const { type, name } = target.principal;
  const holder = `${type} ${printable(name)}`;
  if ("policyArn" in target) {
    const policy = `managed policy ${printable(arnName(target.policyArn))}`;
    return takes ? `detach ${policy} from ${holder}` : `attach ${policy} to ${holder}`;
  }
  const policy = `inline policy ${printable(target.policyName)}`;
  return takes ? `delete ${policy} from ${holder}` : `put ${policy} back on ${holder}`;
}

/** The AWS CLI's command for it in one line; a document in it is the same JSON without its white space. */
export function stepCommand(step: RestoreStep): string {
  const shown = "document" in step ? { ...step, document: compact(step.document) } : step;
  return printable(commandFor(shown));
}

function compact(document: string): string {
  try {
    const value: unknown = JSON.parse(document);
    return typeof value === "object" && value !== null ? printableJson(value) : document;
  } catch {
    // IAM takes what JSON.parse does not; then it is shown as it is.
    return document;
  }
}

/** `2026-03-02T09:00:10.123Z` without what nobody reads. */
export function seconds(time: string): string {
  return printable(time).replace(/\.\d+Z$/, "Z");
}

const CURES: Readonly<Record<string, string>> = {
  NoSuchEntity: "the principal or the policy is no longer there: where it is made again, restore again",
  LimitExceeded: "there is no room for it: take another policy away there, then restore again",
  AccessDenied: "your credentials may not do this: restore again as a role that may (`--profile`)",
  ExpiredToken: "your credentials have expired: sign in, then restore again",
  UnmodifiableEntity: "only AWS can change it: give the policy back where the role is managed",
};

/** What a person can do about a step that failed, by the code that IAM's error begins with. */
export function cureFor(error: string | undefined): string | undefined {
  const [code = ""] = (error ?? "").split(/[ :(]/, 1);
  return Object.hasOwn(CURES, code) ? CURES[code] : undefined;
}

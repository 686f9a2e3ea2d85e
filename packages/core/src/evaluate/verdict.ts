import type { Condition, Problem } from "../policy/document.ts";
import type { PolicyRef } from "../policy/policy.ts";

/** What a document confers on the guarded service, worst first. */
export const VIOLATIONS = [
  "full",
  "near-full",
  "conditional-full",
  "escalation",
  "scoped-full",
  "invalid",
] as const;
/** A verdict that is a finding. */
export type ViolationName = (typeof VIOLATIONS)[number];

export const VERDICTS = [...VIOLATIONS, "none"] as const;
export type VerdictName = (typeof VERDICTS)[number];

/** Of findings, worst first. */
export const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What one statement has to do with the verdict, in its own written words. */
export interface Evidence {
  /** The policy that the statement is part of, where that was given. */
  readonly policy?: PolicyRef;
  /** `Statement[0]`. */
  readonly path: string;
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  /** `kms:*`, or `NotAction: iam:*`: only the patterns that touch the guarded service. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
  /** False for a statement that is shown but did not decide: a conditional Deny, a Deny on one named key. */
  readonly counts: boolean;
  /** Why it counts or does not, in words. */
  readonly contributes: string;
}

/** The verdict on one document, with its proof. */
export interface Verdict {
  readonly name: VerdictName;
  /** True for `conditional-full` whose every condition is always true: then it is as bad as `full`. */
  readonly vacuous: boolean;
  /** Absent for `none`. */
  readonly severity?: Severity;
  /** One sentence. */
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  /** The catalogue's actions that are not granted on half of the keys, as `kms:ListAliases`; empty for `full` and `none`. */
  readonly missingActions: readonly string[];
  /** Of `near-full` and `scoped-full`: the part of the counted keys, 0 to 1, on which it holds. */
  readonly share?: number;
  /** Until when the verdict holds, in milliseconds since the epoch, where a date in a condition decides it. */
  readonly validUntilMs?: number;
  /** What is wrong with the document, and where. The reason of an `invalid` one names the first of them. */
  readonly problems?: readonly Problem[];
}

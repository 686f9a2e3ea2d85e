import { MODES } from "@kms-guard/core/containment/decision.ts";
import { VIOLATIONS } from "@kms-guard/core/evaluate/verdict.ts";
import { CONTAINMENT_STATUSES } from "@kms-guard/core/findings/finding.ts";
import { EVENT_OUTCOMES } from "@kms-guard/guard/ports.ts";

/**
 * What the guard counts, as data: dashboard and alarms are made of it. Imports no SDK, so that a deployment loads
 * none. Every metric also has `sharedDimensions`.
 */

export const METRICS_NAMESPACE = "KmsGuard";
export const METRICS_SERVICE = "kms-guard";

/** Of which guard a metric is: an account may have one a stage. */
export function sharedDimensions(stage: string) {
  return { service: METRICS_SERVICE, stage };
}

export interface Metric {
  readonly name: string;
  readonly unit: "Count" | "Milliseconds";
  /** Every value that a dimension can have: few, and never a name or an ARN. */
  readonly dimensions: Readonly<Record<string, readonly string[]>>;
}

export const METRICS = {
  /** Events by outcome. */
  events: {
    name: "Events",
    unit: "Count",
    dimensions: { outcome: EVENT_OUTCOMES },
  },
  /** Findings that are new, or whose status or decision changed. */
  findings: {
    name: "Findings",
    unit: "Count",
    dimensions: {
      verdict: VIOLATIONS,
      mode: MODES,
    },
  },
  /** Containments by result. */
  containments: {
    name: "Containments",
    unit: "Count",
    dimensions: { status: CONTAINMENT_STATUSES },
  },
  /** From the call on IAM, in whole seconds as CloudTrail has it, until every channel had accepted the alert. */
  eventToAlert: { name: "EventToAlert", unit: "Milliseconds", dimensions: {} },
  /** From the call on IAM, in whole seconds as CloudTrail has it, until the last step worked. */
  eventToContainment: { name: "EventToContainment", unit: "Milliseconds", dimensions: {} },
} as const satisfies Readonly<Record<string, Metric>>;

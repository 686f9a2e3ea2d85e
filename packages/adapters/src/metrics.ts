import { VIOLATIONS } from "@kms-guard/core/evaluate/verdict.ts";
import { CONTAINMENT_STATUSES, MODES } from "@kms-guard/core/findings/finding.ts";
import { EVENT_OUTCOMES } from "@kms-guard/guard/ports.ts";

/**
 * What the guard counts, as data: dashboard and alarms are made of it. Imports no SDK, so that a deployment loads
 * none. Every metric has `sharedDimensions` besides its own.
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
  /** What events came to. */
  events: {
    name: "Events",
    unit: "Count",
    dimensions: { outcome: EVENT_OUTCOMES },
  },
  /** Findings that were settled: anew, or otherwise than before. */
  findings: {
    name: "Findings",
    unit: "Count",
    dimensions: {
      verdict: VIOLATIONS,
      mode: MODES,
    },
  },
  /** How containments ended. */
  containments: {
    name: "Containments",
    unit: "Count",
    dimensions: { status: CONTAINMENT_STATUSES },
  },
  /** From the call on IAM, in whole seconds as CloudTrail has it, until every channel had taken the alert. */
  eventToAlert: { name: "EventToAlert", unit: "Milliseconds", dimensions: {} },
  /** From the call on IAM, in whole seconds as CloudTrail has it, until the last step worked. */
  eventToContainment: { name: "EventToContainment", unit: "Milliseconds", dimensions: {} },
} as const satisfies Readonly<Record<string, Metric>>;

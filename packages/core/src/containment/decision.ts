import type { PrincipalName } from "../policy/policy.ts";
import type { ContainmentStep } from "./steps.ts";

/** What the guard does about findings by itself: alert only, or contain. */
export const MODES = ["monitor", "enforce"] as const;
export type Mode = (typeof MODES)[number];

export const DECISION_ACTIONS = ["contain", "alert", "exempt"] as const;
export type DecisionAction = (typeof DECISION_ACTIONS)[number];

export interface Decision {
  readonly action: DecisionAction;
  /** One sentence. */
  readonly reason: string;
  /** `contain`: the steps to take. `alert`: the steps a person may take by hand, never the guard. `exempt`: none. */
  readonly plan: readonly ContainmentStep[];
  /** What was decided on each principal that has the policy. */
  readonly principals: readonly PrincipalDecision[];
}

export interface PrincipalDecision {
  readonly principal: PrincipalName;
  readonly state: "standing" | "exempt" | "protected";
  /** ISO 8601 UTC: when the exemption ends. */
  readonly until?: string;
}

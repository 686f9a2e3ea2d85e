import type { ViolationName } from "../evaluate/verdict.ts";
import type { Account } from "../policy/policy.ts";
import type { GuardedService } from "../services/service.ts";
import type { DecisionAction, Mode } from "./decision.ts";

/** The verdicts from which on the guard contains. */
export const CONTAIN_AT = [
  "full",
  "near-full",
  "escalation",
  "scoped-full",
] as const satisfies readonly ViolationName[];
/** What the guard does about AWS's own policies. */
export const AWS_MANAGED_ACTIONS = ["alert", "contain"] as const satisfies readonly DecisionAction[];

/** What the guard may do, as its owner set it. */
export interface GuardSettings {
  readonly mode: Mode;
  readonly account: Account;
  /** The service whose full grants are findings. */
  readonly service: GuardedService;
  /** The Regions whose keys count: see `EvaluationContext`. */
  readonly regions?: readonly string[];
  /** How much more work than in an event an evaluation may take: see `EvaluationContext`. */
  readonly effort?: number;
  /** The region of the guard, for links and messages. */
  readonly region: string;
  /** The log group that is the alert history, where there is one, for the link to it. */
  readonly historyLogGroup?: string;
  /** The mildest verdict that is contained in enforce mode; vacuous conditional-full counts as full. */
  readonly containAt: (typeof CONTAIN_AT)[number];
  /** AWS's own policies: only speak, or detach them from the principal that the event names. */
  readonly awsManaged: (typeof AWS_MANAGED_ACTIONS)[number];
  /** Never touched: exact ARNs, or `role/Name`, `user/Name`, `group/Name`; no wildcards. */
  readonly protectedPrincipals: readonly string[];
  /** A containment of more attachments than this only alerts, with the commands that would do it. */
  readonly maxAttachments: number;
  /** ARNs of the guard's own roles: always protected, and their calls never start a second round. */
  readonly ownRoleArns: readonly string[];
}

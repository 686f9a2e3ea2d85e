import type { DecisionAction, Mode } from "../containment/decision.ts";
import type { StepOutcome } from "../containment/steps.ts";
import type { Severity, VerdictName, ViolationName } from "../evaluate/verdict.ts";
import type { Actor } from "../events/api-call.ts";
import type { Condition } from "../policy/document.ts";
import type {
  CombinedPolicies,
  InlinePolicy,
  ManagedPolicy,
  PrincipalName,
  PrincipalType,
} from "../policy/policy.ts";

/** Changed by `transition` (lifecycle.ts) only. */
export const FINDING_STATUSES = [
  "open",
  "contained",
  "containment-failed",
  "exempt",
  "restored",
  "resolved",
] as const;
export type FindingStatus = (typeof FINDING_STATUSES)[number];

/** True where nobody but a person can end what a finding in this status reports. */
export const NEEDS_A_PERSON: Readonly<Record<FindingStatus, boolean>> = {
  open: true,
  contained: false,
  "containment-failed": true,
  exempt: false,
  restored: false,
  resolved: false,
};

/** How a containment ends. */
export const CONTAINMENT_STATUSES = [
  "contained",
  "containment-failed",
] as const satisfies readonly FindingStatus[];

/** What made the guard look at a policy. */
export const TRIGGER_KINDS = ["event", "sweep", "scan", "replay"] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** What a finding is about. A text that is stored no more has no `versionId` where its event did not say which it was. */
export type FindingPolicy = (
  | {
      readonly kind: ManagedPolicy["kind"];
      readonly arn: string;
      readonly name: string;
      readonly versionId?: string;
    }
  | {
      readonly kind: (InlinePolicy | CombinedPolicies)["kind"];
      /** The policy's, or the principal's. */
      readonly name: string;
      readonly principal: PrincipalName;
    }
) & {
  /** Lower-case hex SHA-256 of the document's text as IAM has it, decoded; see `CombinedPolicies` for that kind. */
  readonly documentSha256: string;
};

/** Evidence as other programs read it. */
export interface FindingEvidence {
  readonly path: string;
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
  readonly contributes: string;
}

/**
 * What has become of one attachment, the worst first: a finding's status is that of its worst attachment.
 * `standing`: the principal has the access. `protected`: it has, and nobody may change that but its owner, or AWS.
 * `gone`: taken away by somebody else than the guard.
 */
export const ATTACHMENT_STATES = [
  "failed",
  "standing",
  "protected",
  "restored",
  "contained",
  "exempt",
  "gone",
] as const;

export type AttachmentState = (typeof ATTACHMENT_STATES)[number];

/** True where the principal has the policy, as far as the finding knows. */
export const HAS_POLICY: Readonly<Record<AttachmentState, boolean>> = {
  failed: true,
  standing: true,
  restored: true,
  contained: false,
  protected: true,
  exempt: true,
  gone: false,
};

export interface FindingAttachment {
  readonly type: PrincipalType;
  readonly name: string;
  readonly arn?: string;
  /** IAM's unique id, `AROA…`. */
  readonly id?: string;
  readonly members?: number;
  readonly state: AttachmentState;
  /** ISO 8601 UTC: when an exemption or a restore ends. */
  readonly until?: string;
}

export interface FindingTrigger {
  readonly kind: TriggerKind;
  readonly eventName?: string;
  readonly eventId?: string;
  readonly eventTime?: string;
  readonly actor?: Actor;
}

export interface FindingDecision {
  readonly mode: Mode;
  readonly action: DecisionAction;
  readonly reason: string;
}

/** What ended a finding. */
export interface Resolution {
  /** One clause: `version v4 is in force instead`. */
  readonly reason: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** The call, with who made it, or the sweep that found its end. Absent where the guard itself took it away. */
  readonly trigger?: FindingTrigger;
}

/** A grant that was gone, and that came back within the hour. Each time is a finding of its own; this counts them. */
export interface Recurrence {
  /** This time included. */
  readonly count: number;
  /** ISO 8601 UTC. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** When people were last notified of it. */
  readonly toldAt: string;
  /** The severity of the verdict, where the finding's is higher because it came back so often. */
  readonly raisedFrom?: Severity;
  /** What seems to give it again and again. `userAgent` is the caller's own text: a hint, no proof. */
  readonly tool?: { readonly name: string; readonly knownBy: "invokedBy" | "userAgent" };
}

/** One policy, what it grants, who holds it, how it came about and what was done. The public interface: see CHANGELOG. */
export interface Finding {
  readonly schemaVersion: "1";
  /** `kg-` and 16 lower-case hex digits: of the policy, its document and the event, so that a retry makes the same. */
  readonly id: string;
  readonly status: FindingStatus;
  /** The prefix of a guarded service. */
  readonly service: string;
  readonly verdict: ViolationName;
  readonly vacuous: boolean;
  /** Of the keys that count, the part that it is about, 0 to 1. */
  readonly share?: number;
  readonly severity: Severity;
  readonly title: string;
  readonly reason: string;
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly policy: FindingPolicy;
  readonly evidence: readonly FindingEvidence[];
  readonly missingActions: readonly string[];
  readonly attachments: readonly FindingAttachment[];
  readonly trigger: FindingTrigger;
  /** Compared with the stored version that is likeliest to have been the default before: IAM does not say which was. */
  readonly change?: {
    readonly previousVersionId?: string;
    readonly previousVerdict?: VerdictName;
    readonly diff?: string;
  };
  readonly decision: FindingDecision;
  readonly containment?: { readonly steps: readonly StepOutcome[] };
  /** Why the text is not in force, though it was or may be: `armed: …`. Absent for what is in force. */
  readonly notInForce?: string;
  readonly recurrence?: Recurrence;
  /** With status `resolved`. */
  readonly resolution?: Resolution;
  /** ISO 8601 UTC. */
  readonly timing: {
    readonly eventTime?: string;
    readonly receivedAt: string;
    readonly containedAt?: string;
    readonly publishedAt?: string;
    /** When it was assessed again with another result (its exemption had expired, say), or was contained once more. */
    readonly reopenedAt?: string;
  };
  readonly nextSteps: readonly string[];
  readonly links: { readonly policy?: string; readonly event?: string; readonly history?: string };
}

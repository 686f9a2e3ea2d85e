import type {
  ContainmentStep,
  DeleteInlineStep,
  RestoreStep,
  StepOutcome,
} from "@kms-guard/core/containment/steps.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Notice } from "@kms-guard/core/notifications/notice.ts";
import type { Audience } from "@kms-guard/core/notifications/should-notify.ts";
import type {
  Attachment,
  InlinePolicy,
  ManagedPolicy,
  Policy,
  PrincipalName,
} from "@kms-guard/core/policy/policy.ts";

/** Time and waiting, passed in so that tests control both. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  sleepMs(durationMs: number): Promise<void>;
}

/** A managed policy without its attachments: what GetPolicy and GetPolicyVersion answer. */
export type ManagedPolicyText = Pick<ManagedPolicy, "kind" | "arn" | "name" | "versionId" | "document">;

/** The principals of a managed policy, every page. */
export type PolicyAttachments = Pick<ManagedPolicy, "attachments" | "boundaryOf">;

/** What the list of a policy's principals does not say about one. */
export interface PrincipalDetails {
  /** With its path. Absent if an archive does not have it. */
  readonly arn?: string;
  /** IAM's unique id. */
  readonly id?: string;
  /** How many users are in a group. */
  readonly members?: number;
}

/** A policy of the account; of the customer's own managed ones, also the versions that were asked for. */
export type AccountPolicy = Policy & {
  /** Stored and not in force: one SetDefaultPolicyVersion call makes one of them so. */
  readonly otherVersions?: readonly StoredVersion[];
};

export interface StoredVersion {
  readonly versionId: string;
  /** Decoded. */
  readonly document: string;
}

/** Reads IAM as it is now. `undefined` is IAM's NoSuchEntity; any other failure throws. */
export interface PolicyReader {
  managedPolicy(arn: string): Promise<ManagedPolicyText | undefined>;
  /** One version's text, decoded. */
  policyVersion(arn: string, versionId: string): Promise<string | undefined>;
  /** The stored versions' ids, newest first. */
  policyVersionIds(arn: string): Promise<readonly string[] | undefined>;
  policyAttachments(arn: string): Promise<PolicyAttachments | undefined>;
  inlinePolicy(principal: PrincipalName, policyName: string): Promise<InlinePolicy | undefined>;
  /** The managed policies attached to a principal and its inline policies. */
  policiesOf(
    principal: PrincipalName,
  ): Promise<
    { readonly managedArns: readonly string[]; readonly inline: readonly InlinePolicy[] } | undefined
  >;
  principalDetails(principal: PrincipalName): Promise<PrincipalDetails | undefined>;
  /**
   * Every policy of the account that is in use or the customer's own, page by page. Of the versions that are not in
   * force those come along whose text `isOfInterest`: to keep all of them would fill a small function's memory.
   */
  accountPolicies(isOfInterest?: (document: string) => boolean): AsyncIterable<AccountPolicy>;
}

/** The outcome of one call on IAM: `already` is NoSuchEntity on a detach, or the thing being there on a restore. */
export type WriteResult =
  | { readonly outcome: "done" }
  | { readonly outcome: "already" }
  | { readonly outcome: "failed"; readonly error: string; readonly retryable: boolean };

/** Changes IAM, one reversible step a call. Expected refusals are results; only surprises throw. */
export interface PolicyWriter {
  /** True if the document that the step would delete is the current one. */
  isUnchanged(step: DeleteInlineStep): Promise<boolean>;
  /** `isConfirmed`: the document was just compared. Without it, it is compared first, and another one is kept. */
  perform(step: ContainmentStep | RestoreStep, isConfirmed?: boolean): Promise<WriteResult>;
}

/** A finding as it is stored, with its plan and the outcomes so far. */
export interface FindingRecord {
  readonly finding: Finding;
  readonly plan: readonly ContainmentStep[];
  /** Outcomes so far, in the plan's order, then of added steps: a retry goes on where they stop. */
  readonly outcomes: readonly StepOutcome[];
  /** Statuses that everybody was notified of. */
  readonly notified: readonly Finding["status"][];
}

/**
 * An item of the table that this version cannot read: a newer or an older version wrote it, or somebody changed it.
 * Nothing follows from it, and it stops nothing else.
 */
export interface Unreadable {
  readonly kind: "unreadable";
  /** The finding's id, or the exemption's. */
  readonly id: string;
  /** One sentence. */
  readonly problem: string;
}

/** What an item of the table holds. */
export type Stored<T> = { readonly kind: "record"; readonly record: T } | Unreadable;

/** Where the findings, containments and exemptions of one account are remembered. */
export interface Findings {
  /** Written before anything is changed, on condition that it is not there: the loser of a race gets the record. */
  open(
    finding: Finding,
    plan: readonly ContainmentStep[],
  ): Promise<
    | { readonly kind: "opened" }
    | { readonly kind: "already-open"; readonly record: FindingRecord }
    | Unreadable
  >;
  /**
   * Remembers one step's outcome at once, so that a retry does not lose it; answers how it counts. `already` counts as
   * `done` where another outcome of the step was recorded before: a run that did not live to record it may have taken
   * the policy, and it has to be restorable. Nothing replaces `done`, and `skipped` replaces no `already`.
   */
  recordOutcome(id: string, outcome: StepOutcome): Promise<StepOutcome>;
  /** The finding as it ended: its status, outcomes and times. */
  close(finding: Finding): Promise<void>;
  /**
   * Claims what is notified once, by the id of a finding or notice and a key (see `shouldNotify`). Answers who is to be
   * notified by this caller: nobody while another one has the claim, or once all were. A claim that is not closed
   * expires: its run was cut off.
   */
  claimNotification(id: string, key: string, audiences: readonly Audience[]): Promise<readonly Audience[]>;
  /** Records who was notified. The next claim answers the rest, at once; once it is complete, nobody. */
  closeNotification(
    id: string,
    key: string,
    notified: readonly Audience[],
    isComplete: boolean,
  ): Promise<void>;
  get(id: string): Promise<Stored<FindingRecord> | undefined>;
  /**
   * The latest first. What was written a moment ago may be missing. Where a status is asked for, those whose status this
   * version does not know come too, as unreadable.
   */
  list(query?: {
    readonly status?: Finding["status"] | readonly Finding["status"][];
    /** Only those of one policy, by its `subjectKey`. */
    readonly subject?: string;
    readonly limit?: number;
  }): AsyncIterable<Stored<FindingRecord>>;
  exemptions(): Promise<readonly Stored<Exemption>[]>;
  addExemption(exemption: Exemption): Promise<void>;
  removeExemption(id: string): Promise<boolean>;
}

/** A way to notify somebody. Resolves when it has taken the message, throws when it has not. */
export interface AlertChannel {
  publishFinding(finding: Finding): Promise<void>;
  publishNotice(notice: Notice): Promise<void>;
}

/** What is logged and counted on the way; never a document or a secret. */
export interface Observer {
  event(outcome: EventOutcome, fields: Readonly<Record<string, string | number | boolean | undefined>>): void;
  /** A look at the whole account has ended: it is no event. */
  sweep(reason: string, findings: number): void;
  finding(finding: Finding): void;
  /** People were notified of a finding. */
  notified(finding: Finding): void;
}

/** What an event came to. */
export const EVENT_OUTCOMES = ["finding", "clean", "not-ours", "malformed"] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

export type EventCounts = Readonly<Record<EventOutcome, number>>;

/** Reads how many events the guard has handled, as its observer has counted them. */
export interface EventCounter {
  /**
   * Those of every hour, UTC, that the span from `fromMs` on and before `toMs` touches; an event that came twice counts
   * twice. `undefined` where there is no count: nothing came, or nothing was counted, or it is not kept for so long.
   */
  eventsBetween(span: { readonly fromMs: number; readonly toMs: number }): Promise<EventCounts | undefined>;
}

export interface Ports {
  readonly policies: PolicyReader;
  readonly writer: PolicyWriter;
  readonly findings: Findings;
  readonly alerts: Readonly<Record<Audience, AlertChannel>>;
  readonly observer: Observer;
  readonly clock: Clock;
  /** Since the epoch: no step is begun from then on. Absent where nothing ends the invocation. */
  readonly deadlineMs?: number;
}

export type { Attachment };

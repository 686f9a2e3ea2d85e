import { managedPolicyKind } from "@kms-guard/core/aws/arn.ts";
import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import { VERDICTS } from "@kms-guard/core/evaluate/verdict.ts";
import type { ApiCall, Scope } from "@kms-guard/core/events/api-call.ts";
import { isRemoval } from "@kms-guard/core/events/api-call-table.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { decideOn, detectionFrom } from "../assess.ts";
import { enrich } from "../enrich.ts";
import { loadAffectedPolicies } from "../policies/load-affected-policies.ts";
import { withReservedRoles } from "../policies/read-policy.ts";
import type { Clock, PolicyReader } from "../ports.ts";
import { UnknownState } from "../unknown-state.ts";

/** A model of one account, instead of IAM, that CloudTrail records change. */
export interface ReplayedAccount {
  /** Throws `UnknownState` for what the archive does not have. */
  readonly policies: PolicyReader;
  /** Applies one record; `unknown` if it does not say what it changed. */
  applyRecord(record: unknown): "applied" | "ignored" | "unknown";
  /** False if the scope may have policies from before the archive begins. */
  isComplete(scope: Scope): boolean;
  /** False if the policy may have attachments from before the archive begins. */
  hasAllAttachmentsOf(policyArn: string): boolean;
}

/** The settings of the replay; account and region are those of each event. */
export type ReplaySettings = Omit<GuardSettings, "account" | "region">;

/** What the guard would have answered. */
export interface ReplayResult {
  readonly outcome: "finding" | "clean" | "not-ours" | "malformed" | "unresolved";
  /** One sentence. */
  readonly reason: string;
  /** Decided upon, the most severe first. Nothing was contained. */
  readonly findings: readonly Finding[];
  /** True if enforce mode would have contained one of them. */
  readonly wouldContain: boolean;
  /** Why the answer may be incomplete. */
  readonly unknown?: string;
}

/**
 * Evaluates a call as of its time, with the live guard's own steps 3, 4 and 6, but without exemptions and waiting.
 *
 * @param isIncomplete True if the record did not say what it changed.
 */
export async function evaluateAsOf(
  call: ApiCall,
  model: ReplayedAccount,
  isIncomplete: boolean,
  replaySettings: ReplaySettings,
): Promise<ReplayResult> {
  const { policies } = model;
  const account = { id: call.account, partition: call.partition };
  const settings: GuardSettings = { ...replaySettings, account, region: call.region };
  const nowMs = Date.parse(call.eventTime);
  const detection = detectionFrom(call, "replay", nowMs);
  const found = new Map<string, { readonly finding: Finding; readonly isContained: boolean }>();
  let unknown = unknownBefore(call, model, isIncomplete);
  try {
    for await (const seen of loadAffectedPolicies({ policies, clock: clockAt(nowMs) }, settings)(call)) {
      const verdict = evaluateDocument(seen.policy.document, { ...settings, nowMs });
      if (verdict.name === "none") continue;
      const snapshot = { ...seen, policy: (await withReservedRoles(policies, seen.policy)).policy };
      const decide = (mode: GuardSettings["mode"]) =>
        decideOn(snapshot, verdict, detection, [], { ...settings, mode }, nowMs);
      const decided = decide(settings.mode);
      if (decided === undefined || found.has(decided.finding.id)) continue;
      found.set(decided.finding.id, {
        finding: await enrich(policies, { ...settings, nowMs }, decided.finding, snapshot),
        isContained: decide("enforce")?.decision.action === "contain",
      });
      const { policy } = snapshot;
      if (policy.kind === "managed" && !model.hasAllAttachmentsOf(policy.arn))
        unknown ??= `the attachments of policy ${policy.name} before the archive begins are not known`;
    }
  } catch (error) {
    if (!(error instanceof UnknownState)) throw error;
    if (!removesFromOne(call)) unknown = error.message;
  }
  const ordered = [...found.values()].toSorted(
    (one, other) =>
      Number(other.isContained) - Number(one.isContained) || rank(one.finding) - rank(other.finding),
  );
  const findings = ordered.map(({ finding }) => finding);
  return {
    ...outcomeOf(findings, unknown),
    findings,
    wouldContain: ordered[0]?.isContained === true,
    ...(unknown !== undefined && { unknown }),
  };
}

function outcomeOf(
  [first, ...more]: readonly Finding[],
  unknown: string | undefined,
): Pick<ReplayResult, "outcome" | "reason"> {
  if (first !== undefined) {
    const others = more.length === 0 ? "" : `, and ${more.length} more`;
    return {
      outcome: "finding",
      reason: `${first.title}${others}${unknown === undefined ? "" : `; ${unknown}`}`,
    };
  }
  return unknown === undefined
    ? { outcome: "clean", reason: "no policy in scope granted full kms:* after it" }
    : { outcome: "unresolved", reason: unknown };
}

/** Why the answer cannot be complete, whatever is found. */
function unknownBefore(
  { scope, parametersOmitted }: ApiCall,
  model: ReplayedAccount,
  isIncomplete: boolean,
): string | undefined {
  if (isIncomplete) return "the record does not say what it changed";
  const changed: Scope = parametersOmitted ? { kind: "account" } : scope;
  if (model.isComplete(changed)) return undefined;
  return changed.kind === "principal"
    ? `the policies of ${changed.principal.type} ${changed.principal.name} before the archive begins are not known`
    : "the policies of the account before the archive begins are not known";
}

/** An AWS managed policy that was detached from one principal leaves nothing unknown, whatever it says. */
function removesFromOne(call: ApiCall): boolean {
  const { scope } = call;
  return (
    scope.kind === "attachment" && isRemoval(call) && managedPolicyKind(scope.policyArn) === "aws-managed"
  );
}

function rank({ verdict, vacuous }: Finding): number {
  return VERDICTS.indexOf(vacuous ? "full" : verdict);
}

/** The model agrees with its events at once, or never: waiting for it takes no time. */
function clockAt(nowMs: number): Clock {
  return { nowMs: () => nowMs, sleepMs: async () => {} };
}

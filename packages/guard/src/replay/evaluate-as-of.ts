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
import { withReservedRoles } from "../policies/reserved-roles.ts";
import type { Clock, PolicyReader } from "../ports.ts";
import { UnknownState } from "../unknown-state.ts";

/** A model of one account that records move forward, in the place of IAM. */
export interface ReplayedAccount {
  /** Throws `UnknownState` for what the archive does not tell. */
  readonly policies: PolicyReader;
  /** Moves it forward by one record; `unknown` where that does not tell what it changed. */
  applyRecord(record: unknown): "applied" | "ignored" | "unknown";
  /** False where something may stand there that the archive does not tell: it begins in the middle. */
  knowsAllOf(scope: Scope): boolean;
  /** False where somebody may hold the policy of whom the archive does not tell. */
  knowsHoldersOf(policyArn: string): boolean;
}

/** What the guard would have been set to; the account and region are each event's own. */
export type JudgeSettings = Omit<GuardSettings, "account" | "region">;

/** What the guard would have made of an event. */
export interface Judged {
  readonly outcome: "finding" | "clean" | "not-ours" | "malformed" | "unresolved";
  /** One sentence. */
  readonly reason: string;
  /** With the settings' decision, the weightiest first. Nothing was done about them. */
  readonly findings: readonly Finding[];
  /** True where enforce mode would have taken something away. */
  readonly wouldContain: boolean;
  /** Why the answer may not be whole. */
  readonly unknown?: string;
}

/**
 * Judges a call on the account as it stood right after it, by the live guard's own reading, judging and deciding,
 * though without its exemptions and its waiting.
 *
 * @param isObscure True where the record did not tell what it changed.
 */
export async function evaluateAsOf(
  call: ApiCall,
  model: ReplayedAccount,
  isObscure: boolean,
  judgeSettings: JudgeSettings,
): Promise<Judged> {
  const { policies } = model;
  const account = { id: call.account, partition: call.partition };
  const settings: GuardSettings = { ...judgeSettings, account, region: call.region };
  const nowMs = Date.parse(call.eventTime);
  const detection = detectionFrom(call, "replay", nowMs);
  const found = new Map<string, { readonly finding: Finding; readonly isContained: boolean }>();
  let unknown = unknownBefore(call, model, isObscure);
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
      if (policy.kind === "managed" && !model.knowsHoldersOf(policy.arn))
        unknown ??= `who held policy ${policy.name} before the archive begins is not known`;
    }
  } catch (error) {
    if (!(error instanceof UnknownState)) throw error;
    if (!takesFromOne(call)) unknown = error.message;
  }
  const weighed = [...found.values()].toSorted(
    (one, other) =>
      Number(other.isContained) - Number(one.isContained) || rank(one.finding) - rank(other.finding),
  );
  const findings = weighed.map(({ finding }) => finding);
  return {
    ...told(findings, unknown),
    findings,
    wouldContain: weighed[0]?.isContained === true,
    ...(unknown !== undefined && { unknown }),
  };
}

function told(
  [first, ...more]: readonly Finding[],
  unknown: string | undefined,
): Pick<Judged, "outcome" | "reason"> {
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

/** Why the answer cannot be whole, whatever is found. */
function unknownBefore(
  { scope, parametersOmitted }: ApiCall,
  model: ReplayedAccount,
  isObscure: boolean,
): string | undefined {
  if (isObscure) return "the record does not tell what it changed";
  const inQuestion: Scope = parametersOmitted ? { kind: "account" } : scope;
  if (model.knowsAllOf(inQuestion)) return undefined;
  return inQuestion.kind === "principal"
    ? `what ${inQuestion.principal.type} ${inQuestion.principal.name} held before the archive begins is not known`
    : "what stood in the account before the archive begins is not known";
}

/** An AWS managed policy that was taken from one principal leaves nothing in question, whatever it says. */
function takesFromOne(call: ApiCall): boolean {
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

import { attachmentsOf, principalIdentity } from "@kms-guard/core/aws/principal.ts";
import { decide } from "@kms-guard/core/containment/decide.ts";
import type { Decision } from "@kms-guard/core/containment/decision.ts";
import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { evaluateDocument, isViolation } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import type { ApiCall } from "@kms-guard/core/events/api-call.ts";
import { apiCallRow, isRemoval } from "@kms-guard/core/events/api-call-table.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { createFinding } from "@kms-guard/core/findings/create-finding.ts";
import type { Finding, FindingPolicy, FindingTrigger } from "@kms-guard/core/findings/finding.ts";
import { transition } from "@kms-guard/core/findings/lifecycle.ts";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { oneLine } from "@kms-guard/core/text/untrusted.ts";
import { failure } from "./errors.ts";
import { type PolicySnapshot, readAgain, withReservedRoles } from "./policies/read-policy.ts";
import type { Ports } from "./ports.ts";

/** Why a call needs no look into IAM. */
interface Answered {
  readonly outcome: "not-ours" | "clean";
  /** One clause. */
  readonly reason: string;
}

/** Answers a call at once if nothing in IAM has to be read; `undefined` if it has. */
export function triage(call: ApiCall, settings: GuardSettings, nowMs: number): Answered | undefined {
  if (call.account !== settings.account.id) return { outcome: "not-ours", reason: "another account's" };
  if (isOwnRemoval(call, settings)) return { outcome: "clean", reason: "the guard's own removal" };
  if (isNewAndHarmless(call, settings, nowMs)) {
    return { outcome: "clean", reason: "a new policy without full kms:*, attached to nobody" };
  }
  return undefined;
}

/**
 * True for the guard's own detaching and deleting, which must not be handled again. Only that: a caller who gets hold of
 * the guard's role and grants something with it is handled like anybody else.
 */
function isOwnRemoval(call: ApiCall, { ownRoleArns }: Pick<GuardSettings, "ownRoleArns">): boolean {
  const { roleArn } = call.actor;
  return roleArn !== undefined && ownRoleArns.includes(roleArn) && isRemoval(call);
}

/**
 * True for a policy that was created with a harmless document. It is attached to nobody, and every call that could
 * change that (another version, another default, an attach call) is an event of its own.
 */
function isNewAndHarmless(call: ApiCall, settings: GuardSettings, nowMs: number): boolean {
  const { eventName, document, parametersOmitted } = call;
  return (
    apiCallRow(eventName)?.creates === "policy" &&
    !parametersOmitted &&
    document !== undefined &&
    !isViolation(document, { ...settings, nowMs })
  );
}

/** What made the guard look: an API call, or a sweep. */
export interface Detection {
  readonly trigger: FindingTrigger;
  readonly receivedAtMs: number;
  /** The principal that the event attached a policy to. */
  readonly principalOfEvent?: PrincipalName;
  /** True if most of what it meets is known: a removal, or an account scan. */
  readonly meetsKnownFindings: boolean;
}

export function detectionFrom(call: ApiCall, kind: FindingTrigger["kind"], receivedAtMs: number): Detection {
  const { eventName, eventId, eventTime, actor, scope, effect, parametersOmitted } = call;
  return {
    trigger: { kind, eventName, eventId, eventTime, actor },
    receivedAtMs,
    ...(scope.kind === "attachment" && effect === "grants" && { principalOfEvent: scope.principal }),
    meetsKnownFindings: isRemoval(call) || scope.kind === "account" || parametersOmitted,
  };
}

/** A violation, and what is to be done about it. */
export interface Assessment {
  readonly snapshot: PolicySnapshot;
  /** Decided upon. */
  readonly finding: Finding;
  readonly decision: Decision;
  /** Why this rests on too little to act: then people are notified, and nothing is recorded or contained. */
  readonly blockedBy?: Error;
  /** What could not be read, and does not block: the others are contained, and the event comes again. */
  readonly failures: readonly Error[];
}

/**
 * Evaluates a snapshot and decides what to do about it; `undefined` if it is no violation.
 * Nothing is contained on an account scan alone, whose owner may have repaired it since: it is read once more.
 */
export async function assess(
  ports: Ports,
  settings: GuardSettings,
  detection: Detection,
  snapshot: PolicySnapshot,
  exemptions: Promise<readonly Exemption[] | Error>,
): Promise<Assessment | undefined> {
  const assessed = await assessNow(ports, settings, detection, snapshot, exemptions);
  if (assessed?.decision.action !== "contain" || snapshot.fromAccountScan !== true) return assessed;
  try {
    const policy = await readAgain(ports.policies, snapshot.policy);
    return policy && (await assessNow(ports, settings, detection, { policy }, exemptions));
  } catch (cause) {
    return { ...assessed, blockedBy: failure("the policy could not be read again", cause) };
  }
}

async function assessNow(
  ports: Ports,
  settings: GuardSettings,
  detection: Detection,
  read: PolicySnapshot,
  exemptions: Promise<readonly Exemption[] | Error>,
): Promise<Assessment | undefined> {
  const nowMs = ports.clock.nowMs();
  const verdict = evaluateDocument(read.policy.document, { ...settings, nowMs });
  if (verdict.name === "none") return undefined;
  const { policy, unread } = await withReservedRoles(ports.policies, read.policy);
  const snapshot = { ...read, policy };
  const known = await exemptions;
  const assessed = decideOn(snapshot, verdict, detection, known, settings, nowMs);
  return (
    assessed && {
      snapshot,
      ...assessed,
      ...(known instanceof Error && { blockedBy: known }),
      // Until its path can be read, the role's name counts.
      failures: unread === undefined ? [] : [failure("a role's path could not be read", unread)],
    }
  );
}

/** The finding of a verdict with the decision on it; `undefined` for the verdict `none`. Pure. */
export function decideOn(
  snapshot: PolicySnapshot,
  verdict: Verdict,
  detection: Detection,
  exemptions: readonly Exemption[] | Error,
  settings: GuardSettings,
  nowMs: number,
): { readonly finding: Finding; readonly decision: Decision } | undefined {
  const found = findingOf(snapshot, verdict, detection, settings);
  if (found === undefined) return undefined;
  const { policy, notInForce } = snapshot;
  const { principalOfEvent } = detection;
  const decided = decide(
    { policy, verdict, ...(principalOfEvent !== undefined && { principalOfEvent }) },
    exemptions instanceof Error ? "unreadable" : exemptions,
    settings,
    nowMs,
  );
  // What is not in force is alerted on, never contained.
  const decision: Decision =
    notInForce === undefined || decided.action === "exempt"
      ? decided
      : { ...decided, action: "alert", reason: notInForce, plan: [] };
  return { finding: transition(found, { kind: "decided", decision }), decision };
}

/** One that is not in force says so in its title. */
function findingOf(
  { policy, notInForce, isVersionUnknown }: PolicySnapshot,
  verdict: Verdict,
  { trigger, receivedAtMs }: Detection,
  settings: GuardSettings,
): Finding | undefined {
  // A sweep makes the same finding of the same principals, and another one where a principal is new.
  const discriminator = JSON.stringify(attachmentsOf(policy).map(principalIdentity).toSorted());
  const finding = createFinding({ policy, verdict, trigger, settings, receivedAtMs, discriminator });
  if (finding === undefined || notInForce === undefined) return finding;
  return {
    ...finding,
    ...(isVersionUnknown === true && { policy: withoutVersion(finding.policy) }),
    notInForce,
    title: oneLine(`not in force: ${verdict.name} kms:* in policy ${policy.name}: ${notInForce}`),
  };
}

function withoutVersion(policy: FindingPolicy): FindingPolicy {
  if (!("versionId" in policy)) return policy;
  const { versionId: _, ...unversioned } = policy;
  return unversioned;
}

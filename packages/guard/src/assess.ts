import { type Decision, decide } from "@kms-guard/core/containment/decide.ts";
import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import type { ApiCall } from "@kms-guard/core/events/api-call.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { createFinding } from "@kms-guard/core/findings/create-finding.ts";
import type { Finding, FindingTrigger } from "@kms-guard/core/findings/finding.ts";
import type { Policy, PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { oneLine } from "@kms-guard/core/text/untrusted.ts";
import type { PolicySnapshot } from "./policies/snapshot.ts";
import type { Ports } from "./ports.ts";
import { sortStored } from "./stored.ts";

/** Why policies are being looked at. */
export interface Detection {
  readonly trigger: FindingTrigger;
  readonly receivedAtMs: number;
  /** Whom the event attached a policy to. */
  readonly principalOfEvent?: PrincipalName;
}

export function detectionFrom(
  trigger: ApiCall,
  kind: FindingTrigger["kind"],
  receivedAtMs: number,
): Detection {
  const { eventName, eventId, eventTime, actor, scope, effect } = trigger;
  return {
    trigger: { kind, eventName, eventId, eventTime, actor },
    receivedAtMs,
    ...(scope.kind === "attachment" && effect === "grants" && { principalOfEvent: scope.principal }),
  };
}

/** The exemptions, or why they cannot be read. */
export async function readExemptions({
  findings,
}: Pick<Ports, "findings">): Promise<readonly Exemption[] | Error> {
  try {
    return (await sortStored(await findings.exemptions())).records;
  } catch (cause) {
    return new Error("the exemptions cannot be read", { cause });
  }
}

/** The finding of a verdict, `undefined` for `none`; one that is not in force says so in its title. */
export function findingFor(
  { policy, notInForce, isVersionUnknown }: PolicySnapshot,
  verdict: Verdict,
  settings: GuardSettings,
  { trigger, receivedAtMs }: Detection,
): Finding | undefined {
  // The same holders of the same text need no second word from the next sweep; a new holder does.
  const discriminator = JSON.stringify(holders(policy).toSorted());
  const finding = createFinding({ policy, verdict, trigger, settings, receivedAtMs, discriminator });
  if (finding === undefined || notInForce === undefined) return finding;
  const { versionId: _, ...unversioned } = finding.policy;
  return {
    ...finding,
    ...(isVersionUnknown === true && { policy: unversioned }),
    notInForce,
    title: oneLine(`not in force: ${verdict.name} kms:* in policy ${policy.name}: ${notInForce}`),
  };
}

function holders(policy: Policy): readonly string[] {
  const all = policy.kind === "inline" ? [policy.principal] : policy.attachments;
  return all.map(({ type, name }) => `${type}/${name.toLowerCase()}`);
}

/** What to do about it: of what is not in force the guard only speaks, unless an exemption covers that too. */
export function decisionFor(
  { policy, notInForce }: PolicySnapshot,
  verdict: Verdict,
  exemptions: readonly Exemption[] | Error,
  settings: GuardSettings,
  { principalOfEvent }: Detection,
  nowMs: number,
): Decision {
  const decision = decide(
    { policy, verdict, ...(principalOfEvent !== undefined && { principalOfEvent }) },
    exemptions instanceof Error ? "unreadable" : exemptions,
    settings,
    nowMs,
  );
  if (notInForce === undefined || decision.action === "exempt") return decision;
  return { action: "alert", reason: notInForce, plan: [] };
}

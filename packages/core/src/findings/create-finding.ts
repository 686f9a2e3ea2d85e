import { eventLink, logGroupLink, policyLink } from "../aws/partitions.ts";
import { attachmentsOf, principalIdentity } from "../aws/principal.ts";
import type { GuardSettings } from "../containment/guard-settings.ts";
import type { Verdict, ViolationName } from "../evaluate/verdict.ts";
import { type CombinedPolicies, documentSha256Of, type Policy } from "../policy/policy.ts";
import type { GuardedService } from "../services/service.ts";
import { shortId } from "../text/hash.ts";
import { oneLine } from "../text/untrusted.ts";
import type { Finding, FindingPolicy, FindingTrigger } from "./finding.ts";
import { combinedText } from "./subject.ts";

export interface FindingInput {
  readonly policy: Policy | CombinedPolicies;
  readonly verdict: Verdict;
  readonly trigger: FindingTrigger;
  readonly settings: Pick<GuardSettings, "account" | "service" | "region" | "mode" | "historyLogGroup">;
  /** When the guard received the event, or began the account scan. */
  readonly receivedAtMs: number;
  readonly change?: NonNullable<Finding["change"]>;
  /** Part of the id of a finding without an event, so that another set of principals is another finding. */
  readonly discriminator?: string;
}

/**
 * A new finding of a verdict, `undefined` if the verdict is `none`. Its status is `open`, and its decision `alert`, until
 * it is decided upon (see `transition`).
 */
export function createFinding(input: FindingInput): Finding | undefined {
  const { policy, verdict, trigger, settings, change } = input;
  if (verdict.name === "none") return undefined;
  const textSha256 = documentSha256Of(policy);
  return {
    schemaVersion: "1",
    id: findingId(input, textSha256),
    status: "open",
    service: settings.service.prefix,
    verdict: verdict.name,
    vacuous: verdict.vacuous,
    ...(verdict.share !== undefined && { share: verdict.share }),
    severity: verdict.severity ?? "HIGH",
    title: titleOf(policy, verdict.name, verdict, settings.service),
    reason: verdict.reason,
    account: settings.account.id,
    partition: settings.account.partition,
    region: settings.region,
    policy: findingPolicy(policy, textSha256),
    evidence: verdict.evidence.map(({ counts: _, ...evidence }) => evidence),
    missingActions: verdict.missingActions,
    attachments: attachmentsOf(policy).map((attachment) => ({ ...attachment, state: "standing" })),
    trigger,
    ...(change !== undefined && { change }),
    decision: { mode: settings.mode, action: "alert", reason: "not decided yet" },
    timing: {
      ...(trigger.eventTime !== undefined && { eventTime: trigger.eventTime }),
      receivedAt: new Date(input.receivedAtMs).toISOString(),
    },
    nextSteps: [],
    links: linksOf(input),
  };
}

/**
 * A retry of the same event on the same text makes the same id, so that it finds its record; a repeat is another event,
 * so another id. JSON keeps the parts apart, whatever characters they have.
 */
function findingId({ policy, trigger, settings, discriminator }: FindingInput, textSha256: string): string {
  const origin = trigger.eventId === undefined ? [trigger.kind, discriminator ?? ""] : [trigger.eventId];
  return shortId("kg", [settings.account.id, identityOf(policy), textSha256, origin]);
}

function identityOf(policy: FindingInput["policy"]): readonly string[] {
  switch (policy.kind) {
    case "managed":
    case "aws-managed":
      return [policy.arn];
    case "inline":
      return [policy.principal.type, policy.principal.name, policy.name];
    case "combined":
      return [policy.kind, principalIdentity(policy.principal)];
  }
}

function findingPolicy(policy: FindingInput["policy"], documentSha256: string): FindingPolicy {
  const { name } = policy;
  switch (policy.kind) {
    case "managed":
    case "aws-managed":
      return { kind: policy.kind, arn: policy.arn, name, versionId: policy.versionId, documentSha256 };
    case "inline": {
      const { type, name: principal } = policy.principal;
      return { kind: policy.kind, name, principal: { type, name: principal }, documentSha256 };
    }
    case "combined": {
      const { type, id } = policy.principal;
      const principal = { type, name, ...(id !== undefined && { id }) };
      return { kind: policy.kind, name, principal, documentSha256 };
    }
  }
}

const GRANTS: Readonly<Record<Exclude<ViolationName, "invalid">, (service: GuardedService) => string>> = {
  full: ({ prefix }) => `full ${prefix}:* granted`,
  "near-full": ({ prefix }) => `near-full ${prefix}:* granted`,
  "conditional-full": ({ prefix }) => `full ${prefix}:* granted on conditions`,
  escalation: ({ prefix }) => `a way to full ${prefix}:* granted`,
  "scoped-full": ({ prefix }) => `part of full ${prefix}:* granted`,
};

const KINDS: Readonly<Record<Policy["kind"], string>> = {
  managed: "managed",
  "aws-managed": "AWS managed",
  inline: "inline",
};

function titleOf(
  policy: FindingInput["policy"],
  verdict: ViolationName,
  { vacuous, severity }: Pick<Verdict, "vacuous" | "severity">,
  service: GuardedService,
): string {
  const granted = (name: Exclude<ViolationName, "invalid">): string =>
    vacuous ? `${GRANTS[name](service)} that always hold` : GRANTS[name](service);
  const unclear = severity === "CRITICAL" ? `may grant full ${service.prefix}:*` : "cannot be evaluated";
  if (policy.kind === "combined") {
    const subject = combinedText(policy.principal);
    return oneLine(verdict === "invalid" ? `${subject} ${unclear}` : `${granted(verdict)} by ${subject}`);
  }
  const subject = `${KINDS[policy.kind]} policy ${policy.name}`;
  const principals = principalsText(policy);
  if (verdict === "invalid") return oneLine(`${subject} ${unclear}, attached to ${principals}`);
  return oneLine(
    `${granted(verdict)} by ${subject}${principals === NOBODY ? ", attached" : ""} to ${principals}`,
  );
}

const NOBODY = "nobody yet";

function principalsText(policy: Policy): string {
  const attachments = attachmentsOf(policy);
  const [first] = attachments;
  if (first === undefined) return NOBODY;
  return attachments.length === 1 ? `${first.type} ${first.name}` : `${attachments.length} principals`;
}

function linksOf({ policy, trigger, settings }: FindingInput): Finding["links"] {
  const { region, historyLogGroup, account } = settings;
  const { partition } = account;
  const toPolicy = policyLink(partition, policy);
  const toEvent = trigger.eventId === undefined ? undefined : eventLink(partition, region, trigger.eventId);
  const toHistory =
    historyLogGroup === undefined ? undefined : logGroupLink(partition, region, historyLogGroup);
  return {
    ...(toPolicy !== undefined && { policy: toPolicy }),
    ...(toEvent !== undefined && { event: toEvent }),
    ...(toHistory !== undefined && { history: toHistory }),
  };
}

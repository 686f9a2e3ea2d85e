import {
  attachmentsOf,
  isProtected,
  isSamePrincipal,
  type ReservedRole,
  reservedRole,
} from "../aws/principal.ts";
import type { Verdict } from "../evaluate/verdict.ts";
import { type Exemption, exemptionCovers } from "../exemptions/exemption.ts";
import {
  type Attachment,
  type CombinedPolicies,
  documentSha256Of,
  type Policy,
  type PrincipalName,
} from "../policy/policy.ts";
import type { Decision, PrincipalDecision } from "./decision.ts";
import { CONTAIN_AT, type GuardSettings } from "./guard-settings.ts";
import { containmentPlan } from "./steps.ts";

/** What to decide on: a policy as it is in IAM, or a principal's together; the verdict, and the principal of the event. */
export interface DecisionInput {
  readonly policy: Policy | CombinedPolicies;
  readonly verdict: Pick<Verdict, "name" | "vacuous">;
  /** The principal that the event attached the policy to. It matters for AWS managed policies only. */
  readonly principalOfEvent?: PrincipalName;
}

/**
 * Decides what the guard does about a policy or a principal's policies together: contain, alert, or exempt.
 *
 * The failure direction of the whole product is here, once. *When unsure, speak; act only when sure and reversible*:
 *
 * - a document that cannot be evaluated, or exemptions that cannot be read: alert, never contain;
 * - `monitor`: alert, with the plan as commands for a person;
 * - `full`, `conditional-full` with vacuous conditions and, down to `containAt`, `near-full`, `escalation` and
 *   `scoped-full` are contained, nothing else;
 * - AWS managed policies have many users: at most they are detached from the one principal that the event named;
 * - what a principal's policies give only together is alerted on: which of them to take is for a person to decide;
 * - more steps than `maxAttachments` break the circuit: no step is taken, and the alert has the commands;
 * - protected principals, the guard's own roles and roles that only AWS can change are passed over, and the others are
 *   contained all the same: nobody can attach a policy to one of these to keep it elsewhere;
 * - an exemption counts until it expires, for the principal and the text it names; the rest is contained.
 */
export function decide(
  input: DecisionInput,
  exemptions: readonly Exemption[] | "unreadable",
  settings: GuardSettings,
  nowMs: number,
): Decision {
  const { policy, verdict } = input;
  const concerned = attachmentsConcerned(input);
  const alert = (reason: string, attachments: readonly Attachment[] = concerned): Decision => ({
    action: "alert",
    reason,
    plan: containmentPlan(
      policy,
      attachments.filter((attachment) => reservedRole(attachment) === undefined),
    ),
    principals: [],
  });

  if (verdict.name === "none") return alert("the policy is no violation", []);
  if (verdict.name === "invalid") return alert("the document cannot be evaluated, so a person has to look");
  if (exemptions === "unreadable") return alert("the exemptions cannot be read, so nothing is contained");

  const documentSha256 = documentSha256Of(policy);
  const exemptionFor = (principal?: PrincipalName) =>
    exemptions.find((exemption) =>
      exemptionCovers(
        exemption,
        {
          account: settings.account.id,
          policy,
          documentSha256,
          ...(principal !== undefined && { principal }),
        },
        nowMs,
      ),
    );
  if (concerned.length === 0) {
    const exemption = exemptionFor();
    if (exemption !== undefined) return exempt([exemption]);
    return alert(
      input.principalOfEvent !== undefined && policy.kind === "aws-managed"
        ? `${named(input.principalOfEvent)} no longer has it`
        : "attached to nobody yet",
    );
  }

  const assessed = concerned.map((attachment) => ({ attachment, exemption: exemptionFor(attachment) }));
  const covering = assessed.flatMap(({ exemption }) => exemption ?? []);
  const left = assessed
    .filter(({ exemption }) => exemption === undefined)
    .map(({ attachment }) => attachment);
  const principals = assessed.map(({ attachment, exemption }) =>
    principalDecision(attachment, exemption, settings),
  );
  if (left.length === 0) return { ...exempt(covering), principals };

  const reserved = left.filter((attachment) => reservedRole(attachment) !== undefined);
  const untouchable = left.filter(
    (attachment) => reservedRole(attachment) === undefined && isProtected(attachment, settings),
  );
  const plan = containmentPlan(
    policy,
    left.filter((attachment) => !reserved.includes(attachment) && !untouchable.includes(attachment)),
  );
  const notes = [...exemptNotes(assessed), ...protectedNotes(untouchable), ...reserved.map(reservedRoleNote)];
  const withNotes = (reason: string): string => [reason, ...notes].join("; ");

  const obstacle =
    (settings.mode === "monitor" ? "monitor mode only alerts" : undefined) ??
    verdictObstacle(verdict, settings) ??
    kindObstacle(input, settings) ??
    (plan.length === 0 ? "no principal that the guard can change" : undefined) ??
    (plan.length > settings.maxAttachments
      ? `${plan.length} attachments are more than the ${settings.maxAttachments} that may be detached at once`
      : undefined);
  if (obstacle !== undefined) return { ...alert(withNotes(obstacle), left), principals };
  return {
    action: "contain",
    reason: withNotes(`\`${verdict.name}\` is contained in enforce mode`),
    plan,
    principals,
  };
}

/** All principals that have the policy; of an AWS managed policy, the one that the event named. */
function attachmentsConcerned({ policy, principalOfEvent }: DecisionInput): readonly Attachment[] {
  const attachments = attachmentsOf(policy);
  if (policy.kind !== "aws-managed" || principalOfEvent === undefined) return attachments;
  return attachments.filter((attachment) => isSamePrincipal(attachment, principalOfEvent));
}

function verdictObstacle(
  { name, vacuous }: DecisionInput["verdict"],
  { containAt }: GuardSettings,
): string | undefined {
  const contained: readonly string[] = CONTAIN_AT;
  const rank = contained.indexOf(vacuous ? "full" : name);
  if (rank === -1) return `\`${name}\` is never contained, only alerted on`;
  if (rank <= CONTAIN_AT.indexOf(containAt)) return undefined;
  return `the setting containAt is \`${containAt}\`: \`${name}\` is only alerted on`;
}

function kindObstacle(input: DecisionInput, settings: GuardSettings): string | undefined {
  switch (input.policy.kind) {
    case "managed":
    case "inline":
      return undefined;
    case "aws-managed":
      return awsManagedObstacle(input, settings);
    case "combined":
      return "a person decides which of the policies to take away";
  }
}

function awsManagedObstacle(
  { principalOfEvent }: DecisionInput,
  { awsManaged }: GuardSettings,
): string | undefined {
  if (awsManaged === "alert") return "the settings only alert on AWS managed policies";
  return principalOfEvent === undefined
    ? "an AWS managed policy is detached only from the principal that an event names"
    : undefined;
}

function exempt(covering: readonly Exemption[]): Decision {
  const each = [...new Set(covering)].map(
    ({ id, reason, owner, expiresAt }) => `${id} of ${owner} until ${expiresAt}: ${reason}`,
  );
  return { action: "exempt", reason: `exempt by ${listed(each)}`, plan: [], principals: [] };
}

function principalDecision(
  attachment: Attachment,
  exemption: Exemption | undefined,
  settings: GuardSettings,
): PrincipalDecision {
  const { type, name, id } = attachment;
  const principal = { type, name, ...(id !== undefined && { id }) };
  if (exemption !== undefined) return { principal, state: "exempt", until: exemption.expiresAt };
  const isLeftAlone = reservedRole(attachment) !== undefined || isProtected(attachment, settings);
  return { principal, state: isLeftAlone ? "protected" : "standing" };
}

function exemptNotes(
  assessed: readonly { readonly attachment: Attachment; readonly exemption: Exemption | undefined }[],
): readonly string[] {
  const notes = assessed.flatMap(({ attachment, exemption }) =>
    exemption === undefined ? [] : `${named(attachment)} is exempt by ${exemption.id}`,
  );
  return notes.length === 0 ? [] : [listed(notes)];
}

function protectedNotes(untouchable: readonly Attachment[]): readonly string[] {
  return untouchable.length === 0 ? [] : [`${listed(untouchable.map(named))} must not be changed`];
}

function reservedRoleNote(attachment: Attachment): string {
  const role = reservedRole(attachment);
  return `${named(attachment)} can only be changed by AWS${role === undefined ? "" : fixFor(role)}`;
}

function fixFor(role: ReservedRole): string {
  if (role.kind === "service-linked") return " (service-linked role)";
  return role.permissionSet === undefined
    ? " (change its permission set in IAM Identity Center)"
    : ` (change permission set \`${role.permissionSet}\` in IAM Identity Center)`;
}

function named({ type, name }: PrincipalName): string {
  return `${type} \`${name}\``;
}

const LISTED = 5;

/** A list that stays readable, and small enough to be kept, however many there are. */
function listed(items: readonly string[]): string {
  const more = items.length - LISTED;
  return [...items.slice(0, LISTED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

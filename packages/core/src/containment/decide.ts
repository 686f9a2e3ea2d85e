import { isProtected, isSamePrincipal } from "../aws/principal.ts";
import { type ReservedRole, reservedRole } from "../aws/reserved-role.ts";
import type { Verdict } from "../evaluate/verdict.ts";
import { type Exemption, exemptionCovers } from "../exemptions/exemption.ts";
import type { DecisionAction } from "../findings/finding.ts";
import type { Attachment, Policy, PrincipalName } from "../policy/policy.ts";
import { sha256 } from "../text/hash.ts";
import type { GuardSettings } from "./guard-settings.ts";
import { containmentPlan } from "./plan.ts";
import type { ContainmentStep } from "./steps.ts";

/** What to decide on: the policy as it stands in IAM, the verdict on it, and whom the event named. */
export interface DecisionInput {
  readonly policy: Policy;
  readonly verdict: Pick<Verdict, "name" | "vacuous">;
  /** The user, role or group that the event attached the policy to. Of use for AWS's own policies only. */
  readonly principalOfEvent?: PrincipalName;
}

export interface Decision {
  readonly action: DecisionAction;
  /** One sentence. */
  readonly reason: string;
  /** `contain`: the steps to take. `alert`: the steps a person may take by hand, never the guard. `exempt`: none. */
  readonly plan: readonly ContainmentStep[];
}

/**
 * Decides what the guard does about a policy: contain, only alert, or let it stand.
 *
 * The failure direction of the whole product is here, once. *When unsure, speak; act only when sure and reversible*:
 *
 * - a document that cannot be evaluated, or exemptions that cannot be read: alert, never contain;
 * - `monitor`: alert, with the plan as commands for a person;
 * - only `full`, `near-full` (where `containAt` says so) and `conditional-full` with vacuous conditions are contained;
 * - AWS's own policies are many people's: at most they are taken from the one principal that the event named;
 * - a protected principal in the plan, or more steps than `maxAttachments`, breaks the circuit: no step is taken, and
 *   the alert has the commands. Half a containment would be neither safe nor harmless;
 * - roles that only AWS can change are not tried, the others are contained all the same;
 * - an exemption counts until it expires, for the principal and the text it names; the rest is still contained.
 */
export function decide(
  input: DecisionInput,
  exemptions: readonly Exemption[] | "unreadable",
  settings: GuardSettings,
  nowMs: number,
): Decision {
  const { policy, verdict } = input;
  const subjects = subjectsOf(input);
  const alert = (reason: string, holders: readonly Attachment[] = subjects): Decision => ({
    action: "alert",
    reason,
    plan: containmentPlan(
      policy,
      holders.filter((holder) => reservedRole(holder) === undefined),
    ),
  });

  if (verdict.name === "none") return alert("the policy grants nothing to take away", []);
  if (verdict.name === "invalid") return alert("the document cannot be evaluated, so a person has to look");
  if (exemptions === "unreadable") return alert("the exemptions cannot be read, so nothing is taken away");

  const documentSha256 = sha256(policy.document);
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
  if (subjects.length === 0) {
    const exemption = exemptionFor();
    if (exemption !== undefined) return exempt([exemption]);
    return alert(
      input.principalOfEvent !== undefined && policy.kind === "aws-managed"
        ? `${named(input.principalOfEvent)} does not hold it any more`
        : "attached to nobody yet",
    );
  }

  const judged = subjects.map((holder) => ({ holder, exemption: exemptionFor(holder) }));
  const covering = judged.flatMap(({ exemption }) => exemption ?? []);
  const left = judged.filter(({ exemption }) => exemption === undefined).map(({ holder }) => holder);
  if (left.length === 0) return exempt(covering);

  const fixed = left.filter((holder) => reservedRole(holder) !== undefined);
  const plan = containmentPlan(
    policy,
    left.filter((holder) => reservedRole(holder) === undefined),
  );
  const notes = [...exemptNotes(judged), ...fixed.map(fixedNote)];
  const inSum = (reason: string): string => [reason, ...notes].join("; ");

  const obstacle =
    (settings.mode === "monitor" ? "monitor mode only speaks" : undefined) ??
    verdictObstacle(verdict, settings) ??
    (policy.kind === "aws-managed" ? awsManagedObstacle(input, settings) : undefined) ??
    (plan.length === 0 ? "no holder that the guard can change" : undefined) ??
    protectedObstacle(left, settings) ??
    (plan.length > settings.maxAttachments
      ? `${plan.length} attachments are more than the ${settings.maxAttachments} that may be taken away at once`
      : undefined);
  if (obstacle !== undefined) return alert(inSum(obstacle), left);
  return { action: "contain", reason: inSum(`\`${verdict.name}\` is contained in enforce mode`), plan };
}

/** Who is judged: all who hold the policy, or of an AWS policy the one whom the event named, if it holds it. */
function subjectsOf({ policy, principalOfEvent }: DecisionInput): readonly Attachment[] {
  if (policy.kind === "inline") return [policy.principal];
  if (policy.kind === "managed" || principalOfEvent === undefined) return policy.attachments;
  return policy.attachments.filter((attachment) => isSamePrincipal(attachment, principalOfEvent));
}

function verdictObstacle(
  { name, vacuous }: DecisionInput["verdict"],
  { containAt }: GuardSettings,
): string | undefined {
  if (name === "full" || (name === "conditional-full" && vacuous)) return undefined;
  if (name === "near-full") {
    return containAt === "near-full" ? undefined : "the settings contain `full` only, not `near-full`";
  }
  return `\`${name}\` is never contained, only told`;
}

function awsManagedObstacle(
  { principalOfEvent }: DecisionInput,
  { awsManaged }: GuardSettings,
): string | undefined {
  if (awsManaged === "alert") return "the settings only speak of AWS managed policies";
  return principalOfEvent === undefined
    ? "an AWS managed policy is taken away only from a principal that an event names"
    : undefined;
}

function protectedObstacle(left: readonly Attachment[], settings: GuardSettings): string | undefined {
  const untouchable = left.filter(
    (holder) => reservedRole(holder) === undefined && isProtected(holder, settings),
  );
  if (untouchable.length === 0) return undefined;
  return `${listed(untouchable.map(named))} must never be touched, so nobody was`;
}

function exempt(covering: readonly Exemption[]): Decision {
  const each = [...new Set(covering)].map(
    ({ id, reason, owner, expiresAt }) => `${id} of ${owner} until ${expiresAt}: ${reason}`,
  );
  return { action: "exempt", reason: `exempt by ${listed(each)}`, plan: [] };
}

function exemptNotes(
  judged: readonly { readonly holder: Attachment; readonly exemption: Exemption | undefined }[],
): readonly string[] {
  const notes = judged.flatMap(({ holder, exemption }) =>
    exemption === undefined ? [] : `${named(holder)} is exempt by ${exemption.id}`,
  );
  return notes.length === 0 ? [] : [listed(notes)];
}

function fixedNote(holder: Attachment): string {
  const role = reservedRole(holder);
  return `${named(holder)} can only be changed by AWS${role === undefined ? "" : cureFor(role)}`;
}

function cureFor(role: ReservedRole): string {
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

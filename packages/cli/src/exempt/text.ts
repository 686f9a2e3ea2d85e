import { isSamePrincipal } from "@kms-guard/core/aws/principal.ts";
import { describePolicy, type Exemption, isExpired } from "@kms-guard/core/exemptions/exemption.ts";
import type { Attachment } from "@kms-guard/core/policy/policy.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import type { ExemptionTarget } from "@kms-guard/guard/exemption-target.ts";
import type { Live } from "../aws/connect.ts";
import { type Paint, paintSeverity } from "../io/paint.ts";
import { seconds } from "../output/time-text.ts";

/** What an exemption will cover, before anybody is asked. */
export function coverText(
  exemption: Exemption,
  exempted: ExemptionTarget,
  { operator, stage }: Pick<Live, "operator" | "stage">,
  paint: Paint,
): string {
  const { finding, current: standing } = exempted;
  const { severity, name = "", reason = "" } = standing?.verdict ?? {};
  return lines([
    paint.bold(`Exempting ${printable(describePolicy(exemption.policy))}`),
    `  in account ${operator.account} (stage ${printable(stage)}, ${operator.region}) as ${printable(operator.arn)}`,
    ...(finding === undefined
      ? []
      : [`  finding    ${finding.id} (${finding.status}): ${printable(finding.title)}`]),
    `  covers     ${printable(covers(exemption, standing?.holders ?? []))}`,
    `  text       ${textWords(exemption, standing?.isMeant ? standing.versionId : undefined)}`,
    ...(standing === undefined
      ? []
      : [
          `  grants now ${paintSeverity(paint, severity, `${severity ?? ""} ${name}`.trim())}: ${printable(reason)}`,
        ]),
    ...ownFields(exemption),
    ...notesOn(exemption, exempted).map((note) => `${paint.yellow("note:")} ${printable(note)}`),
    "",
  ]);
}

/** One exemption as a paragraph of the list. */
export function exemptionText(exemption: Exemption, nowMs: number, paint: Paint): string {
  const { id, account, policy, createdBy, createdAt } = exemption;
  const principal = policy.kind === "inline" ? policy.principal : exemption.principal;
  const state = isExpired(exemption, nowMs) ? paint.yellow("lapsed") : paint.green("in force");
  return lines([
    `${paint.bold(printable(id))}  ${state}  ${printable(describePolicy(exemption.policy))}`,
    `  account    ${printable(account)}`,
    `  covers     ${principal === undefined ? "whoever holds it" : `only ${principal.type} ${printable(principal.name)}`}`,
    `  text       ${textWords(exemption, undefined)}`,
    ...ownFields(exemption),
    `  made       ${seconds(createdAt)} by ${printable(createdBy)}`,
  ]);
}

function ownFields({ expiresAt, reason, owner, ticket }: Exemption): readonly string[] {
  return [
    `  until      ${seconds(expiresAt)}`,
    `  reason     ${printable(reason)}`,
    `  owner      ${printable(owner)}`,
    ...(ticket === undefined ? [] : [`  ticket     ${printable(ticket)}`]),
  ];
}

function textWords({ documentSha256 }: Exemption, versionId: string | undefined): string {
  if (documentSha256 === undefined) return "any version, whatever it comes to grant";
  const version = versionId === undefined ? "" : `${printable(versionId)}, `;
  return `${version}only while its SHA-256 is ${printable(documentSha256)}`;
}

const SHOWN = 6;

function covers({ policy, principal }: Exemption, holders: readonly Attachment[]): string {
  if (policy.kind === "inline") return `${policy.principal.type} ${policy.principal.name}, which has it`;
  if (principal !== undefined) return `only ${principal.type} ${principal.name}`;
  if (holders.length === 0) return "whoever comes to hold it: nobody does now";
  const named = holders.slice(0, SHOWN).map(({ type, name }) => `${type} ${name}`);
  const more = holders.length - SHOWN;
  return `whoever holds it: now ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What a person should know before saying yes. */
function notesOn(
  { policy, principal, documentSha256 }: Exemption,
  { current: standing, finding }: ExemptionTarget,
): readonly string[] {
  if (standing === undefined) {
    return [
      finding?.status === "contained"
        ? "the policy is not there now, since it was taken away: an exemption does not put it back"
        : "the policy is not there now: the exemption counts if it comes back",
    ];
  }
  const isHeld =
    principal === undefined ||
    policy.kind === "inline" ||
    standing.holders.some((holder) => isSamePrincipal(holder, principal));
  return [
    ...(isHeld ? [] : [`${principal.type} ${principal.name} does not hold the policy now`]),
    ...(standing.isMeant || documentSha256 === undefined
      ? []
      : ["the policy has another text since it was found, which this does not cover"]),
    ...(standing.verdict.name === "none" && standing.isMeant
      ? ["the policy grants nothing now that needs an exemption"]
      : []),
    ...(standing.verdict.name === "invalid"
      ? ["a document that cannot be evaluated is alerted whatever is exempt"]
      : []),
  ];
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}

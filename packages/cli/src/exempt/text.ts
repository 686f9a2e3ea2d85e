import { isSamePrincipal } from "@kms-guard/core/aws/principal.ts";
import { describePolicy, type Exemption, isExpired } from "@kms-guard/core/exemptions/exemption.ts";
import type { Attachment } from "@kms-guard/core/policy/policy.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import type { ExemptionTarget } from "@kms-guard/guard/exemption-target.ts";
import type { Connection } from "../aws/connect.ts";
import { type Paint, paintSeverity } from "../io/terminal.ts";
import { seconds } from "../output/finding-text.ts";

/** What an exemption will cover, shown before it asks. */
export function coverText(
  exemption: Exemption,
  exempted: ExemptionTarget,
  { operator, stage }: Pick<Connection, "operator" | "stage">,
  paint: Paint,
): string {
  const { finding, current } = exempted;
  const { severity, name = "", reason = "" } = current?.verdict ?? {};
  return lines([
    paint.bold(`Exempt ${printable(describePolicy(exemption.policy))}`),
    `  in account ${operator.account} (stage ${printable(stage)}, ${operator.region}) as ${printable(operator.arn)}`,
    ...(finding === undefined
      ? []
      : [`  finding    ${finding.id} (${finding.status}): ${printable(finding.title)}`]),
    `  covers     ${printable(covers(exemption, current?.attachments ?? []))}`,
    `  document   ${documentText(exemption, current?.isSameDocument ? current.versionId : undefined)}`,
    ...(current === undefined
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
  const principal = policy.kind === "managed" ? exemption.principal : policy.principal;
  const state = isExpired(exemption, nowMs) ? paint.yellow("expired") : paint.green("in force");
  return lines([
    `${paint.bold(printable(id))}  ${state}  ${printable(describePolicy(exemption.policy))}`,
    `  account    ${printable(account)}`,
    `  covers     ${principal === undefined ? "every principal" : `only ${principal.type} ${printable(principal.name)}`}`,
    `  document   ${documentText(exemption, undefined)}`,
    ...ownFields(exemption),
    `  added      ${seconds(createdAt)} by ${printable(createdBy)}`,
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

function documentText({ documentSha256 }: Exemption, versionId: string | undefined): string {
  if (documentSha256 === undefined) return "any version, whatever it grants";
  const version = versionId === undefined ? "" : `${printable(versionId)}, `;
  return `${version}only with SHA-256 ${printable(documentSha256)}`;
}

const SHOWN = 6;

function covers({ policy, principal }: Exemption, attachments: readonly Attachment[]): string {
  if (policy.kind === "inline")
    return `${policy.principal.type} ${policy.principal.name}, which it is part of`;
  if (policy.kind === "combined")
    return `${policy.principal.type} ${policy.principal.name}, as long as its policies are the same`;
  if (principal !== undefined) return `only ${principal.type} ${principal.name}`;
  if (attachments.length === 0) return "every principal; attached to nothing now";
  const named = attachments.slice(0, SHOWN).map(({ type, name }) => `${type} ${name}`);
  const more = attachments.length - SHOWN;
  return `every principal; attached to ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What a person should know before confirming. */
function notesOn(
  { policy, principal, documentSha256 }: Exemption,
  { current, finding }: ExemptionTarget,
): readonly string[] {
  if (policy.kind === "combined") return [];
  if (current === undefined) {
    return [
      finding?.status === "contained"
        ? "the policy does not exist now, because it was contained: an exemption does not restore it"
        : "the policy does not exist now: the exemption applies if it is created again",
    ];
  }
  const isAttached =
    principal === undefined ||
    policy.kind === "inline" ||
    current.attachments.some((attachment) => isSamePrincipal(attachment, principal));
  return [
    ...(isAttached ? [] : [`${principal.type} ${principal.name} does not have the policy now`]),
    ...(current.isSameDocument || documentSha256 === undefined
      ? []
      : ["the policy has another document now, which this exemption does not cover"]),
    ...(current.verdict.name === "none" && current.isSameDocument
      ? ["the policy now grants nothing that needs an exemption"]
      : []),
    ...(current.verdict.name === "invalid"
      ? ["a document that cannot be evaluated causes an alert in spite of any exemption"]
      : []),
  ];
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}

import { isContainmentStep } from "@kms-guard/core/containment/steps.ts";
import { describePolicy, type Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import type { RestoreReport } from "@kms-guard/guard/restore.ts";
import type { Connection } from "../aws/connect.ts";
import { type Paint, paintSeverity } from "../io/terminal.ts";
import { seconds, stepCommand, stepText } from "../output/finding-text.ts";

type Planned = Extract<RestoreReport, { readonly kind: "planned" }>;
type Already = Extract<RestoreReport, { readonly kind: "already-restored" }>;
type Restored = Extract<RestoreReport, { readonly kind: "restored" }>;

/** The plan of a restore. `notes` are warnings to read first. */
export function planText(
  { finding, steps, exemption }: Planned,
  { operator, stage }: Pick<Connection, "operator" | "stage">,
  notes: readonly string[],
  paint: Paint,
): string {
  const { severity, title, status, id } = finding;
  return lines([
    `${paintSeverity(paint, severity, severity)}  ${paint.bold(id)}  ${status}`,
    `  ${printable(title)}`,
    `  ${printable(story(finding))}`,
    "",
    `Restore in account ${operator.account} (stage ${printable(stage)}, ${operator.region}) as ${printable(operator.arn)}`,
    `  1. ${exemptionText(exemption)}`,
    `     only for the document with SHA-256 ${printable(exemption.documentSha256 ?? "")}`,
    `     as ${printable(exemption.id)}, reason: ${printable(exemption.reason)}`,
    ...steps.flatMap((step, index) => [
      `  ${index + 2}. ${stepText(step)}`,
      paint.dim(`     $ ${stepCommand(step)}`),
    ]),
    ...notes.map((note) => `${paint.yellow("note:")} ${printable(note)}`),
    "",
  ]);
}

/** The result of every step, and the next commands. */
export function resultText(
  { finding, steps, exemption, failures }: Restored,
  { sameOptions }: Pick<Connection, "sameOptions">,
  paint: Paint,
): string {
  const failed = steps.filter(({ outcome }) => outcome === "failed" || outcome === "skipped");
  const colour = { done: paint.green, already: paint.green, skipped: paint.yellow, failed: paint.red };
  return lines([
    `${paint.green("done   ")}  ${exemptionText(exemption)}`,
    ...steps.flatMap((step) => {
      const { outcome, error } = step;
      const fix = outcome === "failed" ? fixFor(error) : undefined;
      return [
        `${colour[outcome](outcome.padEnd(7))}  ${stepText(step)}`,
        ...(error === undefined ? [] : [`         ${printable(error)}`]),
        ...(fix === undefined ? [] : [`         ${fix}`]),
      ];
    }),
    "",
    failed.length === 0
      ? paint.green(`${finding.id} is restored.`)
      : paint.red(
          `${failed.length} of ${steps.length} steps failed${failed.length < steps.length ? "; the others succeeded" : ""}.`,
        ),
    ...failures.map(({ message }) => `${paint.yellow("note:")} ${printable(message)}`),
    ...nextCommands(finding, failed.length + failures.length > 0, exemption, sameOptions).map(
      (next) => `next: ${next}`,
    ),
  ]);
}

/** Who restored it before, and how long it is exempt. */
export function alreadyText(
  { finding, exemption, failures }: Already,
  { sameOptions }: Pick<Connection, "sameOptions">,
  paint: Paint,
): string {
  const { createdBy, createdAt, reason, expiresAt } = exemption;
  return lines([
    `${paint.green(`${finding.id} was already restored`)} by ${printable(createdBy)} at ${seconds(createdAt)}, reason: ${printable(reason)}`,
    `Nothing was changed. It is exempt until ${seconds(expiresAt)}.`,
    ...failures.map(({ message }) => `${paint.yellow("note:")} ${printable(message)}`),
    ...nextCommands(finding, failures.length > 0, exemption, sameOptions).map((next) => `next: ${next}`),
  ]);
}

function nextCommands(
  { id }: Finding,
  isUnfinished: boolean,
  { expiresAt }: Exemption,
  sameOptions: string,
): readonly string[] {
  const longer = `${KMS_GUARD} exempt add ${id} --reason '...' --owner '...' --days 30${sameOptions}`;
  return [
    ...(isUnfinished ? [`${KMS_GUARD} restore ${id}${sameOptions}   retries what failed`] : []),
    `${KMS_GUARD} show ${id}${sameOptions}`,
    `narrow the policy before ${seconds(expiresAt)}, or exempt it for longer: ${longer}`,
  ];
}

/** `removed from user alice, role Build at 2026-03-02T09:00:10Z, after AttachUserPolicy by arn:…` */
function story({ containment, trigger }: Finding): string {
  const removed = (containment?.steps ?? [])
    .filter(isContainmentStep)
    .filter(({ outcome }) => outcome === "done");
  const principals = removed.map(({ target: { principal } }) => `${principal.type} ${principal.name}`);
  const at = removed.map((step) => step.at).toSorted()[0];
  const by = trigger.actor?.arn === undefined ? "" : ` by ${trigger.actor.arn}`;
  const after =
    trigger.eventName === undefined ? `found by a ${trigger.kind}` : `after ${trigger.eventName}${by}`;
  return `removed from ${principals.join(", ")}${at === undefined ? "" : ` at ${seconds(at)}`}, ${after}`;
}

function exemptionText({ expiresAt, createdAt, policy }: Exemption): string {
  const hours = Math.round((Date.parse(expiresAt) - Date.parse(createdAt)) / 3_600_000);
  const which = policy.kind === "managed" ? `managed policy ${policy.arn}` : describePolicy(policy);
  return `exempt ${printable(which)} for ${hours} ${hours === 1 ? "hour" : "hours"}, until ${seconds(expiresAt)}`;
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}

const FIXES: Readonly<Record<string, string>> = {
  NoSuchEntity: "the principal or the policy no longer exists: create it again, then restore again",
  LimitExceeded: "the quota is used up: detach another policy there, then restore again",
  AccessDenied:
    "your credentials are not allowed to do this: restore again with a role that is (`--profile`)",
  ExpiredToken: "your credentials have expired: sign in, then restore again",
  UnmodifiableEntity: "only AWS can change this role: attach the policy where the role is managed",
};

/** What to do about a failed step, by the code that IAM's error begins with. */
export function fixFor(error: string | undefined): string | undefined {
  const [code = ""] = (error ?? "").split(/[ :(]/, 1);
  return Object.hasOwn(FIXES, code) ? FIXES[code] : undefined;
}

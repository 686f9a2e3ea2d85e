import { isContainmentStep } from "@kms-guard/core/containment/steps.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import type { RestoreReport } from "@kms-guard/guard/restore.ts";
import type { Live } from "../aws/connect.ts";
import { type Paint, paintSeverity } from "../io/paint.ts";
import { cureFor, seconds, stepCommand, stepWords } from "./words.ts";

type Planned = Extract<RestoreReport, { readonly kind: "planned" }>;
type Already = Extract<RestoreReport, { readonly kind: "already-restored" }>;
type Restored = Extract<RestoreReport, { readonly kind: "restored" }>;

/** What a restore will do, before anything is done: `notes` are what a person should know first. */
export function planText(
  { finding, steps, exemption }: Planned,
  { operator, stage }: Pick<Live, "operator" | "stage">,
  notes: readonly string[],
  paint: Paint,
): string {
  const { severity, title, status, id } = finding;
  return lines([
    `${paintSeverity(paint, severity, severity)}  ${paint.bold(id)}  ${status}`,
    `  ${printable(title)}`,
    `  ${printable(story(finding))}`,
    "",
    `Restoring it in account ${operator.account} (stage ${printable(stage)}, ${operator.region}) as ${printable(operator.arn)}`,
    `  1. ${exemptionWords(exemption)}`,
    `     only while its text has SHA-256 ${printable(exemption.documentSha256 ?? "")}`,
    `     as ${printable(exemption.id)}, because: ${printable(exemption.reason)}`,
    ...steps.flatMap((step, index) => [
      `  ${index + 2}. ${stepWords(step)}`,
      paint.dim(`     $ ${stepCommand(step)}`),
    ]),
    ...notes.map((note) => `${paint.yellow("note:")} ${printable(note)}`),
    "",
  ]);
}

/** What became of every step, and what to run next. */
export function resultText(
  { finding, steps, exemption, failures }: Restored,
  { words }: Pick<Live, "words">,
  paint: Paint,
): string {
  const failed = steps.filter(({ outcome }) => outcome === "failed" || outcome === "skipped");
  const colour = { done: paint.green, already: paint.green, skipped: paint.yellow, failed: paint.red };
  return lines([
    `${paint.green("done   ")}  ${exemptionWords(exemption)}`,
    ...steps.flatMap((step) => {
      const { outcome, error } = step;
      const cure = outcome === "failed" ? cureFor(error) : undefined;
      return [
        `${colour[outcome](outcome.padEnd(7))}  ${stepWords(step)}`,
        ...(error === undefined ? [] : [`         ${printable(error)}`]),
        ...(cure === undefined ? [] : [`         ${cure}`]),
      ];
    }),
    "",
    failed.length === 0
      ? paint.green(`${finding.id} is restored.`)
      : paint.red(
          `${failed.length} of ${steps.length} steps failed${failed.length < steps.length ? "; the rest is back" : ""}.`,
        ),
    ...failures.map(({ message }) => `${paint.yellow("note:")} ${printable(message)}`),
    ...nextCommands(finding, failed.length + failures.length > 0, exemption, words).map(
      (next) => `next: ${next}`,
    ),
  ]);
}

/** Who restored it before, and how long that holds. */
export function alreadyText(
  { finding, exemption, failures }: Already,
  { words }: Pick<Live, "words">,
  paint: Paint,
): string {
  const { createdBy, createdAt, reason, expiresAt } = exemption;
  return lines([
    `${paint.green(`${finding.id} is restored already`)}: ${printable(createdBy)} did it at ${seconds(createdAt)}, because: ${printable(reason)}`,
    `Nothing was changed. It is exempt until ${seconds(expiresAt)}.`,
    ...failures.map(({ message }) => `${paint.yellow("note:")} ${printable(message)}`),
    ...nextCommands(finding, failures.length > 0, exemption, words).map((next) => `next: ${next}`),
  ]);
}

function nextCommands(
  { id }: Finding,
  goesOn: boolean,
  { expiresAt }: Exemption,
  words: string,
): readonly string[] {
  const stays = `${KMS_GUARD} exempt add ${id} --reason '...' --owner '...' --days 30${words}`;
  return [
    ...(goesOn ? [`${KMS_GUARD} restore ${id}${words}   goes on where this one stopped`] : []),
    `${KMS_GUARD} show ${id}${words}`,
    `narrow the policy before ${seconds(expiresAt)}, or let it stand longer: ${stays}`,
  ];
}

/** `taken from user alice, role Build at 2026-03-02T09:00:10Z, after AttachUserPolicy by arn:…` */
function story({ containment, trigger }: Finding): string {
  const taken = (containment?.steps ?? [])
    .filter(isContainmentStep)
    .filter(({ outcome }) => outcome === "done");
  const holders = taken.map(({ target: { principal } }) => `${principal.type} ${principal.name}`);
  const at = taken.map((step) => step.at).toSorted()[0];
  const by = trigger.actor?.arn === undefined ? "" : ` by ${trigger.actor.arn}`;
  const after =
    trigger.eventName === undefined ? `found by a ${trigger.kind}` : `after ${trigger.eventName}${by}`;
  return `taken from ${holders.join(", ")}${at === undefined ? "" : ` at ${seconds(at)}`}, ${after}`;
}

function exemptionWords({ expiresAt, createdAt, policy }: Exemption): string {
  const hours = Math.round((Date.parse(expiresAt) - Date.parse(createdAt)) / 3_600_000);
  const which =
    policy.kind === "managed"
      ? `managed policy ${policy.arn}`
      : `inline policy ${policy.name} of ${policy.principal.type} ${policy.principal.name}`;
  return `exempt ${printable(which)} for ${hours} ${hours === 1 ? "hour" : "hours"}, until ${seconds(expiresAt)}`;
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}

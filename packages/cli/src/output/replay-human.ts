import type { Finding } from "@kms-guard/core/respond/finding.ts";
import { paintSeverity } from "../paint.ts";
import { printable, shellWord } from "../printable.ts";
import type { ReplayContext, ReplayFormat } from "./replay-format.ts";
import { type ReplayRow, recordSource } from "./replay-row.ts";

/** For a person: the timeline of what would have been told, then what it adds up to and what to run next. */
export const replayHuman: ReplayFormat = async function* (rows, context) {
  for await (const row of rows) {
    const lines = linesOf(row, context);
    if (lines.length > 0) yield `${lines.join("\n")}\n\n`;
  }
  yield closing(context);
};

/** Clean events are only counted, and so is what is told on stderr already. */
function linesOf(row: ReplayRow, context: ReplayContext): readonly string[] {
  const { paint } = context;
  switch (row.outcome) {
    case "finding":
      return [
        headOf(row, context),
        ...row.findings.flatMap((finding) => findingLines(finding, row, context)),
      ];
    case "unresolved":
      return [headOf(row, context), `  ${paint.yellow("unresolved")}  ${printable(row.reason)}`];
    case "malformed":
      if (row.account === undefined && row.eventName === undefined && row.eventId === undefined) return [];
      return [headOf(row, context), `  ${paint.red("malformed")}  ${printable(row.reason)}`];
    default:
      return [];
  }
}

function headOf({ eventTime, eventName, account, place }: ReplayRow, { paint }: ReplayContext): string {
  const what = `${printable(eventTime ?? "at an unknown time")}  ${paint.bold(printable(eventName ?? "unknown call"))}`;
  const where = account === undefined ? "" : ` in ${printable(account)}`;
  return `${what}${where}  ${paint.dim(printable(recordSource(place)))}`;
}

function findingLines(
  { severity, verdict, vacuous, title, reason, trigger, decision, policy }: Finding,
  { wouldContain }: ReplayRow,
  { paint, mode }: ReplayContext,
): readonly string[] {
  const name = vacuous ? `${verdict} (vacuous)` : verdict;
  const actor = trigger.actor?.arn ?? trigger.actor?.type ?? "unknown";
  const version = policy.versionId === undefined ? "" : ` ${policy.versionId}`;
  const done =
    mode === "enforce"
      ? `would ${decision.action}: ${printable(decision.reason)}`
      : `would alert${wouldContain ? ", and contain in enforce mode" : ""}`;
  return [
    `  ${paintSeverity(paint, severity, `${severity} ${name}`)}  ${printable(title)}`,
    `    ${printable(reason)}`,
    `    policy ${printable(policy.arn ?? policy.name)}${version}, by ${printable(actor)}`,
    `    ${done}`,
  ];
}

function closing({ summary, paint, paths, snapshot, mode }: ReplayContext): string {
  const { records, triggers, findings, wouldContain, unresolved, malformed, duplicates, notOurs } = summary;
  const sum = `Would have alerted ${times(findings)}; in enforce mode, contained ${wouldContain}.`;
  const clean = triggers - findings - unresolved;
  const counts = [
    `${triggers} of ${records} records can change a grant: ${findings} with findings, ${clean} clean, ${unresolved} unresolved`,
    `${notOurs} not ours, ${malformed} malformed, ${duplicates} duplicates`,
  ];
  const again = ["kms-guard replay", ...paths.map(shellWord)];
  if (snapshot !== undefined) again.push("--account", shellWord(snapshot));
  return [
    findings > 0 ? paint.bold(sum) : paint.green(sum),
    ...counts,
    `next: ${nextStep(again, { summary, snapshot, mode })}`,
    "",
  ].join("\n");
}

function nextStep(
  again: readonly string[],
  { summary, snapshot, mode }: Pick<ReplayContext, "summary" | "snapshot" | "mode">,
): string {
  if (summary.unresolved > 0 && snapshot === undefined) {
    const command = [...again, "--account", "account.json"].join(" ");
    return `aws iam get-account-authorization-details > account.json && ${command}   resolves what the archive does not tell`;
  }
  if (summary.wouldContain > 0 && mode === "monitor")
    return `${[...again, "--mode", "enforce"].join(" ")}   says what would have been taken away, and why`;
  return `${[...again, "--output", "jsonl"].join(" ")}   lists every event with its proof`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

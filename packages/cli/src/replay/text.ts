import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { subjectName } from "@kms-guard/core/findings/subject.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable, shellWord } from "@kms-guard/core/text/untrusted.ts";
import { paintSeverity } from "../io/terminal.ts";
import { type ReplayContext, type ReplayFormat, type ReplayRow, recordSource } from "./formats.ts";

/** For people: a timeline of the alerts that would have been sent, then a summary and the next command. */
export const replayHuman: ReplayFormat = async function* (rows, context) {
  for await (const row of rows) {
    const lines = linesOf(row, context);
    if (lines.length > 0) yield `${lines.join("\n")}\n\n`;
  }
  yield closing(context);
};

/** Clean events are only counted. A record that cannot be read at all is already on stderr. */
function linesOf(row: ReplayRow, context: ReplayContext): readonly string[] {
  const { paint } = context;
  switch (row.outcome) {
    case "finding":
      return [
        headOf(row, context),
        ...row.findings.flatMap((finding) => findingLines(finding, row, context)),
        ...(row.unknown === undefined ? [] : [`    unknown: ${printable(row.unknown)}`]),
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
  const version = "versionId" in policy ? ` ${policy.versionId}` : "";
  const done =
    mode === "enforce"
      ? `would ${decision.action}: ${printable(decision.reason)}`
      : `would alert${wouldContain ? ", and contain in enforce mode" : ""}`;
  return [
    `  ${paintSeverity(paint, severity, `${severity} ${name}`)}  ${printable(title)}`,
    `    ${printable(reason)}`,
    `    policy ${printable(subjectName(policy))}${version}, by ${printable(actor)}`,
    `    ${done}`,
  ];
}

function closing({ paint, ...context }: ReplayContext): string {
  const { summary } = context;
  const { records, triggers, findings, wouldContain, unresolved, malformed, duplicates, notOurs } = summary;
  const sum = `Would have alerted ${times(findings)}; in enforce mode, contained ${wouldContain}.`;
  const clean = triggers - findings - unresolved;
  const counts = [
    `${triggers} of ${records} records can change a grant: ${findings} with findings, ${clean} clean, ${unresolved} unresolved`,
    `${notOurs} not ours, ${malformed} malformed, ${duplicates} duplicates`,
  ];
  return [
    findings > 0 ? paint.bold(sum) : paint.green(sum),
    ...counts,
    `next: ${nextStep(context)}`,
    "",
  ].join("\n");
}

type Asked = Pick<ReplayContext, "summary" | "paths" | "snapshot" | "regions">;

function nextStep({ mode, ...asked }: Asked & Pick<ReplayContext, "mode">): string {
  const { summary, snapshot } = asked;
  if (summary.unresolved > 0 && snapshot === undefined) {
    return `${resolvingStep(asked)}   resolves them`;
  }
  if (summary.wouldContain > 0 && mode === "monitor")
    return `${again(asked, "--mode", "enforce")}   shows what would have been contained, and why`;
  return `${again(asked, "--output", "jsonl")}   lists every event with its proof`;
}

/** The command that resolves the events that could not be evaluated. */
export function resolvingStep(asked: Omit<Asked, "summary">): string {
  // The snapshot says too little as well, but the account as it is now can be evaluated.
  if (asked.snapshot !== undefined) return `${KMS_GUARD} scan --live`;
  const command = again({ ...asked, snapshot: "account.json" });
  return `aws iam get-account-authorization-details > account.json && ${command}`;
}

function again({ paths, snapshot, regions }: Omit<Asked, "summary">, ...more: readonly string[]): string {
  const account = snapshot === undefined ? [] : ["--account", shellWord(snapshot)];
  const counted = regions === undefined ? [] : ["--regions", regions.join(",")];
  return [`${KMS_GUARD} replay`, ...paths.map(shellWord), ...account, ...counted, ...more].join(" ");
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

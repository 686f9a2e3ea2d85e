import { alertHistory } from "@kms-guard/adapters/history/alert-history.ts";
import { logsClient, type Span } from "@kms-guard/adapters/history/log-events.ts";
import { type FindingStatus, NEEDS_A_PERSON } from "@kms-guard/core/findings/finding.ts";
import { subjectName } from "@kms-guard/core/findings/subject.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable, printableJson, shellWord } from "@kms-guard/core/text/untrusted.ts";
import { type Connection, withDeployment } from "../aws/connect.ts";
import { type AlertHistory, type PublishedFinding, readHistory } from "../aws/notification-log.ts";
import { type ConnectionOptions, type Moment, momentMs } from "../aws/options.ts";
import { EXIT, type ExitCode, UsageError } from "../io/errors.ts";
import { type Io, note, print } from "../io/io.ts";
import { columnsOf, paintFor } from "../io/terminal.ts";
import { seconds, timeOf } from "../output/finding-text.ts";
import { countsText, historyText } from "./text.ts";

export interface HistoryOptions extends ConnectionOptions {
  readonly since: Moment;
  readonly status?: FindingStatus;
  readonly policy?: string;
  readonly actor?: string;
  readonly output: "human" | "json" | "jsonl";
}

/** Reads the alert history since then, and prints the latest state of every finding that matches the options. */
export function runHistory(options: HistoryOptions, io: Io): Promise<ExitCode> {
  const nowMs = io.clock.nowMs();
  if (momentMs(options.since, nowMs) >= nowMs) {
    throw new UsageError(`--since \`${options.since.text}\` is in the future`);
  }
  return withDeployment(options, io, async (connection) => {
    // Clocks differ from AWS's, and findings may be published while this runs.
    const span = { fromMs: momentMs(options.since, nowMs), toMs: nowMs + 300_000 };
    const client = await logsClient(connection.operator.access);
    const history = await readHistory(
      alertHistory(client, io.clock, connection.environment.historyLogGroup, span),
    );
    await noteUnreadable(history, connection, io);
    const found = [...history.findings.values()]
      .filter(matches(options))
      .toSorted((one, other) => (timeOf(one.finding) < timeOf(other.finding) ? 1 : -1));
    await show(found, history, span, options, connection, io);
    return EXIT.clean;
  });
}

async function show(
  found: readonly PublishedFinding[],
  history: AlertHistory,
  span: Span,
  options: HistoryOptions,
  connection: Connection,
  io: Io,
): Promise<void> {
  if (options.output === "jsonl") {
    for (const { finding } of found) await print(io.stdout, `${printableJson(finding)}\n`);
    return;
  }
  const notices = isFiltered(options) ? [] : history.notices;
  const since = seconds(new Date(span.fromMs).toISOString());
  if (options.output === "json") {
    await print(io.stdout, `{"schemaVersion":"1","since":${JSON.stringify(since)},"findings":[`);
    for (const [index, { finding }] of found.entries()) {
      await print(io.stdout, `${index === 0 ? "" : ","}${printableJson(finding)}`);
    }
    await print(io.stdout, `],"notices":${printableJson(notices)}}\n`);
    return;
  }
  await print(io.stdout, historyText(found, notices, columnsOf(io), paintFor(io)));
  await print(io.stdout, closing(found, history, since, options, connection));
}

function closing(
  found: readonly PublishedFinding[],
  { findings }: AlertHistory,
  since: string,
  options: HistoryOptions,
  { sameOptions, environment }: Connection,
): string {
  const when = `since ${since}`;
  const again = `${KMS_GUARD} history --since ${shellWord(options.since.text)}${sameOptions}`;
  const [first] = found;
  if (first !== undefined) {
    const next = found.find(({ finding: { status } }) => NEEDS_A_PERSON[status]) ?? first;
    const count = found.length === 1 ? "1 finding" : `${found.length} findings`;
    return `\n${count} ${when}: ${countsText(found)}\nnext: ${KMS_GUARD} show ${shellWord(next.finding.id)}${sameOptions}\n`;
  }
  if (findings.size > 0) {
    const count = findings.size === 1 ? "1 finding" : `${findings.size} findings`;
    return `${count} ${when}, ${findings.size === 1 ? "but it does not match" : "but none matches"} the filters.\nnext: ${again}\n`;
  }
  const next =
    options.since.kind === "ago" && options.since.agoMs < QUARTER_MS
      ? `${KMS_GUARD} history --since 90d${sameOptions}`
      : `${KMS_GUARD} doctor${sameOptions}   checks whether the guard sees events`;
  return `No findings ${when} (log group ${printable(environment.historyLogGroup)}).\nnext: ${next}\n`;
}

const QUARTER_MS = 90 * 86_400_000;

/** Notes on stderr how many events of the history could not be read: they may have been tampered with. */
async function noteUnreadable(
  { unreadable }: AlertHistory,
  { environment }: Connection,
  io: Io,
): Promise<void> {
  if (unreadable.count === 0) return;
  const events = unreadable.count === 1 ? "1 event" : `${unreadable.count} events`;
  await note(
    io,
    `note: ${events} of log group ${printable(environment.historyLogGroup)} cannot be read and ` +
      `${unreadable.count === 1 ? "is" : "are"} skipped (${printable(unreadable.first ?? "")})`,
  );
}

function isFiltered({ status, policy, actor }: HistoryOptions): boolean {
  return status !== undefined || policy !== undefined || actor !== undefined;
}

function matches({ status, policy, actor }: HistoryOptions): (published: PublishedFinding) => boolean {
  const contains = (text: string | undefined, part: string | undefined) =>
    part === undefined || (text ?? "").toLowerCase().includes(part.toLowerCase());
  return ({ finding }) =>
    (status === undefined || finding.status === status) &&
    (contains(subjectName(finding.policy), policy) || contains(finding.policy.name, policy)) &&
    (contains(finding.trigger.actor?.arn, actor) || contains(finding.trigger.actor?.roleArn, actor));
}

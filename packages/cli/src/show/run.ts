import { findingHistory } from "@kms-guard/adapters/history/alert-history.ts";
import { logsClient } from "@kms-guard/adapters/history/log-events.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { printable, printableJson } from "@kms-guard/core/text/untrusted.ts";
import { sortStored } from "@kms-guard/guard/records.ts";
import { type Connection, withDeployment } from "../aws/connect.ts";
import { awsFailure } from "../aws/failure.ts";
import { checkFindingId, findingIdFor, findingRecord } from "../aws/finding-id.ts";
import { type Notification, readHistory } from "../aws/notification-log.ts";
import type { ConnectionOptions } from "../aws/options.ts";
import { EXIT, type ExitCode } from "../io/errors.ts";
import { type Io, note, print } from "../io/io.ts";
import { paintFor } from "../io/terminal.ts";
import { withRecordedSteps } from "../output/finding-text.ts";
import { timeline } from "../output/timeline.ts";
import { findingText } from "./text.ts";

export interface ShowOptions extends ConnectionOptions {
  readonly output: "human" | "json";
}

/** Prints a finding in full: from the findings table, with its notifications if the history can be read. */
export async function runShow(text: string, options: ShowOptions, io: Io): Promise<ExitCode> {
  checkFindingId(text);
  return withDeployment(options, io, async (connection) => {
    const id = await findingIdFor(text, connection);
    const [record, exemptions] = await Promise.all([
      findingRecord(id, connection),
      connection.ports.findings.exemptions().then(sortStored),
    ]);
    const finding = withRecordedSteps(record);
    const timelineEntries = timeline(
      finding,
      await notificationsOf(finding, connection, options, io),
      exemptions.records,
    );
    await print(
      io.stdout,
      options.output === "json"
        ? `${printableJson({ ...finding, plan: record.plan, timeline: timelineEntries })}\n`
        : findingText(finding, timelineEntries, connection.sameOptions, paintFor(io)),
    );
    return EXIT.clean;
  });
}

/** The findings table decides; without the history, only the times of the notifications are missing. */
async function notificationsOf(
  { id, timing }: Finding,
  { environment, operator }: Connection,
  { profile }: ShowOptions,
  io: Io,
): Promise<readonly Notification[]> {
  const HOUR_MS = 3_600_000;
  const span = { fromMs: Date.parse(timing.receivedAt) - HOUR_MS, toMs: io.clock.nowMs() + HOUR_MS };
  if (!(span.fromMs < span.toMs)) return [];
  try {
    const client = await logsClient(operator.access);
    const history = await readHistory(findingHistory(client, environment.historyLogGroup, span, id));
    return history.findings.get(id)?.notifications ?? [];
  } catch (error) {
    const failure = awsFailure(error, profile);
    if (failure === undefined) throw error;
    await note(
      io,
      `note: the history cannot be read, so the notifications are left out: ${printable(failure.message)}`,
    );
    return [];
  }
}

import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { type HistoryEntry, readHistoryEntry } from "./history-entry.ts";
import { logEvents, type Span } from "./log-events.ts";

/**
 * What was told in a span, in no order: every finding at every status, and every notice.
 * Needs logs:FilterLogEvents on the log group.
 * @param about An id that what is told has to contain, for the history of one finding.
 */
export async function* alertHistory(
  client: CloudWatchLogsClient,
  logGroup: string,
  span: Span,
  about?: string,
): AsyncGenerator<HistoryEntry> {
  // In quotation marks CloudWatch takes it as it is: ids hold a hyphen, which by itself means "without".
  const pattern = about === undefined ? undefined : `"${about.replaceAll('"', "")}"`;
  for await (const page of logEvents(client, logGroup, span, pattern)) {
    for (const { message } of page) {
      const entry = readHistoryEntry(message);
      if (about === undefined || isAbout(entry, about)) yield entry;
    }
  }
}

function isAbout(entry: HistoryEntry, id: string): boolean {
  return entry.kind === "finding" && entry.finding.id === id;
}

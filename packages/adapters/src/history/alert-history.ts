import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Clock } from "@kms-guard/guard/ports.ts";
import { type HistoryEntry, readHistoryEntry } from "./history-entry.ts";
import { logEvents, type Span } from "./log-events.ts";
import { queriedMessages } from "./queried-messages.ts";

/** By then Logs Insights finds what CloudWatch was given. */
const INDEXED_AFTER_MS = 7_200_000;

/**
 * What was published in a span, in no order: every finding at every status, and every notice. By Logs Insights, where that
 * can be had; what it may not have indexed yet is read page by page, and so is all where it cannot.
 * Needs logs:FilterLogEvents on the log group, and for Insights logs:StartQuery and logs:GetQueryResults.
 */
export async function* alertHistory(
  client: CloudWatchLogsClient,
  clock: Clock,
  logGroup: string,
  span: Span,
): AsyncGenerator<HistoryEntry> {
  const indexedMs = Math.floor((span.toMs - INDEXED_AFTER_MS) / 1000) * 1000;
  const queried =
    indexedMs > span.fromMs
      ? await queriedMessages(client, clock, logGroup, { fromMs: span.fromMs, toMs: indexedMs })
      : undefined;
  for (const message of queried ?? []) yield readHistoryEntry(message);
  const left = queried === undefined ? span : { fromMs: indexedMs, toMs: span.toMs };
  for await (const page of logEvents(client, logGroup, left)) {
    for (const { message } of page) yield readHistoryEntry(message);
  }
}

/** What was published of one finding in a span, in no order. Needs logs:FilterLogEvents on the log group. */
export async function* findingHistory(
  client: CloudWatchLogsClient,
  logGroup: string,
  span: Span,
  id: string,
): AsyncGenerator<HistoryEntry> {
  // In quotation marks CloudWatch takes it as it is: ids hold a hyphen, which by itself means "without".
  const pattern = `"${id.replaceAll('"', "")}"`;
  for await (const page of logEvents(client, logGroup, span, pattern)) {
    for (const { message } of page) {
      const entry = readHistoryEntry(message);
      if (isAbout(entry, id)) yield entry;
    }
  }
}

function isAbout(entry: HistoryEntry, id: string): boolean {
  return entry.kind === "finding" && entry.finding.id === id;
}

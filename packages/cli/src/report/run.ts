import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { awsClients } from "@kms-guard/adapters/aws-clients.ts";
import { cloudWatchEventCounter } from "@kms-guard/adapters/cloudwatch-event-counter.ts";
import { findingsBetween } from "@kms-guard/adapters/findings/findings-between.ts";
import { alertHistory } from "@kms-guard/adapters/history/alert-history.ts";
import { logsClient, type Span } from "@kms-guard/adapters/history/log-events.ts";
import { sweepTimesMs } from "@kms-guard/adapters/history/sweep-log.ts";
import { shellWord } from "@kms-guard/core/text/untrusted.ts";
import { sortStored } from "@kms-guard/guard/records.ts";
import { type Connection, withDeployment } from "../aws/connect.ts";
import { awsFailure } from "../aws/failure.ts";
import { unreadableText } from "../aws/finding-id.ts";
import { readHistoryKeeping } from "../aws/notification-log.ts";
import type { ConnectionOptions } from "../aws/options.ts";
import { EXIT, type ExitCode, Failure } from "../io/errors.ts";
import { type Io, note, print } from "../io/io.ts";
import { withRecordedSteps } from "../output/finding-text.ts";
import { type Evidence, evidenceFrom, type Sources } from "./evidence.ts";
import { reportCsv, reportJson } from "./formats.ts";
import { reportPage } from "./page.ts";

export interface ReportOptions extends ConnectionOptions {
  /** A path. */
  readonly html?: string;
  readonly output?: "json" | "csv";
}

const FORMATS = { json: reportJson, csv: reportCsv } as const;

/** Reads the evidence for a period, and writes it to the file and to stdout, as the options say. */
export async function runReport(period: Span, options: ReportOptions, io: Io): Promise<ExitCode> {
  return withDeployment(options, io, async (connection) => {
    const sources = await readSources(period, connection, options, io);
    for (const item of sources.unreadable) await note(io, `note: ${unreadableText(item)}`);
    const evidence = evidenceFrom(sources);
    if (options.output !== undefined) {
      for (const piece of FORMATS[options.output](evidence)) await print(io.stdout, piece);
    }
    if (options.html !== undefined) {
      await writeWhole(resolve(io.cwd, options.html), options.html, reportPage(evidence));
    }
    await note(io, closing(evidence, options));
    return EXIT.clean;
  });
}

/** The findings table must be read. Anything else that cannot be read is a gap, and the report says so. */
async function readSources(
  period: Span,
  connection: Connection,
  { profile }: ReportOptions,
  io: Io,
): Promise<Sources> {
  const { operator, environment, ports, stage } = connection;
  const logs = await logsClient(operator.access);
  const orProblem = async <T>(reading: Promise<T>): Promise<T | { readonly problem: string }> => {
    try {
      return await reading;
    } catch (error) {
      const failure = awsFailure(error, profile);
      if (failure === undefined) throw error;
      return { problem: failure.message };
    }
  };
  // The history first: a long one is released from memory before the table is read.
  const history = await orProblem(historyOf(period, connection, logs, io));
  const counter = cloudWatchEventCounter(operator.access, stage, io.clock);
  const [findings, exemptions, sweepsMs, events] = await Promise.all([
    findingsOf(period, connection),
    ports.findings.exemptions().then(sortStored),
    orProblem(sweepTimesMs(logs, stage, period)),
    orProblem(counter.eventsBetween(period)),
  ]);
  return {
    ...period,
    nowMs: io.clock.nowMs(),
    stage,
    settings: environment.settings,
    by: operator.arn,
    findings: findings.records.map(withRecordedSteps),
    exemptions: exemptions.records,
    unreadable: [...findings.unreadable, ...exemptions.unreadable],
    ...{ history, sweepsMs, events },
  };
}

async function findingsOf(period: Span, { operator, environment, ports }: Connection) {
  const client = await awsClients(operator.access).dynamoDb();
  const { settings, tableName } = environment;
  const source = { client, tableName, account: settings.account.id, clock: ports.clock };
  return sortStored(findingsBetween(source, period, ports.findings.get));
}

/** The publications in the period, and for an hour after it those of its findings. */
async function historyOf(
  { fromMs, toMs }: Span,
  { environment }: Connection,
  logs: Awaited<ReturnType<typeof logsClient>>,
  { clock }: Io,
): Promise<Exclude<Sources["history"], { readonly problem: string }>> {
  const span = { fromMs, toMs: toMs + HOUR_MS };
  const entries = alertHistory(logs, clock, environment.historyLogGroup, span);
  const history = await readHistoryKeeping(entries, ({ timing }) => Date.parse(timing.receivedAt));
  const findings = [...history.findings].map(([id, { finding: receivedMs, notifications }]) => ({
    id,
    notifications,
    receivedMs,
  }));
  return {
    notifications: new Map(
      findings
        .filter(({ receivedMs }) => receivedMs >= fromMs && receivedMs < toMs)
        .map(({ id, notifications }) => [id, notifications]),
    ),
    earlier: findings.filter(({ receivedMs }) => receivedMs < fromMs).map(({ id }) => id),
    notices: history.notices.filter(({ at }) => Date.parse(at) < toMs),
    unreadable: history.unreadable.count,
  };
}

const HOUR_MS = 3_600_000;

/** Gives the file its name only when it is complete: half a report would look like evidence. */
async function writeWhole(path: string, written: string, pieces: Iterable<string>): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    await pipeline(Readable.from(pieces), createWriteStream(unfinished, { flags: "w", mode: 0o600 }));
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(`\`${written}\` cannot be written: ${why}`, { cause });
  }
}

function closing({ findings, exemptions, period, unknown }: Evidence, { html }: ReportOptions): string {
  return [
    `findings: ${findings.length}, exemptions: ${exemptions.length}, from ${period.from} to ${period.to}; ` +
      `the report lists ${unknown.length} things that it does not know`,
    ...(html === undefined ? [] : [`next: open ${shellWord(html)} in a browser, or print it`]),
  ].join("\n");
}

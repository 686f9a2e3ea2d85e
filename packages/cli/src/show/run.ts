import { findingHistory } from "@kms-guard/adapters/history/alert-history.ts";
import { logsClient } from "@kms-guard/adapters/history/log-events.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { printable, printableJson } from "@kms-guard/core/text/untrusted.ts";
import { sortStored } from "@kms-guard/guard/stored.ts";
import { type Live, withDeployment } from "../aws/connect.ts";
import { awsFailure } from "../aws/failure.ts";
import { checkFindingId, findingIdFor, findingRecord } from "../aws/finding-id.ts";
import { type Telling, toldIn } from "../aws/notification-log.ts";
import type { LiveOptions } from "../aws/options.ts";
import { EXIT, type ExitCode } from "../io/exit-codes.ts";
import { type Io, note, print } from "../io/io.ts";
import { paintFor } from "../io/paint.ts";
import { asItStands } from "../output/finding-text.ts";
import { timeline } from "../output/timeline.ts";
import { findingText } from "./text.ts";

export interface ShowOptions extends LiveOptions {
  readonly output: "human" | "json";
}

/** Prints a finding whole: as the table has it, with when it was told as far as the history can be read. */
export async function runShow(text: string, options: ShowOptions, io: Io): Promise<ExitCode> {
  checkFindingId(text);
  return withDeployment(options, io, async (live) => {
    const id = await findingIdFor(text, live);
    const [record, exemptions] = await Promise.all([
      findingRecord(id, live),
      live.ports.findings.exemptions().then(sortStored),
    ]);
    const finding = asItStands(record);
    const happenings = timeline(finding, await tellingsOf(finding, live, options, io), exemptions.records);
    await print(
      io.stdout,
      options.output === "json"
        ? `${printableJson({ ...finding, plan: record.plan, timeline: happenings })}\n`
        : findingText(finding, happenings, live.words, paintFor(io)),
    );
    return EXIT.clean;
  });
}

/** The table is the truth; without the history only the times of telling are missing. */
async function tellingsOf(
  { id, timing }: Finding,
  { environment, operator }: Live,
  { profile }: ShowOptions,
  io: Io,
): Promise<readonly Telling[]> {
  const HOUR_MS = 3_600_000;
  const span = { fromMs: Date.parse(timing.receivedAt) - HOUR_MS, toMs: io.clock.nowMs() + HOUR_MS };
  if (!(span.fromMs < span.toMs)) return [];
  try {
    const client = await logsClient(operator.access);
    const told = await toldIn(findingHistory(client, environment.historyLogGroup, span, id));
    return told.findings.get(id)?.tellings ?? [];
  } catch (error) {
    const failure = awsFailure(error, profile);
    if (failure === undefined) throw error;
    await note(
      io,
      `note: the history cannot be read, so when it was told is left out: ${printable(failure.message)}`,
    );
    return [];
  }
}

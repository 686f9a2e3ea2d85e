import { defineGuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import type { Mode } from "@kms-guard/core/containment/decision.ts";
import type { VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import { type Archived, emptySummary, type ReplaySummary, replay } from "@kms-guard/guard/replay/replay.ts";
import { type CountedRegions, requirePartition } from "../input/counted-regions.ts";
import { type RecordPlace, readArchive } from "../input/read-archive.ts";
import { readSnapshot } from "../input/read-snapshot.ts";
import { EXIT, type ExitCode } from "../io/errors.ts";
import { type Io, note, print } from "../io/io.ts";
import { Progress } from "../io/progress.ts";
import { paintFor } from "../io/terminal.ts";
import { failsAt } from "../output/fail-on.ts";
import { ReplayedAccounts } from "./accounts.ts";
import { type ReplayFormat, type ReplayRow, recordSource, replayJson, replayJsonl } from "./formats.ts";
import { replayHuman, resolvingStep } from "./text.ts";

const FORMATS = {
  human: replayHuman,
  json: replayJson,
  jsonl: replayJsonl,
} as const satisfies Record<string, ReplayFormat>;
export const FORMAT_NAMES = ["human", "json", "jsonl"] as const;

export interface ReplayOptions {
  readonly account?: string;
  readonly mode: Mode;
  readonly output: (typeof FORMAT_NAMES)[number];
  readonly failOn: VerdictName;
  readonly regions?: CountedRegions;
}

/** Replays the archive on a model of each account, and prints what the guard would have done. */
export async function runReplay(paths: readonly string[], options: ReplayOptions, io: Io): Promise<ExitCode> {
  const accounts = new ReplayedAccounts();
  if (options.account !== undefined) await loadSnapshot(options.account, accounts, io);
  const { mode, containAt, awsManaged, protectedPrincipals, maxAttachments } = defineGuardConfig({
    mode: options.mode,
  });
  const settings = {
    ...{ mode, service: KMS, containAt, awsManaged, protectedPrincipals, maxAttachments },
    ownRoleArns: [],
    ...(options.regions !== undefined && { regions: options.regions.names }),
  };
  const summary = emptySummary();
  const progress = new Progress(io);
  const problems = new Problems(io, progress);
  let fails = false;
  async function* rows(): AsyncGenerator<ReplayRow> {
    const archive = withProgress(paths, summary, problems, progress, io);
    const accountOf = (account: Account) => {
      requirePartition(options.regions, account.partition, `account ${account.id}`);
      return accounts.of(account);
    };
    for await (const row of replay(accountOf, settings)(archive, summary)) {
      fails ||= row.findings.some((finding) =>
        failsAt(options.failOn, { name: finding.verdict, vacuous: finding.vacuous }),
      );
      yield row;
    }
  }
  const { account: snapshot, regions } = options;
  const context = { summary, paths, snapshot, mode, regions: regions?.names, paint: paintFor(io) };
  for await (const piece of FORMATS[options.output](rows(), context)) {
    await progress.clear();
    await print(io.stdout, piece);
  }
  await problems.end();
  if (summary.late > 0) {
    await note(io, `warning: ${summary.late} records came too late to be sorted by time`);
  }
  if (summary.unresolved > 0) {
    const events = summary.unresolved === 1 ? "1 event" : `${summary.unresolved} events`;
    await note(
      io,
      `warning: ${events} could not be evaluated: the archive says too little; next: ${resolvingStep(context)}`,
    );
  }
  if (fails) return EXIT.findings;
  return summary.malformed > 0 ? EXIT.broke : EXIT.clean;
}

async function loadSnapshot(path: string, accounts: ReplayedAccounts, io: Io): Promise<void> {
  let isTruncated = false;
  const problems: string[] = [];
  for await (const { account, page, isTruncated: more } of readSnapshot(path, io)) {
    isTruncated = more;
    for (const problem of accounts.load(account, page)) problems.push(`${problem.path}: ${problem.message}`);
  }
  if (isTruncated) {
    const message = "is not the whole account: its last page says that more follow (IsTruncated)";
    await note(io, `warning: \`${printable(path)}\` ${message}`);
  }
  const [first, ...others] = problems;
  if (first !== undefined) {
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    await note(
      io,
      `warning: \`${printable(path)}\` has an entry that cannot be read: ${printable(first)}${more}`,
    );
  }
}

/** The archive's records. Progress, and what cannot be read, go to stderr on the way. */
async function* withProgress(
  paths: readonly string[],
  summary: ReplaySummary,
  problems: Problems,
  progress: Progress,
  io: Io,
): AsyncGenerator<Archived<RecordPlace>> {
  const startedMs = io.clock.nowMs();
  let files = 0;
  for await (const input of readArchive(paths, io)) {
    if (input.kind === "file") {
      if (input.isOurs) files += 1;
      else problems.skippedFiles += 1;
      continue;
    }
    if (input.kind !== "record") await problems.report(`\`${recordSource(input.place)}\` ${input.problem}`);
    if (summary.records % 1_000 === 0) {
      const perSecond = Math.round((summary.records * 1_000) / Math.max(1, io.clock.nowMs() - startedMs));
      await progress.show(
        `${summary.records} records, ${perSecond} a second, ${files} files done, ${summary.findings} findings`,
      );
    }
    yield input;
  }
}

const MOST_REPORTED = 20;

/** Reports on stderr what could not be read: the first ones in full, then only their number. */
class Problems {
  skippedFiles = 0;
  readonly #io: Io;
  readonly #progress: Progress;
  #count = 0;

  constructor(io: Io, progress: Progress) {
    this.#io = io;
    this.#progress = progress;
  }

  async report(problem: string): Promise<void> {
    this.#count += 1;
    if (this.#count > MOST_REPORTED) return;
    await this.#progress.clear();
    await note(this.#io, `error: ${printable(problem)}`);
  }

  async end(): Promise<void> {
    await this.#progress.clear();
    const more = this.#count - MOST_REPORTED;
    if (more > 0) await note(this.#io, `error: ${more} more could not be read: --output jsonl lists them`);
    if (this.skippedFiles > 0)
      await note(
        this.#io,
        `note: skipped ${this.skippedFiles} ${this.skippedFiles === 1 ? "file" : "files"} without a CloudTrail record`,
      );
  }
}

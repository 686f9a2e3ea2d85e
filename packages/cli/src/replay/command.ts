import { Option } from "@commander-js/extra-typings";
import { defineGuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { VERDICTS, type VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import { MODES, type Mode } from "@kms-guard/core/findings/finding.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import { type Archived, emptySummary, type ReplaySummary, replay } from "@kms-guard/guard/replay/replay.ts";
import { type RecordPlace, readArchive } from "../input/read-archive.ts";
import { readSnapshot } from "../input/read-snapshot.ts";
import type { AddCommand } from "../io/command.ts";
import { UsageError } from "../io/errors.ts";
import { EXIT, type ExitCode } from "../io/exit-codes.ts";
import { type Io, note, print } from "../io/io.ts";
import { paintFor } from "../io/paint.ts";
import { Progress } from "../io/progress.ts";
import { failsAt } from "../output/fail-on.ts";
import { ReplayedAccounts } from "./accounts.ts";
import { type ReplayFormat, type ReplayRow, recordSource, replayJson, replayJsonl } from "./formats.ts";
import { replayHuman, resolvingStep } from "./text.ts";

const FORMATS = {
  human: replayHuman,
  json: replayJson,
  jsonl: replayJsonl,
} as const satisfies Record<string, ReplayFormat>;
const FORMAT_NAMES = ["human", "json", "jsonl"] as const;

interface ReplayOptions {
  readonly account?: string;
  readonly mode: Mode;
  readonly output: (typeof FORMAT_NAMES)[number];
  readonly failOn: VerdictName;
}

const HELP = `
Reads, each told by its shape and any of it gzipped: CloudTrail log files, JSON Lines of records or
{"record":{...}}, EventBridge events, and \`aws cloudtrail lookup-events\` output. In a folder, files that hold no
record are passed over.

Each account begins as its --account snapshot says, or unknown, and is moved forward by the events alone: what
enforce mode would have taken away stays, so that history is judged as it was. The settings are those that
guard.config.ts begins with. What the archive does not tell is unresolved, and a snapshot from before its first event
tells it.

Listed are the calls that can change a grant, those of the same names that failed or are another service's
(not-ours), and what cannot be read (malformed). Everything else is only counted.

Records are put in order of eventTime in a window of 8 MB of IAM changes, some 4,000; records later than that are
counted and judged where they stand. Copies of a record are dropped.

Examples:
  $ ${KMS_GUARD} replay AWSLogs/111122223333/CloudTrail/ --account account.json
  $ aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=iam.amazonaws.com \\
      | ${KMS_GUARD} replay - --mode enforce

Exit codes: 0 clean, 1 something could not be read, 2 findings at or above --fail-on, 3 wrong usage.`;

/** `kms-guard replay`: what the guard would have done about an archive of events. */
export const addReplay: AddCommand = (program, io, end) => {
  program
    .command("replay")
    .summary("tell what the guard would have done about past events")
    .description(
      "Tells what the guard would have done about the events of a CloudTrail archive. Changes nothing.",
    )
    .argument("<path...>", "files or folders; `-` is standard input")
    .option(
      "--account <snapshot>",
      "`aws iam get-account-authorization-details` output from before the events",
    )
    .addOption(
      new Option("--mode <mode>", "what the guard would have been set to")
        .choices(MODES)
        .default("monitor" as const),
    )
    .addOption(
      new Option("--output <format>", "how to print").choices(FORMAT_NAMES).default("human" as const),
    )
    .addOption(
      new Option("--fail-on <verdict>", "the mildest verdict that makes the exit code 2")
        .choices(VERDICTS)
        .default("near-full" as const),
    )
    .addHelpText("after", HELP)
    .action(async (paths, options) => {
      if ([...paths, options.account].filter((path) => path === "-").length > 1) {
        throw new UsageError("standard input can be read only once: name `-` once");
      }
      end(await backtest(paths, options, io));
    });
};

async function backtest(paths: readonly string[], options: ReplayOptions, io: Io): Promise<ExitCode> {
  const accounts = new ReplayedAccounts();
  if (options.account !== undefined) await loadSnapshot(options.account, accounts, io);
  const { mode, containAt, awsManaged, protectedPrincipals, maxAttachments } = defineGuardConfig({
    mode: options.mode,
  });
  const settings = {
    ...{ mode, service: KMS, containAt, awsManaged, protectedPrincipals, maxAttachments },
    ownRoleArns: [],
  };
  const summary = emptySummary();
  const progress = new Progress(io);
  const problems = new Problems(io, progress);
  let fails = false;
  async function* rows(): AsyncGenerator<ReplayRow> {
    const archive = watched(paths, summary, problems, progress, io);
    for await (const row of replay((account) => accounts.of(account), settings)(archive, summary)) {
      fails ||= row.findings.some((finding) =>
        failsAt(options.failOn, { name: finding.verdict, vacuous: finding.vacuous }),
      );
      yield row;
    }
  }
  const context = { summary, paths, snapshot: options.account, mode, paint: paintFor(io) };
  for await (const piece of FORMATS[options.output](rows(), context)) {
    await progress.clear();
    await print(io.stdout, piece);
  }
  await problems.end();
  if (summary.late > 0) {
    await note(io, `warning: ${summary.late} records came too late to be put in order of time`);
  }
  if (summary.unresolved > 0) {
    const events = summary.unresolved === 1 ? "1 event" : `${summary.unresolved} events`;
    await note(
      io,
      `warning: ${events} could not be judged: the archive does not tell enough; next: ${resolvingStep(context)}`,
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

/** The archive as it goes by, watched for progress and for what could not be read, which goes to stderr. */
async function* watched(
  paths: readonly string[],
  summary: ReplaySummary,
  problems: Problems,
  progress: Progress,
  io: Io,
): AsyncGenerator<Archived<RecordPlace>> {
  const beganMs = io.clock.nowMs();
  let files = 0;
  for await (const input of readArchive(paths, io)) {
    if (input.kind === "file") {
      if (input.isOurs) files += 1;
      else problems.passedOver += 1;
      continue;
    }
    if (input.kind !== "record") await problems.tell(`\`${recordSource(input.place)}\` ${input.problem}`);
    if (summary.records % 1_000 === 0) {
      const perSecond = Math.round((summary.records * 1_000) / Math.max(1, io.clock.nowMs() - beganMs));
      await progress.show(
        `${summary.records} records, ${perSecond} a second, ${files} files done, ${summary.findings} findings`,
      );
    }
    yield input;
  }
}

const MOST_TOLD = 20;

/** What could not be read, told on stderr: the first ones as they come, the others as a number. */
class Problems {
  passedOver = 0;
  readonly #io: Io;
  readonly #progress: Progress;
  #count = 0;

  constructor(io: Io, progress: Progress) {
    this.#io = io;
    this.#progress = progress;
  }

  async tell(problem: string): Promise<void> {
    this.#count += 1;
    if (this.#count > MOST_TOLD) return;
    await this.#progress.clear();
    await note(this.#io, `error: ${printable(problem)}`);
  }

  async end(): Promise<void> {
    await this.#progress.clear();
    const more = this.#count - MOST_TOLD;
    if (more > 0) await note(this.#io, `error: ${more} more could not be read: --output jsonl lists them`);
    if (this.passedOver > 0)
      await note(
        this.#io,
        `note: passed over ${this.passedOver} ${this.passedOver === 1 ? "file" : "files"} without a CloudTrail record`,
      );
  }
}

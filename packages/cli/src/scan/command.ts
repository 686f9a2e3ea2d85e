import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import { VERDICTS, type VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { PROFILE, REGION } from "../aws/options.ts";
import type { Input } from "../input/policy-input.ts";
import { readPolicies } from "../input/read-policies.ts";
import type { AddCommand } from "../io/command.ts";
import { UsageError } from "../io/errors.ts";
import { EXIT, type ExitCode } from "../io/exit-codes.ts";
import { type Io, print } from "../io/io.ts";
import { paintFor } from "../io/paint.ts";
import { Progress } from "../io/progress.ts";
import { failsAt } from "../output/fail-on.ts";
import { type Evaluate, judgedRows, type Owner } from "./evaluated-rows.ts";
import { csv, type Format, json, jsonl, type Row, Tally } from "./formats.ts";
import { sarif } from "./sarif.ts";
import { human } from "./text.ts";

const FORMATS = { human, json, jsonl, sarif, csv } as const satisfies Record<string, Format>;
const FORMAT_NAMES = ["human", "json", "jsonl", "sarif", "csv"] as const;

/** AWS's documentation account: an account of one's own has to be named, a wrong guess would be no better. */
const ASSUMED: Account = { id: "111122223333", partition: "aws" };

interface ScanOptions {
  readonly all?: true;
  readonly output: (typeof FORMAT_NAMES)[number];
  readonly failOn: VerdictName;
  readonly account?: string;
  readonly partition?: string;
  readonly live?: true;
  readonly region?: string;
  readonly profile?: string;
}

const HELP = `
Reads, each told by its shape and any of it gzipped: policy documents, get-policy-version and
get-account-authorization-details output, and JSON Lines of {"id","document"}, {"id","raw"} or any of these. In
a folder, files that hold no policy are passed over; .git and node_modules are left out. --live asks IAM, which takes
the right to iam:GetAccountAuthorizationDetails and, for AWS's own policies, iam:GetPolicy and iam:GetPolicyVersion.

Verdicts, worst first: ${VERDICTS.join(", ")}. What cannot be read or
evaluated is invalid, and fails the scan at any --fail-on; a condition that always holds counts as full.

Examples:
  $ ${KMS_GUARD} scan policies/
  $ aws iam get-account-authorization-details | ${KMS_GUARD} scan -
  $ ${KMS_GUARD} scan --live --profile audit
  $ ${KMS_GUARD} scan policies/ --output sarif > kms-guard.sarif
  $ ${KMS_GUARD} scan policies/ --fail-on conditional-full --output csv --all

Exit codes: 0 clean, 1 it broke, 2 findings at or above --fail-on, 3 wrong usage.`;

/** `kms-guard scan`, with an evaluation of the caller's choice. */
export function scanWith(evaluate: Evaluate): AddCommand {
  return (program, io, end) => {
    program
      .command("scan")
      .summary("judge the policies in files, folders or standard input")
      .description(
        "Judges the policies in files, folders or standard input: which grant full KMS access, and why.",
      )
      .argument("[path...]", "files or folders; `-` is standard input")
      .option("--all", "also the policies without a finding (never in sarif)")
      .addOption(
        new Option("--output <format>", "how to print").choices(FORMAT_NAMES).default("human" as const),
      )
      .addOption(
        new Option("--fail-on <verdict>", "the mildest verdict that makes the exit code 2")
          .choices(VERDICTS)
          .default("near-full" as const),
      )
      .option(
        "--account <id>",
        `whose keys are own ones (default: as the policy's ARN says, else ${ASSUMED.id})`,
        twelveDigits,
      )
      .option(
        "--partition <name>",
        `where the account is (default: as the policy's ARN says, else ${ASSUMED.partition})`,
        partitionName,
      )
      .option("--live", "the account as it stands in IAM, instead of files")
      .addOption(REGION)
      .addOption(PROFILE)
      .addHelpText("after", HELP)
      .action(async (paths, options) => {
        if (options.live && paths.length > 0)
          throw new UsageError("`--live` reads the account, and takes no files: leave one of the two out");
        if (!options.live && paths.length === 0)
          throw new UsageError("name a file or a folder to scan, `-` for standard input, or `--live`");
        if (paths.filter((path) => path === "-").length > 1) {
          throw new UsageError("standard input can be read only once: name `-` once");
        }
        end(await scan(paths, options, evaluate, io));
      });
  };
}

export const addScan: AddCommand = scanWith(evaluateDocument);

async function scan(
  paths: readonly string[],
  options: ScanOptions,
  evaluate: Evaluate,
  io: Io,
): Promise<ExitCode> {
  const owner: Owner = {
    chosen: {
      ...(options.account === undefined ? {} : { id: options.account }),
      ...(options.partition === undefined ? {} : { partition: options.partition }),
    },
    assumed: ASSUMED,
  };
  const inputs = async (): Promise<AsyncIterable<Input>> => {
    if (options.live !== true) return readPolicies(paths, io);
    // The rest brings AWS's SDK with it, which scanning files can do without.
    const { accountInputs } = await import("./account-policies.ts");
    return accountInputs(options, io);
  };
  const progress = new Progress(io);
  const tally = new Tally();
  let fails = false;
  async function* shown(): AsyncGenerator<Row> {
    for await (const row of judgedRows(await inputs(), evaluate, owner, io, progress)) {
      tally.add(row);
      fails ||= failsAt(options.failOn, row.verdict);
      if (options.all || row.verdict.name !== "none") yield row;
    }
  }
  const context = {
    summary: () => tally.summary(),
    paths: options.live === true ? liveArguments(options) : paths,
    cwd: io.cwd,
    failOn: options.failOn,
    assumedAccount: options.account === undefined && options.live !== true ? ASSUMED.id : undefined,
    paint: paintFor(io),
  };
  for await (const piece of FORMATS[options.output](shown(), context)) {
    await progress.clear();
    await print(io.stdout, piece);
  }
  return fails ? EXIT.findings : EXIT.clean;
}

/** What `--live` was called with, to be said again in the next command. */
function liveArguments({ region, profile }: ScanOptions): readonly string[] {
  const named = Object.entries({ region, profile });
  return ["--live", ...named.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))];
}

function twelveDigits(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError("An account id has 12 digits.");
  return text;
}

function partitionName(text: string): string {
  if (!/^aws(-[a-z]+)*$/.test(text))
    throw new InvalidArgumentError("A partition is `aws`, `aws-cn`, `aws-us-gov`, …");
  return text;
}

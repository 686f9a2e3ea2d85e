import { Option } from "@commander-js/extra-typings";
import { MODES } from "@kms-guard/core/containment/decision.ts";
import { VERDICTS } from "@kms-guard/core/evaluate/verdict.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { REGIONS } from "../input/counted-regions.ts";
import type { AddCommand } from "../io/command.ts";
import { UsageError } from "../io/errors.ts";
import { FORMAT_NAMES, runReplay } from "./run.ts";

const HELP = `
Reads CloudTrail log files, JSON Lines of records or {"record":{...}}, EventBridge events, and the output of
\`aws cloudtrail lookup-events\`. Each is recognised by its shape, gzipped or not. In a folder, files without a record
are skipped.

Each account starts as in the --account snapshot, or unknown, and changes by the events alone: what enforce mode would
have detached stays attached, so that each event is evaluated as it happened. The settings are the defaults of
guard.config.ts. An event that the archive says too little about is unresolved; a snapshot from before the first event
resolves it.

Listed are the calls that can change a grant, calls of the same names that failed or belong to another service
(not-ours), and records that cannot be read (malformed). Everything else is only counted.

Records are sorted by eventTime within a window of 8 MB of IAM changes, some 4,000 records. A later record is counted,
and evaluated where it comes. Copies of a record are dropped.

Examples:
  $ ${KMS_GUARD} replay AWSLogs/111122223333/CloudTrail/ --account account.json
  $ aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=iam.amazonaws.com \\
      | ${KMS_GUARD} replay - --mode enforce --fail-on escalation
  $ ${KMS_GUARD} replay AWSLogs/ --regions eu-central-1,eu-west-1

Exit codes: 0 clean, 1 something could not be read, 2 findings at or above --fail-on, 3 wrong usage.`;

/** `kms-guard replay`: what the guard would have done about an archive of events. */
export const addReplay: AddCommand = (program, io, end) => {
  program
    .command("replay")
    .summary("show what the guard would have done about past events")
    .description(
      "Shows what the guard would have done about the events of a CloudTrail archive. Changes nothing.",
    )
    .argument("<path...>", "files or folders; `-` is standard input")
    .option(
      "--account <snapshot>",
      "`aws iam get-account-authorization-details` output from before the events",
    )
    .addOption(
      new Option("--mode <mode>", "the guard's mode at the time").choices(MODES).default("monitor" as const),
    )
    .addOption(
      new Option("--output <format>", "output format").choices(FORMAT_NAMES).default("human" as const),
    )
    .addOption(
      new Option("--fail-on <verdict>", "the mildest verdict that makes the exit code 2")
        .choices(VERDICTS)
        .default("near-full" as const),
    )
    .addOption(REGIONS)
    .addHelpText("after", HELP)
    .action(async (paths, options) => {
      if ([...paths, options.account].filter((path) => path === "-").length > 1) {
        throw new UsageError("standard input can be read only once: name `-` once");
      }
      end(await runReplay(paths, options, io));
    });
};

import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { PARTITION_NAMES } from "@kms-guard/core/aws/partitions.ts";
import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import { VERDICTS } from "@kms-guard/core/evaluate/verdict.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { PROFILE, REGION } from "../aws/options.ts";
import { REGIONS, requirePartition } from "../input/counted-regions.ts";
import type { AddCommand } from "../io/command.ts";
import { UsageError } from "../io/errors.ts";
import { PLACEHOLDER } from "./assumed.ts";
import { type Evaluate, FORMAT_NAMES, runScan } from "./run.ts";

const HELP = `
Reads policy documents, the output of get-policy-version and get-account-authorization-details, and JSON Lines of
{"id","document"}, {"id","raw"} or any of these. Each is recognised by its shape, gzipped or not. In a folder, files
without a policy are skipped, and so are .git and node_modules. --live reads the account from IAM; it needs
iam:GetAccountAuthorizationDetails and, for AWS's own policies, iam:GetPolicy and iam:GetPolicyVersion.

A document without an account is evaluated for the account and the partition that its ARNs name, else for a placeholder;
what was assumed is in \`assumed\`, and in the reason where the document depends on it.

Verdicts, worst first: ${VERDICTS.join(", ")}. What cannot be read or
evaluated is invalid, and fails the scan at any --fail-on; a condition that is always true counts as full.

Examples:
  $ ${KMS_GUARD} scan policies/
  $ aws iam get-account-authorization-details | ${KMS_GUARD} scan -
  $ ${KMS_GUARD} scan --live --profile audit
  $ ${KMS_GUARD} scan policies/ --output sarif > kms-guard.sarif
  $ ${KMS_GUARD} scan policies/ --fail-on escalation --output csv --all
  $ ${KMS_GUARD} scan policies/ --account 123456789012 --partition aws-us-gov --regions us-gov-west-1

Exit codes: 0 clean, 1 it broke, 2 findings at or above --fail-on, 3 wrong usage.`;

/** `kms-guard scan`, with an evaluation of the caller's choice. */
export function scanWith(evaluate: Evaluate): AddCommand {
  return (program, io, end) => {
    program
      .command("scan")
      .summary("evaluate the policies in files, folders or standard input")
      .description(
        "Evaluates the policies in files, folders or standard input: which grant full KMS access, and why.",
      )
      .argument("[path...]", "files or folders; `-` is standard input")
      .option("--all", "also list the policies without a finding (never in sarif)")
      .addOption(
        new Option("--output <format>", "output format").choices(FORMAT_NAMES).default("human" as const),
      )
      .addOption(
        new Option("--fail-on <verdict>", "the mildest verdict that makes the exit code 2")
          .choices(VERDICTS)
          .default("near-full" as const),
      )
      .option(
        "--account <id>",
        `the account whose keys count (default: the one that the input or its KMS ARNs name, else ${PLACEHOLDER.id})`,
        twelveDigits,
      )
      .option(
        "--partition <name>",
        `its partition (default: the one that the input or its ARNs name, else ${PLACEHOLDER.partition})`,
        partitionName,
      )
      .addOption(REGIONS)
      .option("--live", "scan the account's policies in IAM, instead of files")
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
        if (options.partition !== undefined)
          requirePartition(options.regions, options.partition, "`--partition`");
        end(await runScan(paths, options, evaluate, io));
      });
  };
}

export const addScan: AddCommand = scanWith(evaluateDocument);

function twelveDigits(text: string): string {
  if (!/^\d{12}$/.test(text))
    throw new InvalidArgumentError(
      "An account id has 12 digits; `aws sts get-caller-identity` prints yours.",
    );
  return text;
}

function partitionName(text: string): string {
  if (!PARTITION_NAMES.includes(text))
    throw new InvalidArgumentError(`The partitions are ${PARTITION_NAMES.join(", ")}.`);
  return text;
}

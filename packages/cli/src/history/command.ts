import { Option } from "@commander-js/extra-typings";
import { FINDING_STATUSES } from "@kms-guard/core/findings/finding.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { moment } from "../aws/moment.ts";
import { PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";

const HELP = `
Reads the alert history, a CloudWatch log group, and shows every finding once, as it was last told: newest first, with
who did it, what the guard did and how long that took. --policy and --actor take a part of an ARN or name, in any case.

Examples:
  $ ${KMS_GUARD} history
  $ ${KMS_GUARD} history --since 24h --status open
  $ ${KMS_GUARD} history --since 2026-03-01 --actor mallory --output jsonl

Exit codes: 0 done, 1 it broke, 3 wrong usage.`;

/** `kms-guard history`. */
export const addHistory: AddCommand = (program, io, end) => {
  program
    .command("history")
    .summary("list what was found and what was done about it")
    .description("Lists what the guard has told: every finding as it was last told, and every notice.")
    .addOption(
      new Option("--since <when>", "how far back: 24h, 7d, 2w, or a date")
        .argParser(moment)
        .default(moment("7d"), "7d"),
    )
    .addOption(new Option("--status <status>", "only findings that are so").choices(FINDING_STATUSES))
    .option("--policy <text>", "only of policies whose ARN or name has this in it")
    .option("--actor <text>", "only by actors whose ARN has this in it")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(
      new Option("--output <format>", "how to print; jsonl is one finding a line")
        .choices(["human", "json", "jsonl"] as const)
        .default("human" as const),
    )
    .addHelpText("after", HELP)
    .action(async (options) => {
      // The rest brings AWS's SDK with it, which the other commands can do without.
      const { runHistory } = await import("./run.ts");
      end(await runHistory(options, io));
    });
};

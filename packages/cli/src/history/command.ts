import { Option } from "@commander-js/extra-typings";
import { FINDING_STATUSES } from "@kms-guard/core/findings/finding.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { moment, PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";

const HELP = `
Reads the alert history, a CloudWatch log group, and shows every finding once, with its latest status: newest first,
with the actor, what the guard did and how long that took. --policy and --actor match any part of an ARN or name, in
upper or lower case.

Examples:
  $ ${KMS_GUARD} history
  $ ${KMS_GUARD} history --since 24h --status open
  $ ${KMS_GUARD} history --since 2026-03-01 --actor mallory --output jsonl

Exit codes: 0 done, 1 it broke, 3 wrong usage.`;

/** `kms-guard history`. */
export const addHistory: AddCommand = (program, io, end) => {
  program
    .command("history")
    .summary("list the findings, and what was done about them")
    .description(
      "Lists what the guard has published: every finding with its latest status, and every notice.",
    )
    .addOption(
      new Option("--since <when>", "how far back: 24h, 7d, 2w, or a date")
        .argParser(moment)
        .default(moment("7d"), "7d"),
    )
    .addOption(new Option("--status <status>", "only findings with this status").choices(FINDING_STATUSES))
    .option("--policy <text>", "only policies whose ARN or name contains this")
    .option("--actor <text>", "only actors whose ARN contains this")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(
      new Option("--output <format>", "output format; jsonl is one finding per line")
        .choices(["human", "json", "jsonl"] as const)
        .default("human" as const),
    )
    .addHelpText("after", HELP)
    .action(async (options) => {
      // Loaded only here: it imports the AWS SDK, which other commands do not need.
      const { runHistory } = await import("./run.ts");
      end(await runHistory(options, io));
    });
};

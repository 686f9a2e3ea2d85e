import { Option } from "@commander-js/extra-typings";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { type Moment, moment, momentMs, PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";
import { UsageError } from "../io/errors.ts";

const HELP = `
Writes the evidence for an audit period: the control, the scope and settings of the guard, every finding with its proof
and outcome, the exemptions with their reasons, and what is not known. The HTML file is complete in itself: it has no
script, fetches nothing, and can be printed. A date as --to includes that day.

Examples:
  $ ${KMS_GUARD} report --since 90d --html report.html
  $ ${KMS_GUARD} report --from 2026-01-01 --to 2026-03-31 --html q1.html
  $ ${KMS_GUARD} report --since 30d --output csv > findings.csv

Exit codes: 0 done, 1 it broke, 3 wrong usage.`;

/** `kms-guard report`. */
export const addReport: AddCommand = (program, io, end) => {
  program
    .command("report")
    .summary("write the evidence for an audit period")
    .description("Writes the evidence for an audit period: findings, outcomes, exemptions, coverage, gaps.")
    .addOption(
      new Option("--since <when>", "the period until now: 90d, 24h, 2w, or a date (default: 90d)")
        .argParser(moment)
        .conflicts(["from", "to"]),
    )
    .option("--from <when>", "the start of the period", moment)
    .option("--to <when>", "the end of the period (default: now)", moment)
    .option("--html <file>", "write the report to this file")
    .addOption(
      new Option("--output <format>", "print it; csv has the findings only").choices([
        "json",
        "csv",
      ] as const),
    )
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addHelpText("after", HELP)
    .action(async (options) => {
      if (options.html === undefined && options.output === undefined) {
        throw new UsageError("say where to write the report: `--html FILE`, or `--output json` or `csv`");
      }
      const period = periodOf(options, io.clock.nowMs());
      // Loaded only here: it imports the AWS SDK, which other commands do not need.
      const { runReport } = await import("./run.ts");
      end(await runReport(period, options, io));
    });
};

const DAY_MS = 86_400_000;

function periodOf(
  { since, from, to }: { readonly since?: Moment; readonly from?: Moment; readonly to?: Moment },
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  if (to !== undefined && from === undefined) throw new UsageError("`--to` needs `--from`");
  const fromMs = momentMs(from ?? since ?? moment("90d"), nowMs);
  const toMs = to === undefined ? nowMs : Math.min(endMs(to, nowMs), nowMs);
  if (fromMs >= toMs) throw new UsageError("the period ends before it begins, or lies in the future");
  return { fromMs, toMs };
}

/** A date as the end of a period includes that day. */
function endMs(to: Moment, nowMs: number): number {
  return momentMs(to, nowMs) + (/^\d{4}-\d{2}-\d{2}$/.test(to.text) ? DAY_MS : 0);
}

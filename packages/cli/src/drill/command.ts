import { InvalidArgumentError } from "@commander-js/extra-typings";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";
import { mustBeAskable } from "../io/confirm.ts";

/** CloudTrail promises no time: typically seconds, and now and then two minutes. */
const SECONDS = 180;
const MOST_SECONDS = 3_600;

const HELP = `
Makes a policy \`kms-guard-drill-…\` that grants kms:* and is attached to nobody, waits for the guard's alert, says how
long it took, and removes the policy. With --attach it then attaches the policy to a role that nobody can be, and in
enforce mode waits until the guard has detached it. Everybody who gets alerts gets these. What it made is removed
however it ends, with ^C too; what cannot be removed is named with the commands that do.

Examples:
  $ ${KMS_GUARD} drill
  $ ${KMS_GUARD} drill --attach --yes

Exit codes: 0 the guard answered in time, 1 it did not, or something is left, or it broke, 3 wrong usage.`;

/** `kms-guard drill`. */
export const addDrill: AddCommand = (program, io, end) => {
  program
    .command("drill")
    .summary("set the alarm off on purpose, and measure how long it takes")
    .description("Grants kms:* to nobody on purpose, and measures how soon the guard says so.")
    .option("--attach", "also attach it to a role that nobody can be, and measure the containment")
    .option("--timeout <seconds>", "how long the guard has for each answer", wholeSeconds, SECONDS)
    .option("--yes", "do not ask")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addHelpText("after", HELP)
    .action(async (options) => {
      mustBeAskable(io, options.yes, "drill");
      // The rest brings AWS's SDK with it, which the other commands can do without.
      const { runDrill } = await import("./run.ts");
      end(await runDrill(options, io));
    });
};

function wholeSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,4}$/.test(text) || seconds < 1 || seconds > MOST_SECONDS)
    throw new InvalidArgumentError(`Seconds are a whole number from 1 to ${MOST_SECONDS}.`);
  return seconds;
}

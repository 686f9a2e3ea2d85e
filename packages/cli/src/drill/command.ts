import { InvalidArgumentError } from "@commander-js/extra-typings";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";
import { requireConfirmable } from "../io/confirm.ts";

/** CloudTrail guarantees no delivery time: usually seconds, sometimes two minutes. */
const SECONDS = 180;
const MOST_SECONDS = 3_600;

const HELP = `
Creates a policy \`kms-guard-drill-…\` that grants kms:* and is attached to nothing, waits for the guard's alert, says
how long it took, and deletes the policy. With --attach it then attaches the policy to a role that nobody can assume,
and in enforce mode waits until the guard has detached it. Everybody who gets alerts gets these. The drill removes what
it created however it ends, also on ^C; if something cannot be removed, it prints the commands that remove it.

Examples:
  $ ${KMS_GUARD} drill
  $ ${KMS_GUARD} drill --attach --yes

Exit codes: 0 the guard answered in time, 1 it did not, or something is left, or it broke, 3 wrong usage.`;

/** `kms-guard drill`. */
export const addDrill: AddCommand = (program, io, end) => {
  program
    .command("drill")
    .summary("cause an alert on purpose, and measure how long it takes")
    .description(
      "Creates a policy with kms:* on purpose, attached to nothing, and measures how soon the guard alerts.",
    )
    .option("--attach", "also attach it to a role that nobody can assume, and measure the containment")
    .option("--timeout <seconds>", "how long to wait for each alert or containment", wholeSeconds, SECONDS)
    .option("--yes", "do not ask for confirmation")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addHelpText("after", HELP)
    .action(async (options) => {
      requireConfirmable(io, options.yes, "drill");
      // Loaded only here: it imports the AWS SDK, which other commands do not need.
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

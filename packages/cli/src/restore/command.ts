import { InvalidArgumentError } from "@commander-js/extra-typings";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { OUTPUT, PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";
import { UsageError } from "../io/errors.ts";

/** Enough for a working day and the night before it: by then the policy is narrower, or has an exemption of its own. */
const HOURS = 24;
/** A week: a longer exemption needs an owner, so `exempt add`. */
const MOST_HOURS = 168;

const HELP = `
Restores exactly what the finding's containment took away: managed policies are attached to their principals again,
inline policies are written with the same document. First it exempts that document for --hours, so that the guard does
not contain it again. It uses your credentials, and records who you are and why. Run it again to retry what failed; if
all is restored already, it changes nothing and says who restored it.

Examples:
  $ ${KMS_GUARD} restore kg-0123456789abcdef --dry-run
  $ ${KMS_GUARD} restore kg-0123456789abcdef --reason 'release 4.2 needs it, OPS-17'
  $ ${KMS_GUARD} restore kg-0123456789abcdef --yes --output json

Exit codes: 0 all is restored, 1 something is not or it broke, 3 wrong usage.`;

/** `kms-guard restore`. */
export const addRestore: AddCommand = (program, io, end) => {
  program
    .command("restore")
    .summary("restore what a finding's containment took away")
    .description(
      "Restores what a finding's containment took away, and exempts it so that it is not contained again.",
    )
    .argument("<id>", "the finding, `kg-…`")
    .option("--dry-run", "show what it would do, and change nothing")
    .option("--yes", "do not ask for confirmation")
    .option("--reason <text>", "the reason, for the record", oneReason, "none given")
    .option("--hours <n>", `how long it is exempt: 1 to ${MOST_HOURS}`, wholeHours, HOURS)
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(OUTPUT)
    .addHelpText("after", HELP)
    .action(async (id, options) => {
      if (!options.dryRun && !options.yes && !(io.isTTY.stdin && io.isTTY.stderr)) {
        throw new UsageError(
          "restore asks before it changes anything, and there is no terminal to ask on: " +
            "nothing was changed. Add `--yes`, or `--dry-run` to see what it would do",
        );
      }
      // Loaded only here: it imports the AWS SDK, which other commands do not need.
      const { runRestore } = await import("./run.ts");
      end(await runRestore(id, options, io));
    });
};

function oneReason(text: string): string {
  const reason = text.trim();
  if (reason === "" || reason.length > 500)
    throw new InvalidArgumentError("A reason has 1 to 500 characters.");
  return reason;
}

function wholeHours(text: string): number {
  const hours = Number(text);
  if (!/^\d{1,3}$/.test(text) || hours < 1 || hours > MOST_HOURS)
    throw new InvalidArgumentError(`Hours are a whole number from 1 to ${MOST_HOURS}.`);
  return hours;
}

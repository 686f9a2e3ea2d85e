import { InvalidArgumentError } from "@commander-js/extra-typings";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { OUTPUT, PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";
import { UsageError } from "../io/errors.ts";

/** A working day and the night before it: then the policy is narrower, or has an exemption that somebody thought about. */
const HOURS = 24;
/** A week; what has to stand for longer is an exemption with an owner. */
const MOST_HOURS = 168;

const HELP = `
Puts back exactly what the finding's containment took: managed policies are attached to who held them, inline policies
are written with the text they had. First the policy, with the text that it had, is exempted for --hours, so that the
guard lets it stand. It acts with your credentials, and records who you are and why. Doing it again tries again what
failed; what is restored already it leaves as it is, and says who did it.

Examples:
  $ ${KMS_GUARD} restore kg-0123456789abcdef --dry-run
  $ ${KMS_GUARD} restore kg-0123456789abcdef --reason 'release 4.2 needs it, OPS-17'
  $ ${KMS_GUARD} restore kg-0123456789abcdef --yes --output json

Exit codes: 0 all of it is back, 1 something is not or it broke, 3 wrong usage.`;

/** `kms-guard restore`. */
export const addRestore: AddCommand = (program, io, end) => {
  program
    .command("restore")
    .summary("put back what a finding's containment took away")
    .description(
      "Puts back what a finding's containment took away, and keeps the guard from taking it again.",
    )
    .argument("<id>", "the finding, `kg-…`")
    .option("--dry-run", "only show what it would do")
    .option("--yes", "do not ask")
    .option("--reason <text>", "why, for the record", oneReason, "none given")
    .option("--hours <n>", `how long the guard lets it stand: 1 to ${MOST_HOURS}`, wholeHours, HOURS)
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
      // The rest brings AWS's SDK with it, which the other commands can do without.
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

import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { OUTPUT, PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";

const HELP = `
Looks at all that has to work for a call on IAM to become an alert: region, trail, rule, target, functions and their
permissions, dead letters, table, subscriptions, alarms, and when an event and a sweep were last seen. Changes nothing.
Each line is ok, a warning or a fail, with what was seen and how to fix it. \`${KMS_GUARD} drill\` proves the rest.

Examples:
  $ ${KMS_GUARD} doctor
  $ ${KMS_GUARD} doctor --output json | jq '.checks[] | select(.state != "ok")'

Exit codes: 0 nothing fails, 1 something does or it broke, 3 wrong usage.`;

/** `kms-guard doctor`. */
export const addDoctor: AddCommand = (program, io, end) => {
  program
    .command("doctor")
    .summary("check whether the guard works, and how to fix it")
    .description("Looks at the deployed guard from the trail to the subscriptions, and says what is wrong.")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(OUTPUT)
    .addHelpText("after", HELP)
    .action(async (options) => {
      // The rest brings AWS's SDK with it, which the other commands can do without.
      const { runDoctor } = await import("./run.ts");
      end(await runDoctor(options, io));
    });
};

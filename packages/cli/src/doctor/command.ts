import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { OUTPUT, PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";

const HELP = `
Checks every part that turns an IAM call into an alert: region, trail, rule, target, functions and their permissions,
dead letters, table, subscriptions, alarms, and when the last event and the last sweep were seen. Changes nothing. Each
line is ok, a warning or a fail, with what was seen and how to fix it. \`${KMS_GUARD} drill\` tests the whole path.

Examples:
  $ ${KMS_GUARD} doctor
  $ ${KMS_GUARD} doctor --output json | jq '.checks[] | select(.state != "ok")'

Exit codes: 0 nothing fails, 1 something does or it broke, 3 wrong usage.`;

/** `kms-guard doctor`. */
export const addDoctor: AddCommand = (program, io, end) => {
  program
    .command("doctor")
    .summary("check whether the guard works, and how to fix it")
    .description("Checks the deployed guard from the trail to the subscriptions, and says what is wrong.")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(OUTPUT)
    .addHelpText("after", HELP)
    .action(async (options) => {
      // Loaded only here: it imports the AWS SDK, which other commands do not need.
      const { runDoctor } = await import("./run.ts");
      end(await runDoctor(options, io));
    });
};

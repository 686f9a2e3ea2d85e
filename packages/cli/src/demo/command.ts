import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import type { AddCommand } from "../io/command.ts";
import { EXIT } from "../io/errors.ts";
import { print } from "../io/io.ts";
import { paintFor } from "../io/terminal.ts";
import { demoPage } from "./text.ts";

const HELP = `
Sends nine recorded CloudTrail events to the code that runs in the Lambda, with a model of an AWS account: first in
monitor mode, then in enforce mode on a fresh copy. Shows the alerts, the containment, one alert as it arrives, and the
restore. Uses no AWS account and no network.

Examples:
  $ ${KMS_GUARD} demo
  $ ${KMS_GUARD} demo | less

Exit codes: 0 done, 1 it broke, 3 wrong usage.`;

/** `kms-guard demo`, also `npm start`. */
export const addDemo: AddCommand = (program, io, end) => {
  program
    .command("demo")
    .summary("watch a recorded attack being alerted, contained and restored")
    .description("Shows what kms-guard does about a recorded attack, on a model of an AWS account.")
    .addHelpText("after", HELP)
    .action(async () => {
      const { text, isProven } = await demoPage(paintFor(io));
      await print(io.stdout, text);
      end(isProven ? EXIT.clean : EXIT.broke);
    });
};

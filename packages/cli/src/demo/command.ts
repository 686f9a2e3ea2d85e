import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import type { AddCommand } from "../io/command.ts";
import { EXIT } from "../io/exit-codes.ts";
import { print } from "../io/io.ts";
import { paintFor } from "../io/paint.ts";
import { demoPage } from "./text.ts";

const HELP = `
Plays nine recorded CloudTrail events to the code that runs in the Lambda, over a model of an AWS account: in
monitor mode, then in enforce mode on a fresh copy. Shows what is told, what is taken away, one alert as it
arrives, and the restore. Uses no AWS account and no network.

Examples:
  $ ${KMS_GUARD} demo
  $ ${KMS_GUARD} demo | less

Exit codes: 0 done, 1 it broke, 3 wrong usage.`;

/** `kms-guard demo`, which is `npm start` too. */
export const addDemo: AddCommand = (program, io, end) => {
  program
    .command("demo")
    .summary("watch a recorded attack being told, undone and restored")
    .description("Shows what kms-guard does about a recorded attack, on a model of an AWS account.")
    .addHelpText("after", HELP)
    .action(async () => {
      const { text, holds } = await demoPage(paintFor(io));
      await print(io.stdout, text);
      end(holds ? EXIT.clean : EXIT.broke);
    });
};

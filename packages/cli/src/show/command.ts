import { Option } from "@commander-js/extra-typings";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";

const HELP = `
Shows all there is to a finding: what was granted, the proof, who did it, who holds it, what changed, when everything
happened from the call to the restore, and what to do next. The first digits of an id are enough where no other
finding begins so.

Examples:
  $ ${KMS_GUARD} show kg-0123456789abcdef
  $ ${KMS_GUARD} show kg-0123 --output json

Exit codes: 0 done, 1 it broke or there is no such finding, 3 wrong usage.`;

/** `kms-guard show`. */
export const addShow: AddCommand = (program, io, end) => {
  program
    .command("show")
    .summary("show one finding whole, with its proof")
    .description("Shows one finding whole: its proof, who did it, what was done when, and what to do next.")
    .argument("<id>", "the finding, `kg-…`, or how it begins")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(
      new Option("--output <format>", "how to print; json is the finding with its plan and timeline")
        .choices(["human", "json"] as const)
        .default("human" as const),
    )
    .addHelpText("after", HELP)
    .action(async (id, options) => {
      // The rest brings AWS's SDK with it, which the other commands can do without.
      const { runShow } = await import("./run.ts");
      end(await runShow(id, options, io));
    });
};

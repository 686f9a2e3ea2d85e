import { Option } from "@commander-js/extra-typings";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";

const HELP = `
Shows everything about a finding: what was granted, the proof, the actor, the principals, what changed, a timeline from
the call to the restore, and what to do next. The first digits of an id are enough if no other finding starts with
them.

Examples:
  $ ${KMS_GUARD} show kg-0123456789abcdef
  $ ${KMS_GUARD} show kg-0123 --output json

Exit codes: 0 done, 1 it broke or there is no such finding, 3 wrong usage.`;

/** `kms-guard show`. */
export const addShow: AddCommand = (program, io, end) => {
  program
    .command("show")
    .summary("show one finding in full, with its proof")
    .description("Shows one finding in full: its proof, its actor, what was done when, and what to do next.")
    .argument("<id>", "the finding, `kg-…`, or the start of its id")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(
      new Option("--output <format>", "output format; json is the finding with its plan and timeline")
        .choices(["human", "json"] as const)
        .default("human" as const),
    )
    .addHelpText("after", HELP)
    .action(async (id, options) => {
      // Loaded only here: it imports the AWS SDK, which other commands do not need.
      const { runShow } = await import("./run.ts");
      end(await runShow(id, options, io));
    });
};

import { InvalidArgumentError } from "@commander-js/extra-typings";
import { parsePrincipalName } from "@kms-guard/core/aws/principal.ts";
import { MAX_EXEMPTION_DAYS } from "@kms-guard/core/exemptions/exemption.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { OUTPUT, PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";
import { requireConfirmable } from "../io/confirm.ts";

const HELP = `
An exemption lets a policy stand that the guard would otherwise tell of, or take away. It has a reason, an owner and an
end, at most ${MAX_EXEMPTION_DAYS} days away; it counts for the text that the policy has, unless --any-version. Making or removing one
is told on the alerts topic and in the history, so that nobody exempts himself quietly.

Examples:
  $ ${KMS_GUARD} exempt add kg-0123456789abcdef --reason 'key ceremony' --owner security@example.com --days 30
  $ ${KMS_GUARD} exempt list
  $ ${KMS_GUARD} exempt remove ke-0123456789abcdef

Exit codes: 0 done, 1 it broke, 3 wrong usage.`;

const ADD_HELP = `
The policy is that of a finding, managed or inline, or a managed one by its ARN. What it will cover is shown first.

Examples:
  $ ${KMS_GUARD} exempt add kg-0123456789abcdef --reason 'key ceremony' --owner security@example.com --days 30
  $ ${KMS_GUARD} exempt add arn:aws:iam::111122223333:policy/Keys --principal role/KeyAdmin \\
      --reason 'runs the key store' --owner platform@example.com --ticket OPS-17 --days 365 --yes`;

const LIST_HELP = `
Examples:
  $ ${KMS_GUARD} exempt list
  $ ${KMS_GUARD} exempt list --output json --stage production`;

const REMOVE_HELP = `
Removing it is told on the alerts topic and in the history.

Examples:
  $ ${KMS_GUARD} exempt remove ke-0123456789abcdef
  $ ${KMS_GUARD} exempt remove ke-0123456789abcdef --yes`;

/** `kms-guard exempt`, with `add`, `list` and `remove`. */
export const addExempt: AddCommand = (program, io, end) => {
  const exempt = program
    .command("exempt")
    .summary("let a policy stand, for a reason and a time")
    .description("Lets policies stand for a reason and a time, and takes that back.")
    .addHelpText("after", HELP);

  exempt
    .command("add")
    .summary("let a policy stand")
    .description("Lets the policy of a finding, or a managed policy, stand.")
    .argument("<id|policy-arn>", "the finding, `kg-…`, or a managed policy")
    .requiredOption("--reason <text>", "why it may stand")
    .requiredOption("--owner <text>", "who answers for it")
    .requiredOption("--days <n>", `for how long: 1 to ${MAX_EXEMPTION_DAYS}`, wholeDays)
    .option("--ticket <text>", "where it was agreed")
    .option(
      "--principal <type/name>",
      "only where this one holds it: role/Name, user/Name, group/Name",
      principal,
    )
    .option("--any-version", "whatever the policy comes to grant, instead of its text as it is")
    .option("--yes", "do not ask")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(OUTPUT)
    .addHelpText("after", ADD_HELP)
    .action(async (target, options) => {
      requireConfirmable(io, options.yes, "exempt add");
      // The rest brings AWS's SDK with it, which the other commands can do without.
      const { runAdd } = await import("./run-add.ts");
      end(await runAdd(target, options, io));
    });

  exempt
    .command("list")
    .summary("list the exemptions, lapsed ones too")
    .description("Lists every exemption: the one that ends next first, the lapsed ones last.")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(OUTPUT)
    .addHelpText("after", LIST_HELP)
    .action(async (options) => {
      const { runList } = await import("./run-list.ts");
      end(await runList(options, io));
    });

  exempt
    .command("remove")
    .summary("take an exemption back")
    .description("Takes an exemption back, so that the guard judges the policy again.")
    .argument("<id>", "the exemption, `ke-…`")
    .option("--yes", "do not ask")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(OUTPUT)
    .addHelpText("after", REMOVE_HELP)
    .action(async (id, options) => {
      requireConfirmable(io, options.yes, "exempt remove");
      const { runRemove } = await import("./run-remove.ts");
      end(await runRemove(id, options, io));
    });
};

function wholeDays(text: string): number {
  const days = Number(text);
  if (!/^\d{1,3}$/.test(text) || days < 1 || days > MAX_EXEMPTION_DAYS)
    throw new InvalidArgumentError(`Days are a whole number from 1 to ${MAX_EXEMPTION_DAYS}.`);
  return days;
}

function principal(text: string) {
  const named = parsePrincipalName(text);
  if (named === undefined)
    throw new InvalidArgumentError(
      "A principal is `role/Name`, `user/Name` or `group/Name`, without its path.",
    );
  return named;
}

import { InvalidArgumentError } from "@commander-js/extra-typings";
import { parsePrincipalName } from "@kms-guard/core/aws/principal.ts";
import { MAX_EXEMPTION_DAYS } from "@kms-guard/core/exemptions/exemption.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { OUTPUT, PROFILE, REGION, STAGE } from "../aws/options.ts";
import type { AddCommand } from "../io/command.ts";
import { requireConfirmable } from "../io/confirm.ts";

const HELP = `
An exemption keeps the guard from alerting on a policy and from containing it. It has a reason, an owner and an end, at
most ${MAX_EXEMPTION_DAYS} days away, and applies to the policy's document as it is now, unless --any-version. Adding and removing one
sends a notice to the alerts topic and the history, so that nobody can add one unnoticed.

Examples:
  $ ${KMS_GUARD} exempt add kg-0123456789abcdef --reason 'key ceremony' --owner security@example.com --days 30
  $ ${KMS_GUARD} exempt list
  $ ${KMS_GUARD} exempt remove ke-0123456789abcdef

Exit codes: 0 done, 1 it broke, 3 wrong usage.`;

const ADD_HELP = `
Exempts the policy of a finding, managed or inline, or a managed policy by its ARN. Shows first what it will cover.

Examples:
  $ ${KMS_GUARD} exempt add kg-0123456789abcdef --reason 'key ceremony' --owner security@example.com --days 30
  $ ${KMS_GUARD} exempt add arn:aws:iam::111122223333:policy/Keys --principal role/KeyAdmin \\
      --reason 'runs the key store' --owner platform@example.com --ticket OPS-17 --days 365 --yes`;

const LIST_HELP = `
Examples:
  $ ${KMS_GUARD} exempt list
  $ ${KMS_GUARD} exempt list --output json --stage production`;

const REMOVE_HELP = `
Removing it sends a notice to the alerts topic and the history.

Examples:
  $ ${KMS_GUARD} exempt remove ke-0123456789abcdef
  $ ${KMS_GUARD} exempt remove ke-0123456789abcdef --yes`;

/** `kms-guard exempt`, with `add`, `list` and `remove`. */
export const addExempt: AddCommand = (program, io, end) => {
  const exempt = program
    .command("exempt")
    .summary("exempt a policy, with a reason and an end")
    .description("Exempts policies, with a reason and an end; lists and removes exemptions.")
    .addHelpText("after", HELP);

  exempt
    .command("add")
    .summary("exempt a policy")
    .description("Exempts the policy of a finding, or a managed policy.")
    .argument("<id|policy-arn>", "the finding, `kg-…`, or a managed policy")
    .requiredOption("--reason <text>", "why it is exempt")
    .requiredOption("--owner <text>", "who is responsible for it")
    .requiredOption("--days <n>", `for how many days: 1 to ${MAX_EXEMPTION_DAYS}`, wholeDays)
    .option("--ticket <text>", "where it was approved")
    .option("--principal <type/name>", "only for this principal: role/Name, user/Name, group/Name", principal)
    .option("--any-version", "for every later version too, whatever it grants")
    .option("--yes", "do not ask for confirmation")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(OUTPUT)
    .addHelpText("after", ADD_HELP)
    .action(async (target, options) => {
      requireConfirmable(io, options.yes, "exempt add");
      // Loaded only here: it imports the AWS SDK, which other commands do not need.
      const { runAdd } = await import("./run.ts");
      end(await runAdd(target, options, io));
    });

  exempt
    .command("list")
    .summary("list the exemptions, expired ones too")
    .description("Lists every exemption: the one that ends next first, expired ones last.")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(OUTPUT)
    .addHelpText("after", LIST_HELP)
    .action(async (options) => {
      const { runList } = await import("./run.ts");
      end(await runList(options, io));
    });

  exempt
    .command("remove")
    .summary("remove an exemption")
    .description("Removes an exemption, so that the guard evaluates the policy again.")
    .argument("<id>", "the exemption, `ke-…`")
    .option("--yes", "do not ask for confirmation")
    .addOption(STAGE)
    .addOption(REGION)
    .addOption(PROFILE)
    .addOption(OUTPUT)
    .addHelpText("after", REMOVE_HELP)
    .action(async (id, options) => {
      requireConfirmable(io, options.yes, "exempt remove");
      const { runRemove } = await import("./run.ts");
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

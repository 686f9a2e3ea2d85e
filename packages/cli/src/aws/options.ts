import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { shellWord } from "@kms-guard/core/text/shell.ts";

/** The options that say which deployment a command uses, and with whose credentials. */
export interface LiveOptions {
  readonly stage?: string;
  readonly region?: string;
  readonly profile?: string;
}

/** The options of every command that uses a deployment: add each with `addOption`. */
export const STAGE = new Option("--stage <name>", "which deployment (default: the only one)");
export const REGION = new Option(
  "--region <name>",
  "its region (default: as for the AWS CLI, else us-east-1)",
).argParser(regionName);
export const PROFILE = new Option("--profile <name>", "the credentials (default: as for the AWS CLI)");

/** For commands that print either, without a description of their own. */
export const OUTPUT = new Option("--output <format>", "output format")
  .choices(["human", "json"] as const)
  .default("human" as const);

/** The options as the end of a command, so that a suggested command uses the same deployment: ` --stage prod`. */
export function liveWords({ stage, region, profile }: LiveOptions): string {
  return Object.entries({ stage, region, profile })
    .map(([name, value]) => (value === undefined ? "" : ` --${name} ${shellWord(value)}`))
    .join("");
}

function regionName(text: string): string {
  if (!/^[a-z]{2,5}(-[a-z]+)+-\d+$/.test(text))
    throw new InvalidArgumentError("A region is `us-east-1`, `cn-north-1`, …");
  return text;
}

import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { shellWord } from "@kms-guard/core/text/shell.ts";

/** Which deployment a live command is about, and as whom: what its options say. */
export interface LiveOptions {
  readonly stage?: string;
  readonly region?: string;
  readonly profile?: string;
}

/** The options of every live command, each to be added with `addOption`. */
export const STAGE = new Option("--stage <name>", "which deployment (default: the only one there is)");
export const REGION = new Option(
  "--region <name>",
  "where it is deployed (default: as the AWS CLI finds it, else us-east-1)",
).argParser(regionName);
export const PROFILE = new Option(
  "--profile <name>",
  "whose credentials (default: as the AWS CLI finds them)",
);

/** For the live commands that print either, and say no more about it. */
export const OUTPUT = new Option("--output <format>", "how to print")
  .choices(["human", "json"] as const)
  .default("human" as const);

/** The options as words to end a command with, so that one that is proposed means the same deployment. */
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

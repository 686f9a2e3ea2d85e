import { regionsOf } from "@kms-guard/core/aws/partitions.ts";
import type { Setting } from "./cells.ts";

/** The Regions that are on in every new account. https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html */
const ON_BY_DEFAULT = [
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"],
  ...["eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1"],
  ...["ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"],
];

const setting = (partition: string, regions: readonly string[]): Setting => ({
  account: { id: "111122223333", partition },
  regions,
  knownRegions: regionsOf(partition),
});

/** What the evaluator takes where nothing is set. */
export const SETTING = setting("aws", ON_BY_DEFAULT);

/** By the names of the tool that compares. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  default: SETTING,
  few: setting("aws", ["eu-west-1", "eu-central-1", "af-south-1"]),
  every: setting("aws", regionsOf("aws")),
  china: setting("aws-cn", regionsOf("aws-cn")),
};

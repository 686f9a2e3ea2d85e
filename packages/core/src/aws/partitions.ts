import type { CombinedPolicies, Policy } from "../policy/policy.ts";
import { parseArn } from "./arn.ts";

interface Partition {
  readonly name: string;
  /** What its Regions' names begin with. */
  readonly regionPrefix: string;
  /** The one Region in which its IAM calls are recorded. */
  readonly iamRegion: string;
  /** Its Regions. A list that names every one of these covers the partition. */
  readonly regions: readonly string[];
  /** Those of them that an account has to turn on, as `regions` otherwise. */
  readonly optIn?: readonly string[];
  /** The console's host; without one there are no links. */
  readonly console?: string;
}

const AWS: Partition = {
  name: "aws",
  regionPrefix: "",
  iamRegion: "us-east-1",
  console: "https://console.aws.amazon.com",
  regions: [
    ...["af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
    ...["ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"],
    ...["ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1"],
    ...["eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3"],
    ...["il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1"],
    ...["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
  ],
  optIn: [
    ...["af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4"],
    ...["ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1"],
    ...["eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1"],
  ],
};

/**
 * `aws` last, since its Regions share no prefix.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 * https://docs.aws.amazon.com/general/latest/gr/kms.html
 */
const PARTITIONS: readonly Partition[] = [
  {
    name: "aws-cn",
    regionPrefix: "cn-",
    iamRegion: "cn-north-1",
    console: "https://console.amazonaws.cn",
    regions: ["cn-north-1", "cn-northwest-1"],
  },
  {
    name: "aws-us-gov",
    regionPrefix: "us-gov-",
    iamRegion: "us-gov-west-1",
    console: "https://console.amazonaws-us-gov.com",
    regions: ["us-gov-east-1", "us-gov-west-1"],
  },
  {
    name: "aws-iso",
    regionPrefix: "us-iso-",
    iamRegion: "us-iso-east-1",
    regions: ["us-iso-east-1", "us-iso-west-1"],
  },
  {
    name: "aws-iso-b",
    regionPrefix: "us-isob-",
    iamRegion: "us-isob-east-1",
    regions: ["us-isob-east-1", "us-isob-west-1"],
  },
  { name: "aws-iso-e", regionPrefix: "eu-isoe-", iamRegion: "eu-isoe-west-1", regions: ["eu-isoe-west-1"] },
  {
    name: "aws-iso-f",
    regionPrefix: "us-isof-",
    iamRegion: "us-isof-south-1",
    regions: ["us-isof-east-1", "us-isof-south-1"],
  },
  { name: "aws-eusc", regionPrefix: "eusc-", iamRegion: "eusc-de-east-1", regions: ["eusc-de-east-1"] },
  AWS,
];

/** The names of the partitions. */
export const PARTITION_NAMES: readonly string[] = PARTITIONS.map(({ name }) => name).toSorted();

function named(partition: string): Partition | undefined {
  return PARTITIONS.find(({ name }) => name === partition);
}

/** The partition an ARN names, or undefined where the text is no ARN of a partition of AWS. */
export function partitionOfArn(arn: string | undefined): string | undefined {
  return named(parseArn(arn ?? "")?.partition ?? "")?.name;
}

/** The partition a Region is in: `aws` for whatever has no other partition's prefix. */
export function partitionOfRegion(region: string): string {
  return (PARTITIONS.find(({ regionPrefix }) => region.startsWith(regionPrefix)) ?? AWS).name;
}

/** The Region in which a partition's IAM calls are recorded. */
export function iamRegionOf(partition: string): string {
  return (named(partition) ?? AWS).iamRegion;
}

/** The Regions of a partition; an invented one for an unknown partition. */
export function regionsOf(partition: string): readonly string[] {
  return named(partition)?.regions ?? ["unknown-region-1"];
}

/**
 * The Regions of a partition that are on in every account: where its keys are, unless somebody turned on others.
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export function defaultRegionsOf(partition: string): readonly string[] {
  const optIn = named(partition)?.optIn ?? [];
  return regionsOf(partition).filter((region) => !optIn.includes(region));
}

/** The policy in the console of IAM: a managed one itself, what is of a principal on its page. */
export function policyLink(partition: string, policy: Policy | CombinedPolicies): string | undefined {
  const place =
    "arn" in policy
      ? `policies/details/${encodeURIComponent(policy.arn)}`
      : `${policy.principal.type}s/details/${encodeURIComponent(policy.principal.name)}`;
  return link(partition, `/iam/home#/${place}`);
}

/** The event in CloudTrail's event history, which keeps 90 days. */
export function eventLink(partition: string, region: string, eventId: string): string | undefined {
  const home = `/cloudtrailv2/home?region=${encodeURIComponent(region)}`;
  return link(partition, `${home}#/events/${encodeURIComponent(eventId)}`);
}

/** A CloudWatch dashboard. */
export function dashboardLink(partition: string, region: string, dashboard: string): string | undefined {
  const home = `/cloudwatch/home?region=${encodeURIComponent(region)}`;
  return link(partition, `${home}#dashboards/dashboard/${encodeURIComponent(dashboard)}`);
}

/** A CloudWatch log group. The console wants its name encoded twice, with `$` for the outer `%`. */
export function logGroupLink(partition: string, region: string, logGroup: string): string | undefined {
  const home = `/cloudwatch/home?region=${encodeURIComponent(region)}`;
  const name = encodeURIComponent(encodeURIComponent(logGroup)).replaceAll("%", "$");
  return link(partition, `${home}#logsV2:log-groups/log-group/${name}`);
}

/** `undefined` where the partition's console is not known. */
function link(partition: string, rest: string): string | undefined {
  const host = named(partition)?.console;
  return host === undefined ? undefined : host + rest;
}

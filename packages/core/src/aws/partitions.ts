interface Partition {
  readonly name: string;
  /** What its regions' names begin with. */
  readonly regionPrefix: string;
  /** The one region in which its IAM calls are recorded. */
  readonly iamRegion: string;
}

const AWS: Partition = { name: "aws", regionPrefix: "", iamRegion: "us-east-1" };

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html; `aws` last, since its regions share no prefix. */
const PARTITIONS: readonly Partition[] = [
  { name: "aws-cn", regionPrefix: "cn-", iamRegion: "cn-north-1" },
  { name: "aws-us-gov", regionPrefix: "us-gov-", iamRegion: "us-gov-west-1" },
  { name: "aws-iso", regionPrefix: "us-iso-", iamRegion: "us-iso-east-1" },
  { name: "aws-iso-b", regionPrefix: "us-isob-", iamRegion: "us-isob-east-1" },
  { name: "aws-iso-e", regionPrefix: "eu-isoe-", iamRegion: "eu-isoe-west-1" },
  { name: "aws-iso-f", regionPrefix: "us-isof-", iamRegion: "us-isof-south-1" },
  { name: "aws-eusc", regionPrefix: "eusc-", iamRegion: "eusc-de-east-1" },
  AWS,
];

/** The partition an ARN names, or undefined where the text is no ARN of a partition of AWS. */
export function partitionOfArn(arn: string | undefined): string | undefined {
  const name = arn?.startsWith("arn:") ? arn.split(":", 2)[1] : undefined;
  return PARTITIONS.find((partition) => partition.name === name)?.name;
}

/** The partition a region is in: `aws` for whatever has no other partition's prefix. */
export function partitionOfRegion(region: string): string {
  return (PARTITIONS.find((partition) => region.startsWith(partition.regionPrefix)) ?? AWS).name;
}

/** The region in which a partition's IAM calls are recorded. */
export function iamRegionOf(partitionName: string): string {
  return (PARTITIONS.find((partition) => partition.name === partitionName) ?? AWS).iamRegion;
}

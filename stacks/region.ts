import { iamRegionOf, partitionOfRegion } from "@kms-guard/core/trigger/partition.ts";

/**
 * The region to deploy to: the one of its partition in which IAM's calls are recorded.
 * @param requested `AWS_REGION` as it stands in the environment of `sst`; absent: us-east-1.
 * @throws Error for any other region.
 */
export function guardRegion(requested: string | undefined): string {
  const region = requested || "us-east-1";
  const iamRegion = iamRegionOf(partitionOfRegion(region));
  if (region === iamRegion) return region;
  throw new Error(
    `AWS_REGION is \`${region}\`, where a guard deploys cleanly and never hears of anything: IAM is one service for all ` +
      `regions, and its events reach EventBridge in one region only (us-east-1; cn-north-1 in China, us-gov-west-1 in ` +
      `GovCloud). Run it again with AWS_REGION=${iamRegion}: it watches the whole account from there.`,
  );
}

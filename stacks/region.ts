import { iamRegionOf, partitionOfRegion } from "@kms-guard/core/aws/partitions.ts";

/** The region in which the guard has to run: where IAM's calls are recorded, in the partition of this region. */
export function guardRegion(region: string | undefined): string {
  return iamRegionOf(partitionOfRegion(region || "us-east-1"));
}

/**
 * Refuses to deploy in a region where the guard cannot work, rather than to deploy somewhere else than AWS_REGION says.
 * @throws Error
 */
export function refuseOtherRegion(region: string | undefined): void {
  if (!region || region === guardRegion(region)) return;
  throw new Error(
    `AWS_REGION is \`${region}\`, where a guard deploys cleanly and never gets an event: IAM is one service for all ` +
      `regions, and its events reach EventBridge in one region only (us-east-1; cn-north-1 in China, us-gov-west-1 in ` +
      `GovCloud). It watches the whole account from there: run it again with AWS_REGION=${guardRegion(region)}.`,
  );
}

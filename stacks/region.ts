import { iamRegionOf, partitionOfRegion } from "@kms-guard/core/aws/partitions.ts";

/** Where the guard has to be for whoever's region that is: where IAM's calls are recorded in its partition. */
export function guardRegion(region: string | undefined): string {
  return iamRegionOf(partitionOfRegion(region || "us-east-1"));
}

/**
 * Refuses to deploy where AWS_REGION asks for another region than the guard can work in, rather than to deploy
 * somewhere else than was asked.
 * @throws Error
 */
export function refuseOtherRegion(region: string | undefined): void {
  if (!region || region === guardRegion(region)) return;
  throw new Error(
    `AWS_REGION is \`${region}\`, where a guard deploys cleanly and never hears of anything: IAM is one service for all ` +
      `regions, and its events reach EventBridge in one region only (us-east-1; cn-north-1 in China, us-gov-west-1 in ` +
      `GovCloud). It watches the whole account from there: run it again with AWS_REGION=${guardRegion(region)}.`,
  );
}

import type { MotoCalls } from "../moto/moto-calls.ts";

const TRAIL = { Name: "account-trail", S3BucketName: "account-trail-111122223333" };

/**
 * Makes what an account has before the guard comes: the trail, which is no part of the stacks, and which the guard
 * needs. Also calls the services that are slow at their first call, so that a deployment finds them ready.
 */
export async function makeAccount(calls: MotoCalls): Promise<void> {
  await calls.rest("s3", "PUT", `/${TRAIL.S3BucketName}`);
  await calls.json("cloudtrail", "CreateTrail", { ...TRAIL, IsMultiRegionTrail: true });
  await calls.json("cloudtrail", "StartLogging", { Name: TRAIL.Name });
  await calls.json("ssm", "DescribeParameters", {});
  await calls.json("monitoring", "DescribeAlarms", {});
  await calls.query("iam", "ListAccountAliases", {});
}

import { expect, it } from "vitest";
import { iamRegionOf, partitionOfArn, partitionOfRegion } from "./partitions.ts";

it.each([
  ["arn:aws:iam::aws:policy/AdministratorAccess", "aws"],
  ["arn:aws-cn:iam::111122223333:policy/TeamX", "aws-cn"],
  ["arn:aws-us-gov:iam::111122223333:user/alice", "aws-us-gov"],
  ["arn:aws-eusc:sts::111122223333:assumed-role/a/b", "aws-eusc"],
  ["arn:elsewhere:iam::111122223333:user/alice", undefined],
  ["arn:", undefined],
  ["alice", undefined],
  ["", undefined],
  [undefined, undefined],
])("the ARN %s is of partition %s", (arn, partition) => {
  expect(partitionOfArn(arn)).toBe(partition);
});

it.each([
  ["us-east-1", "aws"],
  ["eu-central-1", "aws"],
  ["", "aws"],
  ["cn-northwest-1", "aws-cn"],
  ["us-gov-east-1", "aws-us-gov"],
  ["us-iso-west-1", "aws-iso"],
  ["us-isob-east-1", "aws-iso-b"],
  ["eu-isoe-west-1", "aws-iso-e"],
  ["us-isof-south-1", "aws-iso-f"],
  ["eusc-de-east-1", "aws-eusc"],
])("the region %j is of partition %s", (region, partition) => {
  expect(partitionOfRegion(region)).toBe(partition);
});

it.each([
  ["aws", "us-east-1"],
  ["aws-cn", "cn-north-1"],
  ["aws-us-gov", "us-gov-west-1"],
])("IAM of %s is recorded in %s", (partition, region) => {
  expect(iamRegionOf(partition)).toBe(region);
});

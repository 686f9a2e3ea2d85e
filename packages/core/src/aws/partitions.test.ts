import { INLINE, TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { expect, it } from "vitest";
import {
  dashboardLink,
  eventLink,
  iamRegionOf,
  logGroupLink,
  partitionOfArn,
  partitionOfRegion,
  policyLink,
} from "./partitions.ts";

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

it.each([
  ["aws-cn", "https://console.amazonaws.cn/iam/home#/users/details/mallory"],
  ["aws-us-gov", "https://console.amazonaws-us-gov.com/iam/home#/users/details/mallory"],
  ["aws", "https://console.aws.amazon.com/iam/home#/users/details/mallory"],
])("each partition has its own console: %s", (partition, url) => {
  expect(policyLink(partition, INLINE)).toBe(url);
});

it.each(["aws-iso", "constructor"])("a partition whose console is not known has no link: %s", (partition) => {
  expect(policyLink(partition, TEAM_X)).toBeUndefined();
  expect(eventLink(partition, "us-iso-east-1", "1")).toBeUndefined();
  expect(logGroupLink(partition, "us-iso-east-1", "g")).toBeUndefined();
});

it("names cannot leave their place in a link", () => {
  const principal = { type: "role", name: "x/../y?a=b#c d<>" } as const;
  expect(policyLink("aws", { ...INLINE, principal })).toBe(
    "https://console.aws.amazon.com/iam/home#/roles/details/x%2F..%2Fy%3Fa%3Db%23c%20d%3C%3E",
  );
  expect(eventLink("aws", "us-east-1&x", "a/b")).toBe(
    "https://console.aws.amazon.com/cloudtrailv2/home?region=us-east-1%26x#/events/a%2Fb",
  );
});

it("a dashboard is found by its name", () => {
  expect(dashboardLink("aws", "us-east-1", "kms-guard-production")).toBe(
    "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/kms-guard-production",
  );
  expect(dashboardLink("aws-iso", "us-iso-east-1", "kms-guard-production")).toBeUndefined();
});

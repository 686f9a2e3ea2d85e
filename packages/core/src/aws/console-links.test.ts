import { INLINE, TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { expect, it } from "vitest";
import { dashboardLink, eventLink, logGroupLink, policyLink } from "./console-links.ts";

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

import { defineGuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { renderStacks } from "@kms-guard/sandbox/render/render.ts";
import { expect, test } from "vitest";
import { guardRegion, refuseOtherRegion } from "../../stacks/region.ts";

const config = defineGuardConfig({});

test.each([
  [undefined, "us-east-1"],
  ["", "us-east-1"],
  ["us-east-1", "us-east-1"],
  ["cn-north-1", "cn-north-1"],
  ["us-gov-west-1", "us-gov-west-1"],
])("AWS_REGION=%s is deployed to %s", (requested, region) => {
  expect(guardRegion(requested)).toBe(region);
  expect(() => refuseOtherRegion(requested)).not.toThrow();
});

test.each([
  ["eu-west-1", "us-east-1"],
  ["cn-northwest-1", "cn-north-1"],
  ["us-gov-east-1", "us-gov-west-1"],
])("AWS_REGION=%s is refused, and told that it is %s", (requested, region) => {
  expect(() => refuseOtherRegion(requested)).toThrow(`run it again with AWS_REGION=${region}.`);
});

test("a deployment to another region makes nothing", async () => {
  await expect(renderStacks({ config, stage: "production", region: "eu-west-1" })).rejects.toThrow(
    "AWS_REGION is `eu-west-1`, where a guard deploys cleanly and never gets an event",
  );
});

test("in another partition every ARN is of that partition", async () => {
  const china = await renderStacks({ config, stage: "production", partition: "aws-cn" });
  await china.close();
  const text = JSON.stringify(china.resources);
  expect(text).toContain("arn:aws-cn:iam::111122223333:role/kms-guard-production-guard");
  expect(text).not.toMatch(/arn:aws:/);
  expect(china.outputs).toMatchObject({
    dashboard:
      "https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#dashboards/dashboard/kms-guard-production",
  });
});

import { KMS } from "@kms-guard/core/services/kms.ts";
import { describe, expect, test } from "vitest";
import { defineGuardConfig } from "./config.ts";
import {
  chatEnvironment,
  type Deployed,
  type EnvironmentVariables,
  readChatTopic,
  readEnvironment,
  toEnvironment,
} from "./environment.ts";

const DEPLOYED: Deployed = {
  stage: "production",
  account: "111122223333",
  partition: "aws",
  region: "us-east-1",
  ownRoleArns: [
    "arn:aws:iam::111122223333:role/kms-guard-guard",
    "arn:aws:iam::111122223333:role/kms-guard-sweep",
  ],
  tableName: "kms-guard-findings",
  topicArn: "arn:aws:sns:us-east-1:111122223333:kms-guard-alerts",
  eventBus: "default",
  historyLogGroup: "/kms-guard/production/alerts",
};

const VARIABLES: EnvironmentVariables = {
  KMS_GUARD_MODE: "enforce",
  KMS_GUARD_CONTAIN_AT: "near-full",
  KMS_GUARD_REGIONS: "eu-west-1 eu-central-1",
  KMS_GUARD_AWS_MANAGED: "alert",
  KMS_GUARD_PROTECTED_PRINCIPALS: "role/BreakGlass user/a,b+c=d@e",
  KMS_GUARD_MAX_ATTACHMENTS: "20",
  KMS_GUARD_STAGE: "production",
  KMS_GUARD_ACCOUNT: "111122223333",
  KMS_GUARD_PARTITION: "aws",
  KMS_GUARD_REGION: "us-east-1",
  KMS_GUARD_OWN_ROLE_ARNS:
    "arn:aws:iam::111122223333:role/kms-guard-guard arn:aws:iam::111122223333:role/kms-guard-sweep",
  KMS_GUARD_TABLE: "kms-guard-findings",
  KMS_GUARD_TOPIC_ARN: "arn:aws:sns:us-east-1:111122223333:kms-guard-alerts",
  KMS_GUARD_EVENT_BUS: "default",
  KMS_GUARD_HISTORY_LOG_GROUP: "/kms-guard/production/alerts",
};

test("what is configured and deployed becomes environment variables", () => {
  const config = defineGuardConfig({
    mode: "enforce",
    regions: ["eu-west-1", "eu-central-1"],
    protectedPrincipals: ["role/BreakGlass", "user/a,b+c=d@e"],
  });
  expect(toEnvironment(config, DEPLOYED)).toEqual(VARIABLES);
});

test("environment variables become settings", () => {
  expect(readEnvironment({ ...VARIABLES, PATH: "/usr/bin" })).toEqual({
    settings: {
      mode: "enforce",
      account: { id: "111122223333", partition: "aws" },
      service: KMS,
      region: "us-east-1",
      historyLogGroup: "/kms-guard/production/alerts",
      regions: ["eu-west-1", "eu-central-1"],
      containAt: "near-full",
      awsManaged: "alert",
      protectedPrincipals: ["role/BreakGlass", "user/a,b+c=d@e"],
      maxAttachments: 20,
      ownRoleArns: [
        "arn:aws:iam::111122223333:role/kms-guard-guard",
        "arn:aws:iam::111122223333:role/kms-guard-sweep",
      ],
    },
    stage: "production",
    tableName: "kms-guard-findings",
    topicArn: "arn:aws:sns:us-east-1:111122223333:kms-guard-alerts",
    eventBus: "default",
    historyLogGroup: "/kms-guard/production/alerts",
  });
});

test("an empty list is none, not one empty name", () => {
  const variables = toEnvironment(defineGuardConfig({}), { ...DEPLOYED, ownRoleArns: [] });
  const { settings } = readEnvironment(variables);
  expect([settings.protectedPrincipals, settings.ownRoleArns, settings.mode]).toEqual([[], [], "monitor"]);
});

describe("a variable that is missing or wrong is named, and nothing is guessed", () => {
  test.each(Object.keys(VARIABLES))("%s is missing", (name) => {
    const { [name]: _, ...rest } = VARIABLES;
    expect(() => readEnvironment(rest)).toThrow(
      `environment variable ${name} is not set: \`npx sst deploy\` sets it from guard.config.ts`,
    );
  });

  test.each([
    ["KMS_GUARD_MODE", "Enforce", "is `Enforce`, not monitor or enforce"],
    ["KMS_GUARD_CONTAIN_AT", "none", "is `none`, not full or near-full"],
    ["KMS_GUARD_AWS_MANAGED", "", "is not set"],
    ["KMS_GUARD_MAX_ATTACHMENTS", "0", "is `0`, not a whole number above 0"],
    ["KMS_GUARD_MAX_ATTACHMENTS", "1e3", "is `1e3`, not a whole number above 0"],
    ["KMS_GUARD_MAX_ATTACHMENTS", "-1", "is `-1`, not a whole number above 0"],
  ])("%s=%s", (name, value, problem) => {
    expect(() => readEnvironment({ ...VARIABLES, [name]: value })).toThrow(
      `environment variable ${name} ${problem}`,
    );
  });
});

test("more than Lambda has room for is refused before it is deployed", () => {
  const many = Array.from({ length: 100 }, (_, index) => `role/${"Engineer".repeat(5)}${100 + index}`);
  expect(() => toEnvironment(defineGuardConfig({ protectedPrincipals: many }), DEPLOYED)).toThrow(
    /^guard\.config\.ts: `protectedPrincipals` makes \d+ bytes of environment variables and Lambda has room for 3500/,
  );
  const few = many.slice(0, 50);
  expect(() => toEnvironment(defineGuardConfig({ protectedPrincipals: few }), DEPLOYED)).not.toThrow();
});

describe("the topic that Amazon Q listens to", () => {
  const chatTopicArn = "arn:aws:sns:us-east-1:111122223333:Chat";

  test("is told to the function that tells Amazon Q", () => {
    expect(chatEnvironment(chatTopicArn)).toEqual({ KMS_GUARD_CHAT_TOPIC_ARN: chatTopicArn });
    expect(readChatTopic(chatEnvironment(chatTopicArn))).toBe(chatTopicArn);
  });

  test("is not guessed where it is missing", () => {
    expect(() => readChatTopic({})).toThrow("environment variable KMS_GUARD_CHAT_TOPIC_ARN is not set");
  });
});

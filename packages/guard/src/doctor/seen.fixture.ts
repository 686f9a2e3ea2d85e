import { eventPattern } from "@kms-guard/core/events/rule-pattern.ts";
import type { Observed } from "./diagnosis.ts";
import type { GuardDeployment, Observations, Role, Table, Trail } from "./observations.ts";

/** For tests: a deployed guard as it is seen when nothing is wrong with it. */

export function read<T>(value: T): Observed<T> {
  return { kind: "read", value };
}

export const DEPLOYMENT: GuardDeployment = {
  stage: "prod",
  mode: "enforce",
  account: "111122223333",
  partition: "aws",
  region: "us-east-1",
  ruleName: "kms-guard-prod-iam-events",
  functionName: "kms-guard-prod-guard",
  sweepName: "kms-guard-prod-sweep",
  slackName: "kms-guard-prod-notify-slack",
  topicArn: "arn:aws:sns:us-east-1:111122223333:kms-guard-prod-Alerts",
  tableName: "kms-guard-prod-Findings",
};

export const QUEUE_ARN = "arn:aws:sqs:us-east-1:111122223333:kms-guard-prod-DeadLetters";
export const RULE_ARN = "arn:aws:events:us-east-1:111122223333:rule/kms-guard-prod-iam-events";

export const TRAIL: Trail = {
  name: "everything",
  arn: "arn:aws:cloudtrail:us-east-1:111122223333:trail/everything",
  homeRegion: "us-east-1",
  isMultiRegion: true,
  includesGlobalEvents: true,
  isLogging: read(true),
  selectors: read({ basic: [{ managementEvents: true, readWriteType: "All" }], advanced: [] }),
};

export const INVOKERS = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: "arn:aws:lambda:us-east-1:111122223333:function:kms-guard-prod-guard",
      Condition: { ArnLike: { "AWS:SourceArn": RULE_ARN } },
    },
  ],
};

export const FUNCTION = {
  state: "Active",
  lastUpdate: "Successful",
  mode: "enforce",
  deadLettersArn: QUEUE_ARN,
};

export const ROLE: Role = {
  arn: "arn:aws:iam::111122223333:role/kms-guard-prod-guard",
  expected: ["Allow iam:GetUser on *", "Deny iam:DetachRolePolicy on *", "Allow sns:Publish on *"],
  granted: ["Allow sns:Publish on *", "Deny iam:DetachRolePolicy on *", "Allow iam:GetUser on *"],
  attached: [],
};

export const TABLE: Table = {
  status: "ACTIVE",
  hasDeletionProtection: true,
  hasPointInTimeRecovery: read(true),
};

export const WELL: Observations = {
  deployment: DEPLOYMENT,
  trails: read([TRAIL]),
  rule: read({ arn: RULE_ARN, state: "ENABLED", pattern: JSON.stringify(eventPattern()) }),
  targets: read([
    {
      arn: "arn:aws:lambda:us-east-1:111122223333:function:kms-guard-prod-guard",
      deadLettersArn: QUEUE_ARN,
    },
  ]),
  invokers: read(JSON.stringify(INVOKERS)),
  deadLetters: read({ url: "https://sqs/111122223333/kms-guard-prod-DeadLetters", messages: 0 }),
  functions: [
    { name: "kms-guard-prod-guard", state: read(FUNCTION) },
    { name: "kms-guard-prod-sweep", state: read(FUNCTION) },
  ],
  roles: [{ name: "kms-guard-prod-guard", state: read(ROLE) }],
  alarms: read([{ name: "kms-guard-prod-dead-letters", state: "OK", reason: "", notifies: true }]),
  subscriptions: read([
    {
      protocol: "email",
      endpoint: "security@example.com",
      arn: "arn:aws:sns:us-east-1:111122223333:kms-guard-prod-Alerts:1",
    },
    {
      protocol: "lambda",
      endpoint: "arn:aws:lambda:us-east-1:111122223333:function:kms-guard-prod-notify-slack",
      arn: "arn:aws:sns:us-east-1:111122223333:kms-guard-prod-Alerts:2",
    },
  ]),
  table: read(TABLE),
  lastEvent: read("2026-03-02T09:00:00Z"),
  lastSweep: read("2026-03-02T04:00:00Z"),
};

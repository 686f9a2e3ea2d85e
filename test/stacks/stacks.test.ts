import { defineGuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { readEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { type Rendered, renderStacks } from "@kms-guard/sandbox/render/render.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allOf, inputsOf, json } from "./resource-of.ts";

const WEBHOOK = "https://hooks.slack.com/services/T00000000/B00000000/notarealwebhook";
const QUEUE = "arn:aws:sqs:us-east-1:111122223333:kms-guard-production-DeadLettersQueue-bdvfbzta";
const TOPIC = "arn:aws:sns:us-east-1:111122223333:kms-guard-production-AlertsTopic-bdvfbzta";
const CHAT = "arn:aws:sns:us-east-1:111122223333:kms-guard-production-ChatTopic-bdvfbzta";
const TABLE = "kms-guard-production-FindingsTable-bdvfbzta";
const RULE = "arn:aws:events:us-east-1:111122223333:rule/kms-guard-production-iam-events";
const HISTORY_RULE = "arn:aws:events:us-east-1:111122223333:rule/kms-guard-production-history";

/** As a company has it, and as the repository comes. */
let production: Rendered;
let plain: Rendered;
beforeAll(async () => {
  const config = defineGuardConfig({
    mode: "enforce",
    emails: ["security@example.com", "oncall@example.com"],
    slack: true,
    amazonQ: true,
    concurrency: 5,
    historyRetentionDays: 3653,
    sweepSchedule: "cron(0 6 * * ? *)",
    protectedPrincipals: ["role/BreakGlass"],
  });
  [production, plain] = await Promise.all([
    renderStacks({ config, stage: "production", secrets: { SlackWebhookUrl: WEBHOOK } }),
    renderStacks({ config: defineGuardConfig({}), stage: "dev" }),
  ]);
});
afterAll(() => Promise.all([production.close(), plain.close()]));

describe.each(["Guard", "Sweep", "AlertsSubscriberSlackFunction", "AlertsSubscriberAmazonQFunction"])(
  "the function %s",
  (id) => {
    test("runs on Lambda's newest Node, on arm64, and logs JSON to its own log group", () => {
      const { runtime, architectures, loggingConfig, handler } = inputsOf(production, `${id}Function`);
      const { name, retentionInDays } = inputsOf(production, `${id}LogGroup`);
      expect({ runtime, architectures, handler }).toEqual({
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "bundle.handler",
      });
      expect(loggingConfig).toEqual({ logFormat: "JSON", logGroup: name });
      expect(retentionInDays).toBe(90);
    });

    test("tries a failed event twice more, and then hands it over", () => {
      expect(inputsOf(production, `${id}EventInvokeConfig`)).toMatchObject({
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: 21_600,
        destinationConfig: { onFailure: { destination: QUEUE } },
      });
    });
  },
);

test("concurrency is kept for the guard where the configuration says so, and shared where not", () => {
  expect(inputsOf(production, "GuardFunction").reservedConcurrentExecutions).toBe(5);
  expect(inputsOf(plain, "GuardFunction").reservedConcurrentExecutions).toBeUndefined();
});

test("the functions and the commands get the same description of the deployment", () => {
  const variables = (name: string) =>
    JSON.parse(JSON.stringify(inputsOf(production, name).environment)).variables;
  const { type, name, value } = inputsOf(production, "Deployment");
  expect({ type, name }).toEqual({ type: "String", name: "/kms-guard/production/deployment" });
  const told = readEnvironment(JSON.parse(String(value)));
  expect(told).toEqual({
    stage: "production",
    settings: {
      mode: "enforce",
      account: { id: "111122223333", partition: "aws" },
      region: "us-east-1",
      service: KMS,
      containAt: "near-full",
      awsManaged: "alert",
      protectedPrincipals: ["role/BreakGlass"],
      maxAttachments: 20,
      ownRoleArns: [
        "arn:aws:iam::111122223333:role/kms-guard-production-guard",
        "arn:aws:iam::111122223333:role/kms-guard-production-sweep",
        "arn:aws:iam::111122223333:role/kms-guard-production-sweep-schedule",
        "arn:aws:iam::111122223333:role/kms-guard-production-notify-slack",
        "arn:aws:iam::111122223333:role/kms-guard-production-notify-amazon-q",
      ],
      historyLogGroup: "/kms-guard/production/alerts",
    },
    tableName: TABLE,
    topicArn: TOPIC,
    eventBus: "default",
    historyLogGroup: "/kms-guard/production/alerts",
  });
  expect(readEnvironment(variables("GuardFunction"))).toEqual(told);
  expect(readEnvironment(variables("SweepFunction"))).toEqual(told);
});

test("IAM's events go from the default bus to the guard, patiently, and to the dead letters at last", () => {
  expect(inputsOf(production, "GuardRule")).toMatchObject({
    name: "kms-guard-production-iam-events",
    eventBusName: "default",
  });
  expect(inputsOf(production, "GuardTarget")).toEqual({
    rule: "kms-guard-production-iam-events",
    arn: "arn:aws:lambda:us-east-1:111122223333:function:kms-guard-production-guard",
    retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    deadLetterConfig: { arn: QUEUE },
  });
  expect(inputsOf(production, "GuardRulePermission")).toEqual({
    action: "lambda:InvokeFunction",
    function: "kms-guard-production-guard",
    principal: "events.amazonaws.com",
    sourceArn: RULE,
  });
});

test("dead letters are kept two weeks, encrypted, and taken from the two rules only", () => {
  expect(inputsOf(production, "DeadLettersQueue")).toMatchObject({
    messageRetentionSeconds: 1_209_600,
    sqsManagedSseEnabled: true,
    fifoQueue: false,
  });
  expect(json(inputsOf(production, "DeadLettersPolicy").policy)).toMatchObject({
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: QUEUE,
        Condition: { ArnEquals: { "aws:SourceArn": [RULE, HISTORY_RULE] } },
      },
    ],
  });
});

test("the findings table can be restored to any second, and not be deleted in production", () => {
  expect(inputsOf(production, "FindingsTable")).toMatchObject({
    hashKey: "pk",
    rangeKey: "sk",
    attributes: ["pk", "sk", "kind", "at"].map((name) => ({ name, type: "S" })),
    globalSecondaryIndexes: [
      {
        name: "byTime",
        hashKey: "kind",
        rangeKey: "at",
        projectionType: "INCLUDE",
        nonKeyAttributes: ["status"],
      },
    ],
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: true,
  });
  // It is the audit record: nothing in it expires.
  expect(inputsOf(production, "FindingsTable")).not.toHaveProperty("ttl");
  expect(inputsOf(plain, "FindingsTable")).toMatchObject({
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: false,
  });
});

test("findings and notices are kept in the alert history as long as the configuration says", () => {
  expect(inputsOf(production, "History")).toEqual({
    name: "/kms-guard/production/alerts",
    retentionInDays: 3653,
    deletionProtectionEnabled: true,
  });
  expect(inputsOf(plain, "History")).toEqual({
    name: "/kms-guard/dev/alerts",
    retentionInDays: 365,
    deletionProtectionEnabled: false,
  });
  const { eventBusName, eventPattern } = inputsOf(production, "HistoryRule");
  expect(eventBusName).toBe("default");
  expect(json(eventPattern)).toEqual({
    source: ["kms-guard"],
    "detail-type": ["KMS Guard Finding", "KMS Guard Notice"],
  });
  const logGroup = "arn:aws:logs:us-east-1:111122223333:log-group:/kms-guard/production/alerts";
  expect(inputsOf(production, "HistoryTarget")).toMatchObject({
    arn: logGroup,
    deadLetterConfig: { arn: QUEUE },
  });
  expect(json(inputsOf(production, "HistoryDelivery").policyDocument)).toMatchObject({
    Statement: [
      { Effect: "Allow", Action: "logs:CreateLogStream", Resource: `${logGroup}:*` },
      {
        Effect: "Allow",
        Action: "logs:PutLogEvents",
        Resource: `${logGroup}:*:*`,
        Condition: { ArnEquals: { "aws:SourceArn": HISTORY_RULE } },
      },
    ],
  });
});

test("people are subscribed by e-mail, and Slack where it is wanted", () => {
  const subscribed = (rendered: Rendered) =>
    allOf(rendered, "aws:sns/topicSubscription:TopicSubscription")
      .map(({ protocol, endpoint }) => [protocol, endpoint])
      .toSorted();
  expect(subscribed(production)).toEqual([
    ["email", "oncall@example.com"],
    ["email", "security@example.com"],
    ["lambda", "arn:aws:lambda:us-east-1:111122223333:function:kms-guard-production-notify-amazon-q"],
    ["lambda", "arn:aws:lambda:us-east-1:111122223333:function:kms-guard-production-notify-slack"],
  ]);
  expect(inputsOf(production, "AlertsSubscriberSlackPermission")).toMatchObject({
    principal: "sns.amazonaws.com",
    sourceArn: TOPIC,
  });
  expect(subscribed(plain)).toEqual([]);
});

test("Amazon Q has a topic of its own where it is wanted, which only its notifier may publish on", () => {
  expect(
    JSON.parse(JSON.stringify(inputsOf(production, "AlertsSubscriberAmazonQFunctionFunction").environment)),
  ).toMatchObject({ variables: { KMS_GUARD_CHAT_TOPIC_ARN: CHAT } });
  expect(json(inputsOf(production, "ChatPolicy").policy)).toMatchObject({
    Statement: [{ Effect: "Deny", Resource: CHAT, Condition: { Bool: { "aws:SecureTransport": "false" } } }],
  });
  expect(inputsOf(production, "AlertsSubscriberAmazonQPermission")).toMatchObject({ sourceArn: TOPIC });
  expect(allOf(plain, "aws:sns/topic:Topic")).toHaveLength(1);
});

test("nobody but alarms of the account may publish by the topic's own policy, and nobody unencrypted", () => {
  expect(json(inputsOf(production, "AlertsPolicy").policy)).toMatchObject({
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: TOPIC,
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:*" },
        },
      },
      { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ],
  });
});

test("the sweep runs on the configured schedule, and what cannot be started is a dead letter", () => {
  expect(inputsOf(production, "SweepScheduleSchedule")).toMatchObject({
    scheduleExpression: "cron(0 6 * * ? *)",
    state: "ENABLED",
    target: {
      arn: "arn:aws:lambda:us-east-1:111122223333:function:kms-guard-production-sweep",
      retryPolicy: { maximumRetryAttempts: 10 },
      deadLetterConfig: { arn: QUEUE },
    },
  });
  expect(inputsOf(plain, "SweepScheduleSchedule").scheduleExpression).toBe("rate(1 day)");
});

test("the Slack webhook is in no input of any resource", () => {
  expect(JSON.stringify(production.resources)).not.toContain("hooks.slack.com");
  expect(JSON.stringify(production.outputs)).not.toContain("hooks.slack.com");
});

test("a deployment outputs where everything is and what comes next", () => {
  expect(production.outputs).toEqual({
    mode: "enforce",
    topic: TOPIC,
    chat: CHAT,
    table: TABLE,
    history: "/kms-guard/production/alerts",
    dashboard:
      "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/kms-guard-production",
    next: "npx --no kms-guard doctor",
    _protect: true,
  });
});

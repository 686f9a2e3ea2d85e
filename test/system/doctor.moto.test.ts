import { CloudTrailClient, PutEventSelectorsCommand, StopLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import {
  DisableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  DeleteFunctionCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
} from "@aws-sdk/client-lambda";
import {
  DeleteTopicCommand,
  ListSubscriptionsByTopicCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { doctorPermissions } from "@kms-guard/adapters/deployment/permissions.ts";
import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TRUST } from "../moto/iam-seed.ts";
import { actAs, OperatedGuard } from "../moto/operated-guard.ts";
import { deployChat, deployWholeGuard, documentOf, NAMES, QUEUE_ARN } from "../moto/whole-guard.ts";

/**
 * The doctor as its user runs it, on a deployment that one thing is wrong with. A subscription that waits for its
 * confirmation is not among them: moto confirms all at once.
 */

const US = { region: "us-east-1" };

let moto: Moto;
let guard: OperatedGuard;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());
beforeEach(async () => {
  guard = await OperatedGuard.deploy(moto);
  await deployWholeGuard(moto, guard.environment, guard.clock.nowMs());
});
afterEach(() => guard.close());

interface Check {
  readonly check: string;
  readonly state: string;
  readonly seen: string;
}

async function checks(): Promise<{ readonly code: number; readonly all: readonly Check[] }> {
  const { code, out } = await guard.run(["doctor", "--output", "json"]);
  const all = memberOf(JSON.parse(out()), "checks");
  return { code, all: Array.isArray(all) ? all : [] };
}

async function wrong(): Promise<{ readonly code: number; readonly told: readonly string[] }> {
  const { code, all } = await checks();
  const told = all.filter(({ state }) => state !== "ok");
  return { code, told: told.map(({ check, state, seen }) => `${state} ${check}: ${seen}`) };
}

const dynamo = () => new DynamoDBClient(US);
const events = () => new EventBridgeClient(US);
const iam = () => new IAMClient(US);
const lambda = () => new LambdaClient(US);
const sns = () => new SNSClient(US);
const trail = () => new CloudTrailClient(US);

test("of a deployment that is well every check is ok", async () => {
  const { code, all } = await checks();
  expect(all.filter(({ state }) => state !== "ok")).toEqual([]);
  expect(
    all.map(({ check, seen }) => `${check}: ${seen.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/, "TIME")}`),
  ).toEqual([
    "region: us-east-1, where IAM's calls are recorded",
    "trail: everything is logging management events that write, of all regions",
    "rule: kms-guard-prod-iam-events is enabled, with the pattern of this version",
    "target: function kms-guard-prod-guard, with dead letters in kms-guard-prod-DeadLetters",
    "invocation: rule kms-guard-prod-iam-events may invoke kms-guard-prod-guard",
    "function: kms-guard-prod-guard is ready",
    "function: kms-guard-prod-sweep is ready",
    "permissions: kms-guard-prod-guard has what enforce mode needs, and no more",
    "boundary: none on kms-guard-prod-guard",
    "permissions: kms-guard-prod-sweep has what enforce mode needs, and no more",
    "boundary: none on kms-guard-prod-sweep",
    "dead letters: there are none",
    "table: kms-guard-prod-Findings has point-in-time recovery and deletion protection",
    "subscriptions: email security@example.com",
    "alarms: none of 1 alarm of stage prod is in ALARM",
    "last event: the last was within the hour from TIME",
    "last sweep: the last was at TIME",
  ]);
  expect(code).toBe(0);
});

describe("tells of one thing, and of nothing else:", () => {
  const RULE = { Name: NAMES.rule };
  const GUARD = { FunctionName: NAMES.guard };
  const ROLE = { RoleName: NAMES.guard };

  test.each<[string, () => Promise<unknown>, readonly string[]]>([
    [
      "a trail that is stopped",
      () => trail().send(new StopLoggingCommand({ Name: NAMES.trail })),
      ["fail trail: no trail records the calls on IAM: everything is stopped"],
    ],
    [
      "a trail of reads",
      () =>
        trail().send(
          new PutEventSelectorsCommand({
            TrailName: NAMES.trail,
            EventSelectors: [{ ReadWriteType: "ReadOnly", IncludeManagementEvents: true }],
          }),
        ),
      ["fail trail: no trail records the calls on IAM: everything records only management events that read"],
    ],
    [
      "a trail of data alone, by advanced selectors",
      () =>
        trail().send(
          new PutEventSelectorsCommand({
            TrailName: NAMES.trail,
            AdvancedEventSelectors: [{ FieldSelectors: [{ Field: "eventCategory", Equals: ["Data"] }] }],
          }),
        ),
      [
        "fail trail: no trail records the calls on IAM: everything does not record all management events that write",
      ],
    ],
    [
      "a rule that is disabled",
      () => events().send(new DisableRuleCommand(RULE)),
      ["fail rule: kms-guard-prod-iam-events is DISABLED: the guard gets no events"],
    ],
    [
      "a rule with another pattern",
      () => events().send(new PutRuleCommand({ ...RULE, EventPattern: '{"source":["aws.s3"]}' })),
      [
        expect.stringMatching(
          /^fail rule: kms-guard-prod-iam-events has another pattern than this version: /,
        ),
      ],
    ],
    [
      "a rule that nobody listens to",
      () => events().send(new RemoveTargetsCommand({ Rule: NAMES.rule, Ids: ["target"] })),
      ["fail target: function kms-guard-prod-guard is not a target of rule kms-guard-prod-iam-events"],
    ],
    [
      "a target without dead letters",
      () =>
        events().send(
          new PutTargetsCommand({
            Rule: NAMES.rule,
            Targets: [
              { Id: "target", Arn: "arn:aws:lambda:us-east-1:111122223333:function:kms-guard-prod-guard" },
            ],
          }),
        ),
      ["fail target: an event that EventBridge cannot deliver is lost: no dead-letter queue"],
    ],
    [
      "a function that the rule may not invoke",
      () => lambda().send(new RemovePermissionCommand({ ...GUARD, StatementId: "rule" })),
      ["fail invocation: rule kms-guard-prod-iam-events may not invoke kms-guard-prod-guard"],
    ],
    [
      "a function that may not run",
      () => lambda().send(new PutFunctionConcurrencyCommand({ ...GUARD, ReservedConcurrentExecutions: 0 })),
      ["fail function: kms-guard-prod-guard is kept from running: its reserved concurrency is 0"],
    ],
    [
      "a sweep that is not there",
      () => lambda().send(new DeleteFunctionCommand({ FunctionName: NAMES.sweep })),
      ["fail function: there is no function kms-guard-prod-sweep"],
    ],
    [
      "a role that can give itself anything",
      () =>
        iam().send(
          new PutRolePolicyCommand({
            ...{ ...ROLE, PolicyName: "more" },
            PolicyDocument:
              '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}',
          }),
        ),
      ["fail permissions: kms-guard-prod-guard also has Allow iam:* on *"],
    ],
    [
      "a role with a managed policy",
      () =>
        iam().send(
          new AttachRolePolicyCommand({ ...ROLE, PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
        ),
      [
        "fail permissions: kms-guard-prod-guard also has the managed policy arn:aws:iam::aws:policy/ReadOnlyAccess",
      ],
    ],
    [
      "a role in a boundary",
      () =>
        iam().send(
          new PutRolePermissionsBoundaryCommand({
            ...ROLE,
            PermissionsBoundary: "arn:aws:iam::aws:policy/ReadOnlyAccess",
          }),
        ),
      [
        "warning boundary: kms-guard-prod-guard has the boundary arn:aws:iam::aws:policy/ReadOnlyAccess, which has to allow all that the role does",
      ],
    ],
    [
      "a dead letter",
      async () => {
        const sqs = new SQSClient(US);
        const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: NAMES.queue }));
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));
      },
      ["fail dead letters: 1 event was not delivered or not handled"],
    ],
    [
      "a table without recovery",
      () =>
        dynamo().send(
          new UpdateContinuousBackupsCommand({
            TableName: "kms-guard-prod-Findings",
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
          }),
        ),
      [
        "warning table: kms-guard-prod-Findings has no point-in-time recovery: what is lost there cannot be restored",
      ],
    ],
    [
      "a table that can be deleted",
      () =>
        dynamo().send(
          new UpdateTableCommand({ TableName: "kms-guard-prod-Findings", DeletionProtectionEnabled: false }),
        ),
      ["warning table: kms-guard-prod-Findings has no deletion protection"],
    ],
    [
      "nobody who hears of it",
      async () => {
        const sns = new SNSClient(US);
        const TopicArn = "arn:aws:sns:us-east-1:111122223333:kms-guard-prod-Alerts";
        const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
        for (const { SubscriptionArn } of Subscriptions) {
          await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
        }
      },
      ["warning subscriptions: nobody subscribes to kms-guard-prod-Alerts: alerts are only in the history"],
    ],
    [
      "an alarm that rings",
      () =>
        new CloudWatchClient(US).send(
          new SetAlarmStateCommand({
            ...{ AlarmName: NAMES.alarm, StateValue: "ALARM", StateReason: "3 errors" },
          }),
        ),
      ["fail alarms: kms-guard-prod-guard-errors is in ALARM: 3 errors"],
    ],
    [
      "a sweep whose log is gone",
      () =>
        new CloudWatchLogsClient(US).send(
          new DeleteLogGroupCommand({ logGroupName: "/aws/lambda/kms-guard-prod-sweep" }),
        ),
      [
        expect.stringMatching(
          /^warning last sweep: unknown: logs:FilterLogEvents did not answer: ResourceNotFound/,
        ),
      ],
    ],
  ])("%s", async (_given, breakIt, told) => {
    await breakIt();
    const found = await wrong();
    expect(found.told).toEqual(told);
    expect(found.code).toBe(found.told[0]?.startsWith("fail") ? 1 : 0);
  });
});

describe("with Amazon Q", () => {
  const TopicArn = `arn:aws:sns:us-east-1:111122223333:${NAMES.chat}`;
  const chatLines = async () => {
    const { all } = await checks();
    const ours = all
      .filter(({ check }) => ["function", "subscriptions", "chat"].includes(check))
      .filter(({ check, seen }) => check === "chat" || seen.includes(NAMES.notifier));
    return ours.map(({ check, state, seen }) => `${state} ${check}: ${seen}`);
  };
  beforeEach(() => deployChat(guard.environment));

  test("its function and its topic are looked at, and who listens", async () => {
    const ready = [
      "ok function: kms-guard-prod-notify-amazon-q is ready",
      "ok subscriptions: email security@example.com, lambda kms-guard-prod-notify-amazon-q",
    ];
    expect(await chatLines()).toEqual([
      ...ready,
      "warning chat: no channel subscribes to kms-guard-prod-Chat, so Amazon Q shows nothing",
    ]);
    const Endpoint = "https://global.sns-api.chatbot.amazonaws.com";
    await sns().send(new SubscribeCommand({ TopicArn, Protocol: "https", Endpoint }));
    expect(await chatLines()).toEqual([
      ...ready,
      "ok chat: kms-guard-prod-notify-amazon-q passes alerts on to kms-guard-prod-Chat, of 1 subscriber",
    ]);
  });

  test.each([
    [
      "its topic is gone",
      () => sns().send(new DeleteTopicCommand({ TopicArn })),
      "fail chat: there is no topic kms-guard-prod-Chat, so Amazon Q gets no alerts",
    ],
    [
      "its function is gone",
      () => lambda().send(new DeleteFunctionCommand({ FunctionName: NAMES.notifier })),
      "fail chat: kms-guard-prod-notify-amazon-q names no topic, so Amazon Q gets no alerts",
    ],
  ])("that %s is a failure", async (_, breakIt, line) => {
    await breakIt();
    expect(await chatLines()).toContain(line);
  });
});

test("the rights that are documented are enough", async () => {
  const RoleName = "Doctor";
  const permissions = doctorPermissions({
    ...{ partition: "aws", account: "111122223333", region: "us-east-1", prefix: "kms-guard-prod-" },
    tableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/kms-guard-prod-Findings",
    topicArn: "arn:aws:sns:us-east-1:111122223333:kms-guard-prod-Alerts",
    ownRoleArns: ["arn:aws:iam::111122223333:role/kms-guard-prod-*"],
    deadLettersArn: QUEUE_ARN,
  });
  await iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  // moto takes every call's resource for `*`, so that only actions can be held against it.
  const PolicyDocument = documentOf(permissions.map((held) => ({ ...held, resources: ["*"] })));
  await iam().send(new PutRolePolicyCommand({ RoleName, PolicyName: "doctor", PolicyDocument }));
  actAs(await moto.assumeRole(RoleName));
  await moto.enforcePermissions();
  const { told } = await wrong();
  // While moto enforces, it takes nothing that comes in CloudWatch's JSON for allowed.
  expect(told.filter((line) => !line.includes(" cloudwatch:"))).toEqual([]);
});

test.each([
  ["cloudtrail", "DescribeTrails", "fail trail: unknown: "],
  ["cloudtrail", "GetTrailStatus", "fail trail: unknown: everything cannot be read: "],
  ["cloudtrail", "GetEventSelectors", "fail trail: unknown: everything cannot be read: "],
  ["events", "DescribeRule", "fail rule: unknown: "],
  ["events", "ListTargetsByRule", "fail target: unknown: "],
  ["sqs", "GetQueueUrl", "fail dead letters: unknown: "],
  ["sqs", "GetQueueAttributes", "fail dead letters: unknown: "],
  ["sns", "ListSubscriptionsByTopic", "fail subscriptions: unknown: "],
  ["dynamodb", "DescribeTable", "fail table: unknown: "],
  ["dynamodb", "DescribeContinuousBackups", "fail table: unknown: "],
  ["cloudwatch", "DescribeAlarms", "fail alarms: unknown: "],
  ["cloudwatch", "GetMetricStatistics", "warning last event: unknown: "],
  ["logs", "FilterLogEvents", "warning last sweep: unknown: "],
])("without %s:%s one line names it, and the rest is looked at", async (service, denied, line) => {
  const signedAs = service === "cloudwatch" ? "monitoring" : service;
  await guard.refusing((call) =>
    call.service === signedAs && call.action === denied
      ? { status: 400, code: "AccessDeniedException", message: "not you" }
      : undefined,
  );
  const { code, told } = await wrong();
  expect(told).toEqual([`${line}these credentials may not call ${service}:${denied}`]);
  expect(code).toBe(line.startsWith("fail") ? 1 : 0);
});

test("without iam:GetRolePolicy both roles are unknown", async () => {
  await guard.refusing(({ action }) =>
    action === "GetRolePolicy" ? { status: 403, code: "AccessDenied", message: "not you" } : undefined,
  );
  const line = "fail permissions: unknown: these credentials may not call iam:GetRolePolicy";
  expect((await wrong()).told).toEqual([line, line]);
});

test("where nothing says which queue has the dead letters, neither it nor the roles are judged", async () => {
  await guard.refusing(({ service, action }) =>
    action === "ListTargetsByRule" || service === "lambda"
      ? { status: 403, code: "AccessDeniedException", message: "not you" }
      : undefined,
  );
  const unknown = (check: string, permission: string) =>
    `fail ${check}: unknown: these credentials may not call ${permission}`;
  expect((await wrong()).told).toEqual([
    unknown("target", "events:ListTargetsByRule"),
    unknown("invocation", "lambda:GetPolicy"),
    unknown("function", "lambda:GetFunctionConfiguration"),
    unknown("function", "lambda:GetFunctionConfiguration"),
    unknown("permissions", "events:ListTargetsByRule"),
    unknown("permissions", "events:ListTargetsByRule"),
    unknown("dead letters", "events:ListTargetsByRule"),
  ]);
});

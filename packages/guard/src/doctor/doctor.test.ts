import { eventPattern } from "@kms-guard/core/events/rule-pattern.ts";
import { describe, expect, test } from "vitest";
import type { Observed } from "./diagnosis.ts";
import { diagnose } from "./doctor.ts";
import { patternDifference } from "./event-path.ts";
import type { FieldSelector, GuardDeployment, Observations, Role, Trail } from "./observations.ts";
import {
  DEPLOYMENT,
  FUNCTION,
  INVOKERS,
  QUEUE_ARN,
  ROLE,
  RULE_ARN,
  read,
  TABLE,
  TRAIL,
  WELL,
} from "./seen.fixture.ts";
import { selectionProblem } from "./trail.ts";

const DENIED: Observed<never> = {
  kind: "unread",
  why: "these credentials may not call x:Read",
  permission: "x:Read",
};
const ANEW = "npx sst refresh --stage prod && npx sst deploy --stage prod";

/** What is not ok when only this is otherwise than in a guard that is well. */
function wrong(otherwise: Partial<Observations>) {
  return diagnose({ ...WELL, ...otherwise }).filter(({ state }) => state !== "ok");
}

const at = (deployment: Partial<GuardDeployment>) => ({ deployment: { ...DEPLOYMENT, ...deployment } });
const trail = (otherwise: Partial<Trail>) => ({ trails: read([{ ...TRAIL, ...otherwise }]) });
const guard = (otherwise: object) => ({
  functions: [{ name: "kms-guard-prod-guard", state: read({ ...FUNCTION, ...otherwise }) }],
});
const role = (otherwise: Partial<Role>) => ({
  roles: [{ name: "kms-guard-prod-guard", state: read({ ...ROLE, ...otherwise }) }],
});

test("of a guard that is well every check is ok, in the order of an event's way", () => {
  expect(wrong({})).toEqual([]);
  expect(diagnose(WELL).map(({ check }) => check)).toEqual([
    ...["region", "trail", "rule", "target", "invocation", "function", "function", "permissions", "boundary"],
    ...["dead letters", "table", "subscriptions", "slack", "alarms", "last event", "last sweep"],
  ]);
});

test.each<[string, Partial<Observations>, { check: string; state: string; seen: string; fix: string }]>([
  [
    "no rule",
    { rule: read(undefined) },
    { check: "rule", state: "fail", seen: "there is no rule kms-guard-prod-iam-events", fix: ANEW },
  ],
  [
    "a rule that is disabled",
    { rule: read({ arn: RULE_ARN, state: "DISABLED", pattern: JSON.stringify(eventPattern()) }) },
    {
      check: "rule",
      state: "fail",
      seen: "kms-guard-prod-iam-events is DISABLED: the guard gets no events",
      fix: "aws events enable-rule --name kms-guard-prod-iam-events --region us-east-1",
    },
  ],
  [
    "a target without dead letters",
    { targets: read([{ arn: "arn:aws:lambda:us-east-1:111122223333:function:kms-guard-prod-guard" }]) },
    {
      check: "target",
      state: "fail",
      seen: "an event that EventBridge cannot deliver is lost: no dead-letter queue",
      fix: ANEW,
    },
  ],
  [
    "another function as the target",
    {
      targets: read([
        { arn: "arn:aws:lambda:us-east-1:111122223333:function:other", deadLettersArn: QUEUE_ARN },
      ]),
    },
    {
      check: "target",
      state: "fail",
      seen: "function kms-guard-prod-guard is not a target of rule kms-guard-prod-iam-events",
      fix: ANEW,
    },
  ],
  [
    "a dead letter",
    { deadLetters: read({ url: "https://sqs/q", messages: 1 }) },
    {
      check: "dead letters",
      state: "fail",
      seen: "1 event was not delivered or not handled",
      fix: "look: aws sqs receive-message --queue-url https://sqs/q --region us-east-1; make up for it: aws lambda invoke --function-name kms-guard-prod-sweep --region us-east-1 /dev/stdout; then: aws sqs purge-queue --queue-url https://sqs/q --region us-east-1",
    },
  ],
  [
    "no dead-letter queue",
    { deadLetters: read(undefined) },
    {
      check: "dead letters",
      state: "fail",
      seen: "the dead-letter queue of the rule is not there",
      fix: ANEW,
    },
  ],
  [
    "a function that is not there",
    { functions: [{ name: "kms-guard-prod-guard", state: read(undefined) }] },
    { check: "function", state: "fail", seen: "there is no function kms-guard-prod-guard", fix: ANEW },
  ],
  [
    "a function that cannot start",
    guard({ state: "Failed", stateReason: "its role cannot be assumed" }),
    {
      check: "function",
      state: "fail",
      seen: "kms-guard-prod-guard cannot run: its role cannot be assumed",
      fix: ANEW,
    },
  ],
  [
    "a function with no concurrency",
    guard({ reservedConcurrency: 0 }),
    {
      check: "function",
      state: "fail",
      seen: "kms-guard-prod-guard is kept from running: its reserved concurrency is 0",
      fix: "aws lambda delete-function-concurrency --function-name kms-guard-prod-guard --region us-east-1",
    },
  ],
  [
    "a function in another mode",
    guard({ mode: "monitor" }),
    {
      check: "function",
      state: "fail",
      seen: "kms-guard-prod-guard is in monitor mode, and was deployed in enforce mode",
      fix: ANEW,
    },
  ],
  [
    "a function whose failures go nowhere",
    guard({ deadLettersArn: undefined }),
    {
      check: "function",
      state: "fail",
      seen: "an event that kms-guard-prod-guard gives up on is lost: no on-failure destination",
      fix: ANEW,
    },
  ],
  [
    "a function that is being deployed",
    guard({ lastUpdate: "InProgress" }),
    {
      check: "function",
      state: "warning",
      seen: "kms-guard-prod-guard is being deployed",
      fix: "wait a minute, then run it again",
    },
  ],
  [
    "a role that lacks something",
    role({ granted: ["Deny iam:DetachRolePolicy on *", "Allow sns:Publish on *"] }),
    {
      check: "permissions",
      state: "fail",
      seen: "kms-guard-prod-guard lacks Allow iam:GetUser on *",
      fix: ANEW,
    },
  ],
  [
    "a role that has more",
    role({
      granted: [...ROLE.granted, "Allow iam:AttachRolePolicy on *"],
      attached: ["arn:aws:iam::aws:policy/AdministratorAccess"],
    }),
    {
      check: "permissions",
      state: "fail",
      seen: "kms-guard-prod-guard also has Allow iam:AttachRolePolicy on *, the managed policy arn:aws:iam::aws:policy/AdministratorAccess",
      fix: ANEW,
    },
  ],
  [
    "a boundary",
    role({ boundaryArn: "arn:aws:iam::111122223333:policy/Fence" }),
    {
      check: "boundary",
      state: "warning",
      seen: "kms-guard-prod-guard has the boundary arn:aws:iam::111122223333:policy/Fence, which has to allow all that the role does",
      fix: "aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::111122223333:role/kms-guard-prod-guard --action-names iam:GetUser sns:Publish --query \"EvaluationResults[?EvalDecision!='allowed'].EvalActionName\"",
    },
  ],
  [
    "a table without recovery",
    { table: read({ ...TABLE, hasPointInTimeRecovery: read(false) }) },
    {
      check: "table",
      state: "warning",
      seen: "kms-guard-prod-Findings has no point-in-time recovery: what is lost there cannot be restored",
      fix: "aws dynamodb update-continuous-backups --table-name kms-guard-prod-Findings --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true --region us-east-1",
    },
  ],
  [
    "a table that anybody can delete",
    { table: read({ ...TABLE, hasDeletionProtection: false }) },
    {
      check: "table",
      state: "warning",
      seen: "kms-guard-prod-Findings has no deletion protection",
      fix: "aws dynamodb update-table --table-name kms-guard-prod-Findings --deletion-protection-enabled --region us-east-1",
    },
  ],
  [
    "no table",
    { table: read(undefined) },
    {
      check: "table",
      state: "fail",
      seen: "there is no table kms-guard-prod-Findings: nothing can be contained or restored",
      fix: ANEW,
    },
  ],
  [
    "an alarm that rings",
    {
      alarms: read([
        { name: "kms-guard-prod-guard-errors", state: "ALARM", reason: "3 > 0", notifies: true },
        { name: "kms-guard-prod-no-sweep", state: "OK", reason: "", notifies: true },
      ]),
    },
    {
      check: "alarms",
      state: "fail",
      seen: "kms-guard-prod-guard-errors is in ALARM: 3 > 0",
      fix: "aws cloudwatch describe-alarm-history --alarm-name kms-guard-prod-guard-errors --region us-east-1",
    },
  ],
  [
    "an alarm that tells nobody",
    { alarms: read([{ name: "kms-guard-prod-no-sweep", state: "OK", reason: "", notifies: false }]) },
    {
      check: "alarms",
      state: "warning",
      seen: "kms-guard-prod-no-sweep would notify nobody: their actions are disabled",
      fix: "aws cloudwatch enable-alarm-actions --alarm-names kms-guard-prod-no-sweep --region us-east-1",
    },
  ],
  [
    "an alarm with a name that a shell would obey",
    { alarms: read([{ name: "kms-guard-prod-'; x", state: "ALARM", reason: "3 > 0", notifies: true }]) },
    {
      check: "alarms",
      state: "fail",
      seen: "kms-guard-prod-'; x is in ALARM: 3 > 0",
      fix: "aws cloudwatch describe-alarm-history --alarm-name 'kms-guard-prod-'\\''; x' --region us-east-1",
    },
  ],
  [
    "no alarms",
    { alarms: read([]) },
    {
      check: "alarms",
      state: "warning",
      seen: "there is none: nobody is notified when the guard fails",
      fix: ANEW,
    },
  ],
  [
    "no event for two weeks",
    { lastEvent: read(undefined) },
    {
      check: "last event",
      state: "warning",
      seen: "unknown: none in the last 14 days",
      fix: "npx --no kms-guard drill",
    },
  ],
  [
    "sweeps that may not be looked for",
    { lastSweep: DENIED },
    {
      check: "last sweep",
      state: "warning",
      seen: "unknown: these credentials may not call x:Read",
      fix: "run it with credentials that may call x:Read",
    },
  ],
])("tells of %s, and of nothing else", (_given, otherwise, expected) => {
  expect(wrong(otherwise)).toEqual([expected]);
});

test.each([
  [{ region: "eu-central-1" }, "eu-central-1", "aws", "us-east-1"],
  [{ partition: "aws-cn" }, "us-east-1", "aws-cn", "cn-north-1"],
])("fails in a region without IAM's calls: %j", (deployment, region, partition, home) => {
  expect(wrong(at(deployment))).toContainEqual({
    check: "region",
    state: "fail",
    seen: `${region}, where no call on IAM is recorded: in partition ${partition} that is ${home}`,
    fix: `AWS_REGION=${home} npx sst deploy --stage prod`,
  });
});

test("what may not be read fails in its own line, with the permission that is missing, and nothing else does", () => {
  expect(wrong({ rule: DENIED, alarms: DENIED })).toEqual([
    {
      check: "rule",
      state: "fail",
      seen: "unknown: these credentials may not call x:Read",
      fix: "run it with credentials that may call x:Read",
    },
    {
      check: "alarms",
      state: "fail",
      seen: "unknown: these credentials may not call x:Read",
      fix: "run it with credentials that may call x:Read",
    },
  ]);
});

describe("subscriptions", () => {
  const [mail, slack] = [
    { protocol: "email", endpoint: "security@example.com", arn: "arn:1" },
    {
      protocol: "lambda",
      endpoint: "arn:aws:lambda:us-east-1:1:function:kms-guard-prod-notify-slack",
      arn: "arn:2",
    },
  ];

  test("name who has not confirmed", () => {
    const subscriptions = read([{ ...mail, arn: "PendingConfirmation" }, slack]);
    expect(wrong({ subscriptions })).toMatchObject([
      {
        check: "subscriptions",
        state: "warning",
        seen: "security@example.com has not confirmed the subscription, and gets nothing",
      },
    ]);
  });

  test("say that there are none, and that Slack is not among them", () => {
    expect(wrong({ subscriptions: read([{ ...mail, arn: "Deleted" }]) })).toMatchObject([
      { check: "subscriptions", state: "warning", seen: expect.stringContaining("nobody subscribes") },
      { check: "slack", state: "fail" },
    ]);
  });

  test("are named in one order, whatever AWS's is", () => {
    const sayings = [
      [mail, slack],
      [slack, mail],
    ].map((all) =>
      diagnose({ ...WELL, subscriptions: read(all) }).find(({ check }) => check === "subscriptions"),
    );
    expect(sayings.map((one) => one?.seen)).toEqual(
      Array(2).fill("email security@example.com, lambda kms-guard-prod-notify-slack"),
    );
  });

  test("need no Slack where it is not configured", () => {
    const { slackName: _, ...deployment } = DEPLOYMENT;
    expect(wrong({ deployment, subscriptions: read([mail]) })).toEqual([]);
  });
});

describe("a channel of Amazon Q", () => {
  const chatName = "kms-guard-prod-notify-amazon-q";
  const topicArn = "arn:aws:sns:us-east-1:111122223333:kms-guard-prod-Chat";
  const channel = {
    protocol: "https",
    endpoint: "https://global.sns-api.chatbot.amazonaws.com",
    arn: `${topicArn}:1`,
  };
  const notifier = {
    protocol: "lambda",
    endpoint: `arn:aws:lambda:us-east-1:111122223333:function:${chatName}`,
    arn: "arn:aws:sns:us-east-1:111122223333:kms-guard-prod-Alerts:3",
  };
  const slackAndMail = WELL.subscriptions.kind === "read" ? WELL.subscriptions.value : [];
  const deployed: Partial<Observations> = {
    ...at({ chatName }),
    subscriptions: read([...slackAndMail, notifier]),
  };

  test("is told, where its topic has it and is written to", () => {
    const seen = { ...WELL, ...deployed, chat: read({ topicArn, subscriptions: [channel] }) };
    expect(diagnose(seen).filter(({ check }) => check === "chat")).toEqual([
      {
        check: "chat",
        state: "ok",
        seen: `${chatName} passes alerts on to kms-guard-prod-Chat, of 1 subscriber`,
      },
    ]);
  });

  test.each<[string, Partial<Observations>, string, string, string]>([
    [
      "nobody subscribes",
      { chat: read({ topicArn, subscriptions: [{ ...channel, arn: "PendingConfirmation" }] }) },
      "warning",
      "no channel subscribes to kms-guard-prod-Chat, so Amazon Q shows nothing",
      "in the console of Amazon Q Developer in chat applications: Configured clients, the channel, SNS topics, add kms-guard-prod-Chat of us-east-1",
    ],
    [
      "the topic is gone",
      { chat: read({ topicArn }) },
      "fail",
      "there is no topic kms-guard-prod-Chat, so Amazon Q gets no alerts",
      ANEW,
    ],
    [
      "the function is gone, or names no topic",
      { chat: read(undefined) },
      "fail",
      `${chatName} names no topic, so Amazon Q gets no alerts`,
      ANEW,
    ],
    [
      "the alerts do not go to the function",
      { chat: read({ topicArn, subscriptions: [channel] }), subscriptions: read(slackAndMail) },
      "fail",
      `${chatName} does not subscribe to the alerts, so Amazon Q gets no alerts`,
      ANEW,
    ],
  ])("is not told where %s", (_, otherwise, state, seen, fix) => {
    expect(wrong({ ...deployed, ...otherwise })).toEqual([{ check: "chat", state, seen, fix }]);
  });

  test("is unknown where its topic cannot be read", () => {
    expect(wrong({ ...deployed, chat: DENIED })).toMatchObject([
      { check: "chat", state: "fail", seen: "unknown: these credentials may not call x:Read" },
    ]);
  });
});

describe("the function's resource policy", () => {
  const [statement] = INVOKERS.Statement;
  test.each([
    ["is not there", undefined],
    ["is no JSON", "{"],
    ["is another rule's", { ...statement, Condition: { ArnLike: { "AWS:SourceArn": `${RULE_ARN}2` } } }],
    ["is another service's", { ...statement, Principal: { Service: "s3.amazonaws.com" } }],
    ["is a Deny", { ...statement, Effect: "Deny" }],
    ["allows another action", { ...statement, Action: "lambda:GetFunction" }],
  ])("lets no event in where it %s", (_why, given) => {
    const policy = typeof given === "object" ? JSON.stringify({ Statement: [given] }) : given;
    expect(wrong({ invokers: read(policy) })).toMatchObject([
      {
        check: "invocation",
        state: "fail",
        fix: `aws lambda add-permission --function-name kms-guard-prod-guard --statement-id iam-events --action lambda:InvokeFunction --principal events.amazonaws.com --source-arn ${RULE_ARN} --region us-east-1`,
      },
    ]);
  });
});

describe("a trail", () => {
  test.each<[string, Partial<Trail>, string, string]>([
    [
      "is stopped",
      { isLogging: read(false) },
      "no trail records the calls on IAM: everything is stopped",
      "aws cloudtrail start-logging --name arn:aws:cloudtrail:us-east-1:111122223333:trail/everything --region us-east-1",
    ],
    [
      "is of another region",
      { isMultiRegion: false, homeRegion: "eu-west-1" },
      "no trail records the calls on IAM: everything is of eu-west-1 only",
      "aws cloudtrail create-trail --name NAME --s3-bucket-name BUCKET --is-multi-region-trail --region us-east-1, then aws cloudtrail start-logging --name NAME --region us-east-1",
    ],
    [
      "leaves out global services",
      { includesGlobalEvents: false },
      "no trail records the calls on IAM: everything leaves out the events of global services",
      "aws cloudtrail update-trail --name arn:aws:cloudtrail:us-east-1:111122223333:trail/everything --include-global-service-events --region us-east-1",
    ],
    [
      "cannot be asked",
      { selectors: DENIED },
      "unknown: everything cannot be read: these credentials may not call x:Read",
      "run it with credentials that may call x:Read",
    ],
  ])("that %s is not enough", (_why, otherwise, seen, fix) => {
    expect(wrong(trail(otherwise))).toEqual([{ check: "trail", state: "fail", seen, fix }]);
  });

  test("is missing", () => {
    expect(wrong({ trails: read([]) })).toMatchObject([{ check: "trail", state: "fail" }]);
  });

  test("of this region alone is enough, and so is one of several", () => {
    expect(wrong(trail({ isMultiRegion: false }))).toEqual([]);
    expect(wrong({ trails: read([{ ...TRAIL, isLogging: DENIED }, TRAIL]) })).toEqual([]);
  });
});

describe("selectors", () => {
  const field = (name: string, of: Partial<FieldSelector>): FieldSelector => ({
    ...{ field: name, equals: [], notEquals: [], others: [] },
    ...of,
  });
  const management = field("eventCategory", { equals: ["Management"] });

  test.each([
    ["none, which is all management events", [], []],
    ["all", [{ managementEvents: true, readWriteType: "All" }], []],
    ["writes", [{ managementEvents: true, readWriteType: "WriteOnly" }], []],
    ["advanced", [], [[management]]],
    ["advanced, without KMS", [], [[management, field("eventSource", { notEquals: ["kms.amazonaws.com"] })]]],
    ["advanced, writes", [], [[management, field("readOnly", { equals: ["false"] })]]],
    ["data beside management", [], [[field("eventCategory", { equals: ["Data"] })], [management]]],
  ])("%s: take the calls that change IAM", (_which, basic, advanced) => {
    expect(selectionProblem({ basic, advanced })).toBeUndefined();
  });

  test.each([
    ["data only", [{ managementEvents: false, readWriteType: "All" }], []],
    ["reads", [{ managementEvents: true, readWriteType: "ReadOnly" }], []],
    ["advanced, data", [], [[field("eventCategory", { equals: ["Data"] })]]],
    ["advanced, reads", [], [[management, field("readOnly", { equals: ["true"] })]]],
    ["advanced, without IAM", [], [[management, field("eventSource", { notEquals: ["iam.amazonaws.com"] })]]],
    ["advanced, by another field", [], [[management, field("eventName", { equals: ["AttachUserPolicy"] })]]],
    ["advanced, by a prefix", [], [[management, field("eventSource", { others: ["StartsWith"] })]]],
  ])("%s: leave some out", (_which, basic, advanced) => {
    expect(selectionProblem({ basic, advanced })).toBeDefined();
  });
});

describe("a rule's pattern", () => {
  const pattern = eventPattern();

  test("is the same in another order", () => {
    const { detail, ...rest } = pattern;
    const turned = { detail: { ...detail, eventName: detail.eventName.toReversed() }, ...rest };
    expect(patternDifference(JSON.stringify(turned))).toBeUndefined();
  });

  test.each([
    ["no JSON", "{", "it is no JSON"],
    [
      "an older list of calls",
      {
        ...pattern,
        detail: {
          ...pattern.detail,
          eventName: pattern.detail.eventName.filter((name) => name !== "PutUserPolicy"),
        },
      },
      "without PutUserPolicy",
    ],
    [
      "a longer list of calls",
      { ...pattern, detail: { ...pattern.detail, eventName: [...pattern.detail.eventName, "CreateUser"] } },
      "also with CreateUser",
    ],
    ["another source", { ...pattern, source: ["aws.s3"] }, "it matches by other fields"],
    ["nothing of it", {}, /^without .*AttachUserPolicy/],
  ])("is another: %s", (_which, given, words) => {
    const difference = patternDifference(typeof given === "string" ? given : JSON.stringify(given));
    if (typeof words === "string") expect(difference).toBe(words);
    else expect(difference).toMatch(words);
  });
});

import { describe, expect, it, test } from "vitest";
import { readApiCall } from "./read-api-call.ts";

const TEAM = "arn:aws:iam::111122223333:policy/TeamX";
const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

const ATTACH = {
  userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/alice", accountId: "111122223333" },
  eventTime: "2026-03-02T09:01:00Z",
  eventSource: "iam.amazonaws.com",
  eventName: "AttachRolePolicy",
  awsRegion: "us-east-1",
  requestParameters: { roleName: "ingest", policyArn: TEAM } as unknown,
  responseElements: null as unknown,
  requestID: "r-1",
  eventID: "e-1",
  eventType: "AwsApiCall",
  recipientAccountId: "111122223333",
};

const PUT = {
  ...ATTACH,
  eventName: "PutRolePolicy",
  requestParameters: { roleName: "ingest", policyName: "keys", policyDocument: "{}" } as unknown,
};

const CREATE = {
  ...ATTACH,
  eventName: "CreatePolicy",
  requestParameters: { policyName: "TeamX", policyDocument: "{}" } as unknown,
  responseElements: { policy: { arn: TEAM, defaultVersionId: "v1" } } as unknown,
};

const EVENT = {
  version: "0",
  id: "not-the-event-id",
  "detail-type": "AWS API Call via CloudTrail",
  source: "aws.iam",
  account: "111122223333",
  time: "2026-03-02T09:01:03Z",
  region: "us-east-1",
  resources: [],
};

/** The record without one of its members. */
function without(member: string, record: object = ATTACH): object {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== member));
}

describe("request parameters that are not there", () => {
  const GONE: readonly [string, unknown][] = [
    ["null", null],
    ["empty", {}],
    ["the text null of an export", "null"],
    ["an empty text", ""],
    ["hidden", HIDDEN],
    ["omitted", { omitted: true, reason: "requestParameters too large", originalSize: 149893 }],
    ["omitted, as texts", { omitted: "true", reason: "requestParameters too large", originalSize: "149893" }],
  ];

  it.each(GONE)("%s: any policy of the account may be in scope", (_, requestParameters) => {
    expect(readApiCall({ ...PUT, requestParameters })).toMatchObject({
      kind: "api-call",
      call: { scope: { kind: "account" }, parametersOmitted: true },
    });
  });

  test("absent: any policy of the account may be in scope", () => {
    expect(readApiCall(without("requestParameters"))).toMatchObject({
      kind: "api-call",
      call: { scope: { kind: "account" }, parametersOmitted: true },
    });
  });

  it.each(GONE)("%s: CreatePolicy still has the ARN in its answer", (_, requestParameters) => {
    const reading = readApiCall({ ...CREATE, requestParameters });
    expect(reading).toMatchObject({
      kind: "api-call",
      call: {
        scope: { kind: "managed-policy", policyArn: TEAM, versionId: "v1", isDefault: true },
        parametersOmitted: true,
      },
    });
    expect(reading).not.toHaveProperty("call.document");
  });

  test("what is left beside the mark of omission is used", () => {
    const requestParameters = { omitted: true, roleName: "ingest", policyName: "keys" };
    expect(readApiCall({ ...PUT, requestParameters })).toMatchObject({
      kind: "api-call",
      call: {
        scope: { kind: "inline-policy", principal: { type: "role", name: "ingest" }, policyName: "keys" },
        parametersOmitted: true,
      },
    });
  });

  test("omitted parameters of a failed call are nothing to us", () => {
    const failed = { ...PUT, requestParameters: { omitted: true }, errorCode: "AccessDenied" };
    expect(readApiCall(failed)).toMatchObject({ kind: "not-ours" });
  });

  test("a policy created without an answer in the record may be any", () => {
    expect(readApiCall({ ...CREATE, responseElements: null })).toMatchObject({
      kind: "api-call",
      call: { scope: { kind: "account" }, document: "{}", parametersOmitted: false },
    });
  });
});

describe("hidden values", () => {
  test("a hidden role name: the whole account", () => {
    const requestParameters = { roleName: HIDDEN, policyName: "keys", policyDocument: "{}" };
    expect(readApiCall({ ...PUT, requestParameters })).toMatchObject({
      kind: "api-call",
      call: { scope: { kind: "account" } },
    });
  });

  test("a hidden document is none", () => {
    const requestParameters = { roleName: "ingest", policyName: "keys", policyDocument: HIDDEN };
    const reading = readApiCall({ ...PUT, requestParameters });
    expect(reading).toMatchObject({ kind: "api-call", call: { scope: { kind: "inline-policy" } } });
    expect(reading).not.toHaveProperty("call.document");
  });

  test("a document that is no text is none", () => {
    const requestParameters = { roleName: "ingest", policyName: "keys", policyDocument: { Statement: [] } };
    const reading = readApiCall({ ...PUT, requestParameters });
    expect(reading).toMatchObject({ kind: "api-call", call: { scope: { kind: "inline-policy" } } });
    expect(reading).not.toHaveProperty("call.document");
  });
});

describe("errorCode", () => {
  it.each([
    ["null", null],
    ["empty", ""],
    ["the text null of an export", "null"],
  ])("%s is success", (_, errorCode) => {
    expect(readApiCall({ ...ATTACH, errorCode })).toMatchObject({ kind: "api-call" });
  });

  it.each(["NoSuchEntityException", "AccessDenied", "Throttling"])("%s is failure", (errorCode) => {
    expect(readApiCall({ ...ATTACH, errorCode })).toMatchObject({
      kind: "not-ours",
      reason: `failed with \`${errorCode}\`: changed nothing`,
    });
  });
});

describe("parameters that cannot be", () => {
  it.each([
    [
      "a number",
      { roleName: 42, policyArn: TEAM },
      "requestParameters.roleName",
      "is a number, a name was expected",
    ],
    [
      "a list",
      { roleName: ["ingest"], policyArn: TEAM },
      "requestParameters.roleName",
      "is a list, a name was expected",
    ],
    ["empty", { roleName: "", policyArn: TEAM }, "requestParameters.roleName", "is ``, a name was expected"],
    ["missing", { policyArn: TEAM }, "requestParameters.roleName", "is missing, a name was expected"],
    [
      "null",
      { roleName: null, policyArn: TEAM },
      "requestParameters.roleName",
      "is null, a name was expected",
    ],
    [
      "control characters",
      { roleName: "a\u001b[2J", policyArn: TEAM },
      "requestParameters.roleName",
      "is `a\u001b[2J`, a name was expected",
    ],
    [
      "a policy's name for its ARN",
      { roleName: "ingest", policyArn: "TeamX" },
      "requestParameters.policyArn",
      "is `TeamX`, the ARN of an IAM policy was expected",
    ],
    [
      "an account that is none",
      { roleName: "ingest", policyArn: "arn:aws:iam::1:policy/TeamX" },
      "requestParameters.policyArn",
      "is `arn:aws:iam::1:policy/TeamX`, the ARN of an IAM policy was expected",
    ],
    [
      "another kind of ARN",
      { roleName: "ingest", policyArn: "arn:aws:iam::111122223333:role/TeamX" },
      "requestParameters.policyArn",
      "is `arn:aws:iam::111122223333:role/TeamX`, the ARN of an IAM policy was expected",
    ],
  ])("%s: malformed", (_, requestParameters, path, message) => {
    expect(readApiCall({ ...ATTACH, requestParameters })).toEqual({
      kind: "malformed",
      problems: [{ path, message }],
      eventId: "e-1",
      eventName: "AttachRolePolicy",
      eventTime: "2026-03-02T09:01:00Z",
    });
  });

  test("a list in place of the parameters: every needed one is missing", () => {
    expect(readApiCall({ ...ATTACH, requestParameters: ["ingest"] })).toMatchObject({
      kind: "malformed",
      problems: [{ path: "requestParameters.policyArn" }, { path: "requestParameters.roleName" }],
    });
  });

  test("a version id that is none", () => {
    const requestParameters = { policyArn: TEAM, versionId: "latest" };
    expect(readApiCall({ ...ATTACH, eventName: "SetDefaultPolicyVersion", requestParameters })).toMatchObject(
      {
        kind: "malformed",
        problems: [
          { path: "requestParameters.versionId", message: "is `latest`, a version id was expected" },
        ],
      },
    );
  });

  test("a value a megabyte long is cut in the message", () => {
    const requestParameters = { roleName: "ingest", policyArn: "x".repeat(1_000_000) };
    expect(readApiCall({ ...ATTACH, requestParameters })).toMatchObject({
      kind: "malformed",
      problems: [{ message: `is \`${"x".repeat(80)}…\`, the ARN of an IAM policy was expected` }],
    });
  });

  test("all problems are told at once", () => {
    const record = {
      eventSource: "iam.amazonaws.com",
      eventName: "AttachRolePolicy",
      eventTime: 5,
      requestParameters: { roleName: {} },
    };
    expect(readApiCall(record)).toEqual({
      kind: "malformed",
      problems: [
        { path: "eventID", message: "is missing, an id was expected" },
        { path: "eventTime", message: "is a number, a time was expected" },
        { path: "recipientAccountId", message: "is missing, an account id was expected" },
        { path: "requestParameters.policyArn", message: "is missing, the ARN of an IAM policy was expected" },
        { path: "requestParameters.roleName", message: "is an object, a name was expected" },
      ],
      eventName: "AttachRolePolicy",
    });
  });
});

describe("the record's own members", () => {
  test("without eventID the request's id and the call stand in", () => {
    expect(readApiCall(without("eventID"))).toMatchObject({ call: { eventId: "r-1:AttachRolePolicy" } });
  });

  test("without either there is nothing to know a copy by", () => {
    expect(readApiCall(without("requestID", without("eventID")))).toMatchObject({
      kind: "malformed",
      problems: [{ path: "eventID" }],
    });
  });

  it.each(["yesterday", "2026-13-45T99:00:00Z", "", 1772442060])("eventTime %s: malformed", (eventTime) => {
    expect(readApiCall({ ...ATTACH, eventTime })).toMatchObject({
      kind: "malformed",
      problems: [{ path: "eventTime" }],
    });
  });

  test("eventTime as a table export has it is understood", () => {
    expect(readApiCall({ ...ATTACH, eventTime: "2021-10-19 04:50:27" })).toMatchObject({
      call: { eventTime: "2021-10-19T04:50:27Z" },
    });
  });

  it.each(["AwsServiceEvent", "AwsConsoleAction"])("eventType %s is not ours", (eventType) => {
    expect(readApiCall({ ...ATTACH, eventType })).toMatchObject({
      kind: "not-ours",
      reason: `its eventType is \`${eventType}\`, not \`AwsApiCall\``,
    });
  });

  test("records of version 1.0 have no eventType", () => {
    expect(readApiCall(without("eventType"))).toMatchObject({ kind: "api-call" });
  });

  it.each(["GetPolicy", "CreateUser", "TagRole", "attachrolepolicy", "toString", "__proto__", ""])(
    "IAM's %s changes no access",
    (eventName) => {
      expect(readApiCall({ ...ATTACH, eventName })).toMatchObject({
        kind: "not-ours",
        reason: "not a call that changes access",
      });
    },
  );

  it.each([[undefined], [null], [7], [["AttachRolePolicy"]]])(
    "IAM's call named %s: malformed",
    (eventName) => {
      expect(readApiCall({ ...ATTACH, eventName })).toMatchObject({
        kind: "malformed",
        problems: [{ path: "eventName" }],
      });
    },
  );

  test("another service's call that is not in the table is told shortly", () => {
    expect(readApiCall({ ...ATTACH, eventSource: "s3.amazonaws.com", eventName: "PutObject" })).toEqual({
      kind: "not-ours",
      reason: "another service's call",
      eventId: "e-1",
      eventName: "PutObject",
      eventTime: "2026-03-02T09:01:00Z",
    });
  });
});

describe("account", () => {
  test("the account that got the record comes first", () => {
    const userIdentity = { ...ATTACH.userIdentity, accountId: "444455556666" };
    expect(readApiCall({ ...ATTACH, userIdentity })).toMatchObject({ call: { account: "111122223333" } });
  });

  test("else the event's account", () => {
    const userIdentity = { ...ATTACH.userIdentity, accountId: "444455556666" };
    const detail = { ...without("recipientAccountId"), userIdentity };
    expect(readApiCall({ ...EVENT, detail })).toMatchObject({ call: { account: "111122223333" } });
  });

  test("else the caller's", () => {
    expect(readApiCall(without("recipientAccountId"))).toMatchObject({
      call: { account: "111122223333" },
    });
  });

  test("an event of one account about another is nothing AWS sends", () => {
    expect(readApiCall({ ...EVENT, account: "444455556666", detail: ATTACH })).toMatchObject({
      kind: "malformed",
      problems: [
        {
          path: "recipientAccountId",
          message: "is `111122223333`, but the event is from account `444455556666`",
        },
      ],
    });
  });
});

describe("partition and region", () => {
  const inChina = {
    roleName: "ingest",
    policyArn: "arn:aws-cn:iam::aws:policy/AdministratorAccess",
  };

  test("the policy's ARN names the partition", () => {
    expect(readApiCall({ ...ATTACH, awsRegion: "cn-north-1", requestParameters: inChina })).toMatchObject({
      call: { partition: "aws-cn", region: "cn-north-1" },
    });
  });

  test("else the caller's ARN does", () => {
    const userIdentity = { type: "IAMUser", arn: "arn:aws-us-gov:iam::111122223333:user/alice" };
    expect(readApiCall({ ...without("awsRegion", PUT), userIdentity })).toMatchObject({
      call: { partition: "aws-us-gov", region: "us-gov-west-1" },
    });
  });

  test("else the region does", () => {
    expect(readApiCall({ ...without("userIdentity", PUT), awsRegion: "eusc-de-east-1" })).toMatchObject({
      call: { partition: "aws-eusc", region: "eusc-de-east-1" },
    });
  });

  test("a record that tells neither has the event's region", () => {
    const detail = without("awsRegion", without("userIdentity", PUT));
    expect(readApiCall({ ...EVENT, region: "cn-north-1", detail })).toMatchObject({
      call: { partition: "aws-cn", region: "cn-north-1" },
    });
  });

  test("a record that tells nothing is of aws", () => {
    expect(readApiCall(without("awsRegion", without("userIdentity", PUT)))).toMatchObject({
      call: { partition: "aws", region: "us-east-1" },
    });
  });
});

describe("the event around the record", () => {
  it.each(["my.app", "aws.organizations", "AWS.IAM", "", null, 3])(
    "source %s: anyone could have sent it",
    (source) => {
      expect(readApiCall({ ...EVENT, source, detail: ATTACH })).toMatchObject({
        kind: "not-ours",
        eventId: "e-1",
      });
    },
  );

  test("a forged event is not ours even if it is unreadable as well", () => {
    const detail = { ...ATTACH, eventName: null, eventTime: null };
    expect(readApiCall({ ...EVENT, source: "my.app", detail })).toMatchObject({ kind: "not-ours" });
  });

  test("without a source it proves nothing", () => {
    expect(readApiCall(without("source", { ...EVENT, detail: ATTACH }))).toMatchObject({ kind: "not-ours" });
  });

  it.each([[null], ["text"], [[ATTACH]], [0]])("an event of IAM with the detail %j: malformed", (detail) => {
    expect(readApiCall({ ...EVENT, detail })).toMatchObject({
      kind: "malformed",
      problems: [{ path: "detail" }],
    });
  });

  test("an event of IAM without a detail: malformed", () => {
    expect(readApiCall(EVENT)).toEqual({
      kind: "malformed",
      problems: [{ path: "detail", message: "is missing, a CloudTrail record was expected" }],
    });
  });

  test("an event of IAM whose record names no service: malformed", () => {
    expect(readApiCall({ ...EVENT, detail: without("eventSource") })).toMatchObject({
      kind: "malformed",
      problems: [{ path: "eventSource" }],
    });
  });

  test("a record of an archive that names no service is not ours", () => {
    expect(readApiCall(without("eventSource"))).toEqual({
      kind: "not-ours",
      reason: "neither a CloudTrail record nor an EventBridge event",
    });
  });

  test("a record that a log store has given a source of its own is still a record", () => {
    expect(readApiCall({ ...ATTACH, source: "cloudtrail" })).toMatchObject({ kind: "api-call" });
  });

  it.each([
    [undefined, "not an event but nothing"],
    [null, "not an event but null"],
    [42, "not an event but a number"],
    ["AttachRolePolicy", "not an event but `AttachRolePolicy`"],
    [[ATTACH], "not an event but a list"],
    [{}, "neither a CloudTrail record nor an EventBridge event"],
  ])("%j is not ours", (event, reason) => {
    expect(readApiCall(event)).toEqual({ kind: "not-ours", reason });
  });
});

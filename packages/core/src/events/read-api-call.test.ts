import { describe, expect, it, test } from "vitest";
import type { Affected, Trigger } from "./api-call.ts";
import { TRIGGERS } from "./api-call-table.ts";
import { readTrigger } from "./read-api-call.ts";

const TEAM = "arn:aws:iam::111122223333:policy/team/TeamX";
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
const DOCUMENT = '{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}';

/** A record of a successful IAM call as CloudTrail writes it. */
function record(eventName: string, requestParameters: unknown, responseElements: unknown = null) {
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "IAMUser",
      arn: "arn:aws:iam::111122223333:user/alice",
      accountId: "111122223333",
      userName: "alice",
    },
    eventTime: "2026-03-02T09:01:00Z",
    eventSource: "iam.amazonaws.com",
    eventName,
    awsRegion: "us-east-1",
    sourceIPAddress: "198.51.100.17",
    userAgent: "aws-cli/2.31.4",
    requestParameters,
    responseElements,
    requestID: "r-1",
    eventID: "e-1",
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "111122223333",
    eventCategory: "Management",
  };
}

function envelope(detail: unknown) {
  return {
    version: "0",
    id: "not-the-event-id",
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.iam",
    account: "111122223333",
    time: "2026-03-02T09:01:03Z",
    region: "us-east-1",
    resources: [],
    detail,
  };
}

interface Call {
  readonly eventName: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly response?: unknown;
  readonly affected: Affected;
  readonly effect: Trigger["effect"];
  readonly document?: string;
}

const user = { type: "user", name: "carol" } as const;
const role = { type: "role", name: "ingest" } as const;
const group = { type: "group", name: "developers" } as const;
const inUser = { userName: "carol" };
const inRole = { roleName: "ingest" };
const inGroup = { groupName: "developers" };

const CALLS: readonly Call[] = [
  {
    eventName: "CreatePolicy",
    request: { policyName: "TeamX", path: "/team/", policyDocument: DOCUMENT },
    response: { policy: { arn: TEAM, policyName: "TeamX", defaultVersionId: "v1", attachmentCount: 0 } },
    affected: { kind: "managed-policy", policyArn: TEAM, versionId: "v1", isDefault: true },
    effect: "gives",
    document: DOCUMENT,
  },
  {
    eventName: "CreatePolicyVersion",
    request: { policyArn: TEAM, policyDocument: DOCUMENT, setAsDefault: true },
    response: { policyVersion: { versionId: "v4", isDefaultVersion: true } },
    affected: { kind: "managed-policy", policyArn: TEAM, versionId: "v4", isDefault: true },
    effect: "either",
    document: DOCUMENT,
  },
  {
    eventName: "SetDefaultPolicyVersion",
    request: { policyArn: TEAM, versionId: "v2" },
    affected: { kind: "managed-policy", policyArn: TEAM, versionId: "v2", isDefault: true },
    effect: "either",
  },
  {
    eventName: "DeletePolicyVersion",
    request: { policyArn: TEAM, versionId: "v1" },
    affected: { kind: "managed-policy", policyArn: TEAM },
    effect: "takes",
  },
  {
    eventName: "DeletePolicy",
    request: { policyArn: TEAM },
    affected: { kind: "managed-policy", policyArn: TEAM },
    effect: "takes",
  },
  {
    eventName: "AttachUserPolicy",
    request: { ...inUser, policyArn: ADMIN },
    affected: { kind: "attachment", policyArn: ADMIN, principal: user },
    effect: "gives",
  },
  {
    eventName: "AttachRolePolicy",
    request: { ...inRole, policyArn: ADMIN },
    affected: { kind: "attachment", policyArn: ADMIN, principal: role },
    effect: "gives",
  },
  {
    eventName: "AttachGroupPolicy",
    request: { ...inGroup, policyArn: TEAM },
    affected: { kind: "attachment", policyArn: TEAM, principal: group },
    effect: "gives",
  },
  {
    eventName: "DetachUserPolicy",
    request: { ...inUser, policyArn: TEAM },
    affected: { kind: "attachment", policyArn: TEAM, principal: user },
    effect: "either",
  },
  {
    eventName: "DetachRolePolicy",
    request: { ...inRole, policyArn: TEAM },
    affected: { kind: "attachment", policyArn: TEAM, principal: role },
    effect: "either",
  },
  {
    eventName: "DetachGroupPolicy",
    request: { ...inGroup, policyArn: TEAM },
    affected: { kind: "attachment", policyArn: TEAM, principal: group },
    effect: "either",
  },
  {
    eventName: "PutUserPolicy",
    request: { ...inUser, policyName: "keys", policyDocument: DOCUMENT },
    affected: { kind: "inline-policy", principal: user, policyName: "keys" },
    effect: "either",
    document: DOCUMENT,
  },
  {
    eventName: "PutRolePolicy",
    request: { ...inRole, policyName: "keys", policyDocument: DOCUMENT },
    affected: { kind: "inline-policy", principal: role, policyName: "keys" },
    effect: "either",
    document: DOCUMENT,
  },
  {
    eventName: "PutGroupPolicy",
    request: { ...inGroup, policyName: "keys", policyDocument: DOCUMENT },
    affected: { kind: "inline-policy", principal: group, policyName: "keys" },
    effect: "either",
    document: DOCUMENT,
  },
  {
    eventName: "DeleteUserPolicy",
    request: { ...inUser, policyName: "deny" },
    affected: { kind: "inline-policy", principal: user, policyName: "deny" },
    effect: "either",
  },
  {
    eventName: "DeleteRolePolicy",
    request: { ...inRole, policyName: "deny" },
    affected: { kind: "inline-policy", principal: role, policyName: "deny" },
    effect: "either",
  },
  {
    eventName: "DeleteGroupPolicy",
    request: { ...inGroup, policyName: "deny" },
    affected: { kind: "inline-policy", principal: group, policyName: "deny" },
    effect: "either",
  },
  {
    eventName: "AddUserToGroup",
    request: { ...inGroup, ...inUser },
    affected: { kind: "principal", principal: group },
    effect: "gives",
  },
  {
    eventName: "RemoveUserFromGroup",
    request: { ...inGroup, ...inUser },
    affected: { kind: "principal", principal: user },
    effect: "either",
  },
  {
    eventName: "UpdateUser",
    request: { userName: "carl", newUserName: "carol" },
    affected: { kind: "principal", principal: user },
    effect: "gives",
  },
  {
    eventName: "UpdateGroup",
    request: { groupName: "interns", newGroupName: "developers" },
    affected: { kind: "principal", principal: group },
    effect: "gives",
  },
  {
    eventName: "UpdateAssumeRolePolicy",
    request: { ...inRole, policyDocument: '{"Statement":{"Effect":"Allow","Principal":"*"}}' },
    affected: { kind: "principal", principal: role },
    effect: "gives",
  },
  {
    eventName: "PutUserPermissionsBoundary",
    request: { ...inUser, permissionsBoundary: ADMIN },
    affected: { kind: "principal", principal: user },
    effect: "either",
  },
  {
    eventName: "PutRolePermissionsBoundary",
    request: { ...inRole, permissionsBoundary: ADMIN },
    affected: { kind: "principal", principal: role },
    effect: "either",
  },
  {
    eventName: "DeleteUserPermissionsBoundary",
    request: inUser,
    affected: { kind: "principal", principal: user },
    effect: "gives",
  },
  {
    eventName: "DeleteRolePermissionsBoundary",
    request: inRole,
    affected: { kind: "principal", principal: role },
    effect: "gives",
  },
  {
    eventName: "AcceptDelegationRequest",
    request: { delegationRequestId: "dr-1" },
    affected: { kind: "account" },
    effect: "gives",
  },
  {
    eventName: "SendDelegationToken",
    request: { delegationRequestId: "dr-1" },
    affected: { kind: "account" },
    effect: "gives",
  },
];

test("every row of the table has its case here", () => {
  expect(CALLS.map((call) => call.eventName)).toEqual(TRIGGERS.map((row) => row.eventName));
});

describe.each(CALLS)("$eventName", ({ eventName, request, response = null, affected, effect, document }) => {
  const expected = {
    eventId: "e-1",
    eventName,
    eventTime: "2026-03-02T09:01:00Z",
    account: "111122223333",
    region: "us-east-1",
    partition: "aws",
    actor: {
      type: "IAMUser",
      arn: "arn:aws:iam::111122223333:user/alice",
      sourceIp: "198.51.100.17",
      userAgent: "aws-cli/2.31.4",
    },
    affected,
    effect,
    ...(document !== undefined && { document }),
    parametersOmitted: false,
  };

  it("is a trigger as a record of an archive", () => {
    expect(readTrigger(record(eventName, request, response))).toEqual({ kind: "trigger", trigger: expected });
  });

  it("is the same trigger as an EventBridge event", () => {
    expect(readTrigger(envelope(record(eventName, request, response)))).toEqual({
      kind: "trigger",
      trigger: expected,
    });
  });

  it("is not ours when it failed", () => {
    const failed = { ...record(eventName, request), errorCode: "AccessDenied", errorMessage: "no" };
    expect(readTrigger(failed)).toEqual({
      kind: "not-ours",
      reason: "failed with `AccessDenied`: changed nothing",
      eventId: "e-1",
      eventName,
      eventTime: "2026-03-02T09:01:00Z",
    });
  });

  it.each(["organizations.amazonaws.com", "iot.amazonaws.com"])("is not ours from %s", (eventSource) => {
    const reading = readTrigger({ ...record(eventName, request, response), eventSource });
    expect(reading).toMatchObject({
      kind: "not-ours",
      reason: `${eventName} of \`${eventSource}\`, not of IAM`,
    });
  });

  it("is a trigger for the whole account when CloudTrail left everything out", () => {
    const omitted = { omitted: true, reason: "requestParameters too large", originalSize: 149893 };
    expect(readTrigger(record(eventName, omitted))).toMatchObject({
      kind: "trigger",
      trigger: { eventName, affected: { kind: "account" }, effect, parametersOmitted: true },
    });
  });
});

describe("what a row cannot say in one record", () => {
  it("a version that is not made the default is affected as such", () => {
    const request = { policyArn: TEAM, policyDocument: DOCUMENT, setAsDefault: false };
    const response = { policyVersion: { versionId: "v4", isDefaultVersion: false } };
    expect(readTrigger(record("CreatePolicyVersion", request, response))).toMatchObject({
      trigger: { affected: { kind: "managed-policy", policyArn: TEAM, versionId: "v4", isDefault: false } },
    });
  });

  it("setAsDefault absent is false, as the answer says", () => {
    const response = { policyVersion: { versionId: "v4", isDefaultVersion: false } };
    expect(readTrigger(record("CreatePolicyVersion", { policyArn: TEAM }, response))).toMatchObject({
      trigger: { affected: { kind: "managed-policy", policyArn: TEAM, versionId: "v4", isDefault: false } },
    });
  });

  it("a user that only moves to another path keeps its name", () => {
    expect(readTrigger(record("UpdateUser", { userName: "carol", newPath: "/a/" }))).toMatchObject({
      trigger: { affected: { kind: "principal", principal: { type: "user", name: "carol" } } },
    });
  });

  it("a trust policy is no document to judge", () => {
    const reading = readTrigger(record("UpdateAssumeRolePolicy", { ...inRole, policyDocument: DOCUMENT }));
    expect(reading).toHaveProperty("trigger");
    expect(reading).not.toHaveProperty("trigger.document");
  });
});

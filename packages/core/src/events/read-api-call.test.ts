import { describe, expect, it, test } from "vitest";
import type { ApiCall, Scope } from "./api-call.ts";
import { API_CALLS } from "./api-call-table.ts";
import { readApiCall } from "./read-api-call.ts";

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
  readonly scope: Scope;
  readonly effect: ApiCall["effect"];
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
    scope: { kind: "managed-policy", policyArn: TEAM, versionId: "v1", isDefault: true },
    effect: "grants",
    document: DOCUMENT,
  },
  {
    eventName: "CreatePolicyVersion",
    request: { policyArn: TEAM, policyDocument: DOCUMENT, setAsDefault: true },
    response: { policyVersion: { versionId: "v4", isDefaultVersion: true } },
    scope: { kind: "managed-policy", policyArn: TEAM, versionId: "v4", isDefault: true },
    effect: "changes",
    document: DOCUMENT,
  },
  {
    eventName: "SetDefaultPolicyVersion",
    request: { policyArn: TEAM, versionId: "v2" },
    scope: { kind: "managed-policy", policyArn: TEAM, versionId: "v2", isDefault: true },
    effect: "changes",
  },
  {
    eventName: "DeletePolicyVersion",
    request: { policyArn: TEAM, versionId: "v1" },
    scope: { kind: "managed-policy", policyArn: TEAM },
    effect: "revokes",
  },
  {
    eventName: "DeletePolicy",
    request: { policyArn: TEAM },
    scope: { kind: "managed-policy", policyArn: TEAM },
    effect: "revokes",
  },
  {
    eventName: "AttachUserPolicy",
    request: { ...inUser, policyArn: ADMIN },
    scope: { kind: "attachment", policyArn: ADMIN, principal: user },
    effect: "grants",
  },
  {
    eventName: "AttachRolePolicy",
    request: { ...inRole, policyArn: ADMIN },
    scope: { kind: "attachment", policyArn: ADMIN, principal: role },
    effect: "grants",
  },
  {
    eventName: "AttachGroupPolicy",
    request: { ...inGroup, policyArn: TEAM },
    scope: { kind: "attachment", policyArn: TEAM, principal: group },
    effect: "grants",
  },
  {
    eventName: "DetachUserPolicy",
    request: { ...inUser, policyArn: TEAM },
    scope: { kind: "attachment", policyArn: TEAM, principal: user },
    effect: "changes",
  },
  {
    eventName: "DetachRolePolicy",
    request: { ...inRole, policyArn: TEAM },
    scope: { kind: "attachment", policyArn: TEAM, principal: role },
    effect: "changes",
  },
  {
    eventName: "DetachGroupPolicy",
    request: { ...inGroup, policyArn: TEAM },
    scope: { kind: "attachment", policyArn: TEAM, principal: group },
    effect: "changes",
  },
  {
    eventName: "PutUserPolicy",
    request: { ...inUser, policyName: "keys", policyDocument: DOCUMENT },
    scope: { kind: "inline-policy", principal: user, policyName: "keys" },
    effect: "changes",
    document: DOCUMENT,
  },
  {
    eventName: "PutRolePolicy",
    request: { ...inRole, policyName: "keys", policyDocument: DOCUMENT },
    scope: { kind: "inline-policy", principal: role, policyName: "keys" },
    effect: "changes",
    document: DOCUMENT,
  },
  {
    eventName: "PutGroupPolicy",
    request: { ...inGroup, policyName: "keys", policyDocument: DOCUMENT },
    scope: { kind: "inline-policy", principal: group, policyName: "keys" },
    effect: "changes",
    document: DOCUMENT,
  },
  {
    eventName: "DeleteUserPolicy",
    request: { ...inUser, policyName: "deny" },
    scope: { kind: "inline-policy", principal: user, policyName: "deny" },
    effect: "changes",
  },
  {
    eventName: "DeleteRolePolicy",
    request: { ...inRole, policyName: "deny" },
    scope: { kind: "inline-policy", principal: role, policyName: "deny" },
    effect: "changes",
  },
  {
    eventName: "DeleteGroupPolicy",
    request: { ...inGroup, policyName: "deny" },
    scope: { kind: "inline-policy", principal: group, policyName: "deny" },
    effect: "changes",
  },
  {
    eventName: "AddUserToGroup",
    request: { ...inGroup, ...inUser },
    scope: { kind: "principal", principal: group },
    effect: "grants",
  },
  {
    eventName: "RemoveUserFromGroup",
    request: { ...inGroup, ...inUser },
    scope: { kind: "principal", principal: user },
    effect: "changes",
  },
  {
    eventName: "UpdateUser",
    request: { userName: "carl", newUserName: "carol" },
    scope: { kind: "principal", principal: user },
    effect: "grants",
  },
  {
    eventName: "UpdateGroup",
    request: { groupName: "interns", newGroupName: "developers" },
    scope: { kind: "principal", principal: group },
    effect: "grants",
  },
  {
    eventName: "UpdateAssumeRolePolicy",
    request: { ...inRole, policyDocument: '{"Statement":{"Effect":"Allow","Principal":"*"}}' },
    scope: { kind: "principal", principal: role },
    effect: "grants",
  },
  {
    eventName: "PutUserPermissionsBoundary",
    request: { ...inUser, permissionsBoundary: ADMIN },
    scope: { kind: "principal", principal: user },
    effect: "changes",
  },
  {
    eventName: "PutRolePermissionsBoundary",
    request: { ...inRole, permissionsBoundary: ADMIN },
    scope: { kind: "principal", principal: role },
    effect: "changes",
  },
  {
    eventName: "DeleteUserPermissionsBoundary",
    request: inUser,
    scope: { kind: "principal", principal: user },
    effect: "grants",
  },
  {
    eventName: "DeleteRolePermissionsBoundary",
    request: inRole,
    scope: { kind: "principal", principal: role },
    effect: "grants",
  },
  {
    eventName: "AcceptDelegationRequest",
    request: { delegationRequestId: "dr-1" },
    scope: { kind: "account" },
    effect: "grants",
  },
  {
    eventName: "SendDelegationToken",
    request: { delegationRequestId: "dr-1" },
    scope: { kind: "account" },
    effect: "grants",
  },
];

test("every row of the table has its case here", () => {
  expect(CALLS.map((call) => call.eventName)).toEqual(API_CALLS.map((row) => row.eventName));
});

describe.each(CALLS)("$eventName", ({ eventName, request, response = null, scope, effect, document }) => {
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
    scope,
    effect,
    ...(document !== undefined && { document }),
    parametersOmitted: false,
  };

  it("is a trigger as a record of an archive", () => {
    expect(readApiCall(record(eventName, request, response))).toEqual({ kind: "api-call", call: expected });
  });

  it("is the same trigger as an EventBridge event", () => {
    expect(readApiCall(envelope(record(eventName, request, response)))).toEqual({
      kind: "api-call",
      call: expected,
    });
  });

  it("is not ours when it failed", () => {
    const failed = { ...record(eventName, request), errorCode: "AccessDenied", errorMessage: "no" };
    expect(readApiCall(failed)).toEqual({
      kind: "not-ours",
      reason: "failed with `AccessDenied`: changed nothing",
      eventId: "e-1",
      eventName,
      eventTime: "2026-03-02T09:01:00Z",
    });
  });

  it.each(["organizations.amazonaws.com", "iot.amazonaws.com"])("is not ours from %s", (eventSource) => {
    const reading = readApiCall({ ...record(eventName, request, response), eventSource });
    expect(reading).toMatchObject({
      kind: "not-ours",
      reason: `${eventName} of \`${eventSource}\`, not of IAM`,
    });
  });

  it("is a trigger for the whole account when CloudTrail left everything out", () => {
    const omitted = { omitted: true, reason: "requestParameters too large", originalSize: 149893 };
    expect(readApiCall(record(eventName, omitted))).toMatchObject({
      kind: "api-call",
      call: { eventName, scope: { kind: "account" }, effect, parametersOmitted: true },
    });
  });
});

describe("what a row cannot say in one record", () => {
  it("a version that is not made the default is read as such", () => {
    const request = { policyArn: TEAM, policyDocument: DOCUMENT, setAsDefault: false };
    const response = { policyVersion: { versionId: "v4", isDefaultVersion: false } };
    expect(readApiCall(record("CreatePolicyVersion", request, response))).toMatchObject({
      call: { scope: { kind: "managed-policy", policyArn: TEAM, versionId: "v4", isDefault: false } },
    });
  });

  it("setAsDefault absent is false, as the answer says", () => {
    const response = { policyVersion: { versionId: "v4", isDefaultVersion: false } };
    expect(readApiCall(record("CreatePolicyVersion", { policyArn: TEAM }, response))).toMatchObject({
      call: { scope: { kind: "managed-policy", policyArn: TEAM, versionId: "v4", isDefault: false } },
    });
  });

  it("a user that only moves to another path keeps its name", () => {
    expect(readApiCall(record("UpdateUser", { userName: "carol", newPath: "/a/" }))).toMatchObject({
      call: { scope: { kind: "principal", principal: { type: "user", name: "carol" } } },
    });
  });

  it("a trust policy is no document to judge", () => {
    const reading = readApiCall(record("UpdateAssumeRolePolicy", { ...inRole, policyDocument: DOCUMENT }));
    expect(reading).toHaveProperty("call");
    expect(reading).not.toHaveProperty("call.document");
  });
});

import { describe, expect, it, test } from "vitest";
import { cloudTrailRecord, isReadOnly } from "./record.ts";
import type { UserIdentity } from "./user-identity.ts";

const ALICE: UserIdentity = {
  type: "IAMUser",
  principalId: "AIDAEXAMPLEALICE",
  arn: "arn:aws:iam::111122223333:user/alice",
  accountId: "111122223333",
  accessKeyId: "AKIAEXAMPLE",
  userName: "alice",
};

function recordOf(form: Readonly<Record<string, string>>, body: string, status = 200) {
  return cloudTrailRecord(
    {
      form: new URLSearchParams({ ...form, Version: "2010-05-08" }),
      sourceIp: "127.0.0.1",
      userAgent: "aws-cli/2.31.4",
    },
    { status, body },
    {
      identity: ALICE,
      eventId: "e-1",
      calledAtMs: Date.UTC(2026, 10, 23, 21, 15, 21, 987),
      account: "111122223333",
      region: "us-east-1",
    },
  );
}

const VOID = "<R><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></R>";

test("a policy that was created is recorded with its text as it was sent, and its ARN from the answer", () => {
  const document = '{ "Version": "2012-10-17",\n  "Statement": [] }';
  const record = recordOf(
    {
      Action: "CreatePolicy",
      PolicyName: "Keys",
      PolicyDocument: document,
      "Tags.member.1.Key": "team",
      "Tags.member.1.Value": "x & y",
      "Tags.member.2.Key": "stage",
      "Tags.member.2.Value": "",
    },
    `<CreatePolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreatePolicyResult><Policy>
      <PolicyName>Keys</PolicyName><PolicyId>ANPAEXAMPLE</PolicyId><Arn>arn:aws:iam::111122223333:policy/Keys</Arn>
      <Path>/</Path><DefaultVersionId>v1</DefaultVersionId><AttachmentCount>0</AttachmentCount>
      <IsAttachable>true</IsAttachable><CreateDate>2026-11-23T21:15:21.551949Z</CreateDate><Description/>
      <Tags><member><Key>team</Key><Value>x &amp; y</Value></member></Tags>
    </Policy></CreatePolicyResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></CreatePolicyResponse>`,
  );
  expect(record).toEqual({
    eventVersion: "1.11",
    userIdentity: ALICE,
    eventTime: "2026-11-23T21:15:21Z",
    eventSource: "iam.amazonaws.com",
    eventName: "CreatePolicy",
    awsRegion: "us-east-1",
    sourceIPAddress: "127.0.0.1",
    userAgent: "aws-cli/2.31.4",
    requestParameters: {
      policyName: "Keys",
      policyDocument: document,
      tags: [
        { key: "team", value: "x & y" },
        { key: "stage", value: "" },
      ],
    },
    responseElements: {
      policy: {
        policyName: "Keys",
        policyId: "ANPAEXAMPLE",
        arn: "arn:aws:iam::111122223333:policy/Keys",
        path: "/",
        defaultVersionId: "v1",
        attachmentCount: 0,
        isAttachable: true,
        createDate: "Nov 23, 2026 9:15:21 PM",
        tags: [{ key: "team", value: "x & y" }],
      },
    },
    requestID: "r-1",
    eventID: "e-1",
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "111122223333",
    eventCategory: "Management",
  });
});

test("a version's answer has neither its text nor its policy", () => {
  const record = recordOf(
    {
      Action: "CreatePolicyVersion",
      PolicyArn: "arn:aws:iam::111122223333:policy/Keys",
      PolicyDocument: "{}",
      SetAsDefault: "true",
    },
    `<CreatePolicyVersionResponse><CreatePolicyVersionResult><PolicyVersion><Document>{}</Document>
      <VersionId>v2</VersionId><IsDefaultVersion>true</IsDefaultVersion><CreateDate>2026-03-02T09:02:00Z</CreateDate>
    </PolicyVersion></CreatePolicyVersionResult></CreatePolicyVersionResponse>`,
  );
  expect(record.requestParameters).toEqual({
    policyArn: "arn:aws:iam::111122223333:policy/Keys",
    policyDocument: "{}",
    setAsDefault: true,
  });
  expect(record.responseElements).toEqual({
    policyVersion: { versionId: "v2", isDefaultVersion: true, createDate: "Mar 2, 2026 9:02:00 AM" },
  });
});

test("a role's answer has its trust policy URL-encoded, the request as it was sent", () => {
  const record = recordOf(
    {
      Action: "CreateRole",
      RoleName: "ci",
      AssumeRolePolicyDocument: '{"Version":"2012-10-17"}',
      MaxSessionDuration: "7200",
    },
    `<CreateRoleResponse><CreateRoleResult><Role><RoleName>ci</RoleName><MaxSessionDuration>7200</MaxSessionDuration>
      <AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%7D</AssumeRolePolicyDocument><RoleLastUsed/>
    </Role></CreateRoleResult></CreateRoleResponse>`,
  );
  expect(record.requestParameters).toEqual({
    roleName: "ci",
    assumeRolePolicyDocument: '{"Version":"2012-10-17"}',
    maxSessionDuration: 7200,
  });
  expect(record.responseElements).toEqual({
    role: {
      roleName: "ci",
      maxSessionDuration: 7200,
      assumeRolePolicyDocument: "%7B%22Version%22%3A%222012-10-17%22%7D",
    },
  });
});

test("a call that answers nothing has null for an answer", () => {
  const record = recordOf({ Action: "AttachUserPolicy", UserName: "alice", PolicyArn: "arn:x" }, VOID);
  expect(record).toMatchObject({ responseElements: null, requestID: "r-1" });
  expect(record).not.toHaveProperty("errorCode");
});

test("secrets are in neither half", () => {
  const login = recordOf({ Action: "CreateLoginProfile", UserName: "alice", Password: "hunter2" }, VOID);
  const key = recordOf(
    { Action: "CreateAccessKey", UserName: "alice" },
    `<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><AccessKeyId>AKIAEXAMPLE</AccessKeyId>
      <SecretAccessKey>wJalr</SecretAccessKey></AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>`,
  );
  expect(login.requestParameters).toEqual({ userName: "alice" });
  expect(key.responseElements).toEqual({ accessKey: { accessKeyId: "AKIAEXAMPLE" } });
});

describe("a failed call", () => {
  it.each([
    ["NoSuchEntity", "NoSuchEntityException"],
    ["LimitExceeded", "LimitExceededException"],
    ["MalformedPolicyDocument", "MalformedPolicyDocumentException"],
    ["AccessDenied", "AccessDenied"],
    ["ValidationError", "ValidationError"],
  ])("%s is recorded as %s", (code, errorCode) => {
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no &lt;such&gt; thing</Message>
      </Error><RequestId>r-2</RequestId></ErrorResponse>`;
    const record = recordOf({ Action: "DeletePolicy", PolicyArn: "arn:x" }, body, 404);
    expect(record).toMatchObject({
      ...{ errorCode, errorMessage: "no <such> thing", responseElements: null, requestID: "r-2" },
      requestParameters: { policyArn: "arn:x" },
    });
  });

  it("of which moto says nothing readable is IAM's own failure", () => {
    expect(recordOf({ Action: "DeletePolicy" }, "<!doctype html>", 500)).toMatchObject({
      errorCode: "ServiceFailureException",
      requestID: "e-1",
    });
  });
});

describe("the 100 KB of request parameters", () => {
  const put = (length: number) =>
    recordOf({ Action: "PutUserPolicy", PolicyDocument: "x".repeat(length) }, VOID).requestParameters;

  it("all of them are left out where they are more", () => {
    expect(put(102_400)).toEqual({
      omitted: true,
      reason: "requestParameters too large",
      originalSize: 102_421,
    });
  });

  it("up to then they are there", () => {
    expect(put(102_379)).toHaveProperty("policyDocument");
  });
});

it.each([
  ["GetUser", true],
  ["ListPolicies", true],
  ["GenerateCredentialReport", true],
  ["CreatePolicy", false],
  ["DetachRolePolicy", false],
  ["TagRole", false],
])("%s is read-only: %s", (action, expected) => {
  expect(isReadOnly(action)).toBe(expected);
});

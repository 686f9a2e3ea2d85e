import { describe, expect, it, test } from "vitest";
import { readActor, readEventTime } from "./cloudtrail-record.ts";

describe("when it was", () => {
  it.each([
    ["2026-03-02T09:01:00Z", "2026-03-02T09:01:00Z"],
    ["2026-03-02T09:01:00.987Z", "2026-03-02T09:01:00Z"],
    ["2021-10-19 04:50:27", "2021-10-19T04:50:27Z"],
    ["2022-12-12 21:46:17.000000000", "2022-12-12T21:46:17Z"],
    ["2026-03-02T01:30:00+02:00", "2026-03-01T23:30:00Z"],
  ])("%s is %s", (text, time) => {
    expect(readEventTime(text)).toBe(time);
  });

  it.each([
    "",
    "null",
    "yesterday",
    "1772442060",
    "2026-03-02",
    "2026-13-01T00:00:00Z",
    "2026-03-02T25:00:00Z",
    "Mar 2, 2026 9:01:00 AM",
    "2026-03-02T09:01:00Z and more",
  ])("%j is no time", (text) => {
    expect(readEventTime(text)).toBeUndefined();
  });
});

describe("who called", () => {
  test("a user of IAM with a second factor", () => {
    const record = {
      userIdentity: {
        type: "IAMUser",
        arn: "arn:aws:iam::111122223333:user/alice",
        userName: "alice",
        sessionContext: { attributes: { mfaAuthenticated: "true" } },
      },
      sourceIPAddress: "198.51.100.17",
      userAgent: "aws-cli/2.31.4",
    };
    expect(readActor(record)).toEqual({
      type: "IAMUser",
      arn: "arn:aws:iam::111122223333:user/alice",
      sourceIp: "198.51.100.17",
      userAgent: "aws-cli/2.31.4",
      mfa: true,
    });
  });

  test("a session of a role: the role's ARN has its path, the session's has not", () => {
    const record = {
      userIdentity: {
        type: "AssumedRole",
        arn: "arn:aws:sts::111122223333:assumed-role/deployment/ci",
        sessionContext: {
          sessionIssuer: { type: "Role", arn: "arn:aws:iam::111122223333:role/teams/deployment" },
          attributes: { mfaAuthenticated: "false" },
        },
      },
      sourceIPAddress: "2001:db8::7",
    };
    expect(readActor(record)).toEqual({
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/deployment/ci",
      roleArn: "arn:aws:iam::111122223333:role/teams/deployment",
      sourceIp: "2001:db8::7",
      mfa: false,
    });
  });

  test("root in the console: no user name, and an issuer that is empty", () => {
    const record = {
      userIdentity: {
        type: "Root",
        arn: "arn:aws:iam::111122223333:root",
        sessionContext: { sessionIssuer: {}, attributes: {} },
      },
    };
    expect(readActor(record)).toEqual({ type: "Root", arn: "arn:aws:iam::111122223333:root" });
  });

  test("CloudFormation on a role's behalf", () => {
    const record = {
      userIdentity: {
        type: "AssumedRole",
        arn: "arn:aws:sts::111122223333:assumed-role/stacks/AWSCloudFormation",
        sessionContext: { sessionIssuer: { type: "Role", arn: "arn:aws:iam::111122223333:role/stacks" } },
        invokedBy: "cloudformation.amazonaws.com",
      },
      sourceIPAddress: "cloudformation.amazonaws.com",
      userAgent: "cloudformation.amazonaws.com",
    };
    expect(readActor(record)).toEqual({
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/stacks/AWSCloudFormation",
      roleArn: "arn:aws:iam::111122223333:role/stacks",
      sourceIp: "cloudformation.amazonaws.com",
      userAgent: "cloudformation.amazonaws.com",
      invokedBy: "cloudformation.amazonaws.com",
    });
  });

  test("an AWS service by itself", () => {
    const record = { userIdentity: { type: "AWSService", invokedBy: "sso.amazonaws.com" } };
    expect(readActor(record)).toEqual({ type: "AWSService", invokedBy: "sso.amazonaws.com" });
  });

  test("a federated user: its issuer is a user, not a role", () => {
    const record = {
      userIdentity: {
        type: "FederatedUser",
        arn: "arn:aws:sts::111122223333:federated-user/dave",
        sessionContext: { sessionIssuer: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/alice" } },
      },
    };
    expect(readActor(record)).toEqual({
      type: "FederatedUser",
      arn: "arn:aws:sts::111122223333:federated-user/dave",
    });
  });

  it.each([[undefined], [null], ["alice"], [[]], [{}], [{ type: 7, arn: {}, sessionContext: "none" }]])(
    "nobody to be told from %j",
    (userIdentity) => {
      expect(readActor({ userIdentity, sourceIPAddress: 5, userAgent: null })).toEqual({ type: "Unknown" });
    },
  );
});

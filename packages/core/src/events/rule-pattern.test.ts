import { expect, test } from "vitest";
import { eventPattern } from "./rule-pattern.ts";

test("the rule takes IAM's own successful calls of the table and excludes nobody", () => {
  expect(eventPattern()).toEqual({
    source: ["aws.iam"],
    "detail-type": ["AWS API Call via CloudTrail", "Amazon API Call via CloudTrail"],
    detail: {
      eventSource: ["iam.amazonaws.com"],
      eventName: [
        "CreatePolicy",
        "CreatePolicyVersion",
        "SetDefaultPolicyVersion",
        "DeletePolicyVersion",
        "DeletePolicy",
        "AttachUserPolicy",
        "AttachRolePolicy",
        "AttachGroupPolicy",
        "DetachUserPolicy",
        "DetachRolePolicy",
        "DetachGroupPolicy",
        "PutUserPolicy",
        "PutRolePolicy",
        "PutGroupPolicy",
        "DeleteUserPolicy",
        "DeleteRolePolicy",
        "DeleteGroupPolicy",
        "AddUserToGroup",
        "RemoveUserFromGroup",
        "UpdateUser",
        "UpdateGroup",
        "UpdateAssumeRolePolicy",
        "PutUserPermissionsBoundary",
        "PutRolePermissionsBoundary",
        "DeleteUserPermissionsBoundary",
        "DeleteRolePermissionsBoundary",
        "AcceptDelegationRequest",
        "SendDelegationToken",
      ],
      errorCode: [{ exists: false }],
    },
  });
});

test("it fits EventBridge's quota of 2,048 characters", () => {
  expect(JSON.stringify(eventPattern()).length).toBeLessThan(2_048);
});

import { expect, test } from "vitest";
import { userIdentity } from "./user-identity.ts";

const AT_MS = Date.UTC(2026, 2, 2, 9, 0, 0);
const arnOf = (name: string) => `arn:aws:iam::111122223333:role/deploy/${name}`;

test("a user's key", () => {
  const caller = { userId: "AIDAEXAMPLE", arn: "arn:aws:iam::111122223333:user/people/alice" };
  expect(userIdentity("111122223333", "AKIAEXAMPLE", caller, arnOf, AT_MS)).toEqual({
    type: "IAMUser",
    principalId: "AIDAEXAMPLE",
    arn: "arn:aws:iam::111122223333:user/people/alice",
    accountId: "111122223333",
    accessKeyId: "AKIAEXAMPLE",
    userName: "alice",
  });
});

test("a session of a role, with the role's own ARN, which has its path", () => {
  const caller = {
    userId: "AROAEXAMPLE:terraform",
    arn: "arn:aws:sts::111122223333:assumed-role/ci/terraform",
  };
  expect(userIdentity("111122223333", "ASIAEXAMPLE", caller, arnOf, AT_MS)).toEqual({
    type: "AssumedRole",
    principalId: "AROAEXAMPLE:terraform",
    arn: "arn:aws:sts::111122223333:assumed-role/ci/terraform",
    accountId: "111122223333",
    accessKeyId: "ASIAEXAMPLE",
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: "AROAEXAMPLE",
        arn: "arn:aws:iam::111122223333:role/deploy/ci",
        accountId: "111122223333",
        userName: "ci",
      },
      attributes: { creationDate: "2026-03-02T09:00:00Z", mfaAuthenticated: "false" },
    },
  });
});

test("a key that nobody made, and no key at all, are the account itself", () => {
  const root = {
    type: "Root",
    principalId: "111122223333",
    arn: "arn:aws:iam::111122223333:root",
    accountId: "111122223333",
  };
  expect(userIdentity("111122223333", "test", undefined, arnOf, AT_MS)).toEqual({
    ...root,
    accessKeyId: "test",
  });
  expect(userIdentity("111122223333", undefined, undefined, arnOf, AT_MS)).toEqual(root);
});

import { expect, test } from "vitest";
import { itemOfCall, itemOfDelivery } from "./items.ts";

const CALL = {
  eventID: "e-1",
  eventName: "AttachUserPolicy",
  userIdentity: { arn: "arn:aws:iam::111122223333:root" },
  requestParameters: { userName: "alice", policyArn: "arn:aws:iam::111122223333:policy/team/key-tools" },
};

test("a call names the policy and who it is about", () => {
  expect(itemOfCall(CALL, 7)).toEqual({
    ...{ kind: "call", key: "e-1", atMs: 7, isGuard: false, actor: "arn:aws:iam::111122223333:root" },
    ...{ eventName: "AttachUserPolicy", policy: "key-tools", principal: "user/alice", error: "" },
  });
});

test.each([
  ["arn:aws:sts::111122223333:assumed-role/kms-guard-sandbox-guard/session", true],
  ["arn:aws:sts::111122223333:assumed-role/not-kms-guard-at-all/session", false],
  ["arn:aws:iam::111122223333:user/kms-guard-sandbox-guard", false],
])("a call by %s is the guard's own: %s", (arn, isGuard) => {
  expect(itemOfCall({ ...CALL, userIdentity: { arn } }, 0).isGuard).toBe(isGuard);
});

test("a refused call says why, and one without parameters names nobody", () => {
  const item = itemOfCall({ ...CALL, requestParameters: null, errorCode: "AccessDenied" }, 0);
  expect(item).toMatchObject({ policy: "", principal: "", error: "AccessDenied" });
});

const FINDING = {
  ...{ id: "kg-1", status: "contained", severity: "CRITICAL", verdict: "full", title: "T", reason: "R" },
  trigger: { eventId: "e-1" },
  nextSteps: ["npx --no kms-guard restore kg-1"],
  containment: {
    steps: [
      {
        action: "detach-user-policy",
        target: {
          principal: { type: "user", name: "alice" },
          policyArn: "arn:aws:iam::111122223333:policy/key-tools",
        },
        outcome: "done",
      },
      {
        action: "delete-role-policy",
        target: { principal: { type: "role", name: "ci" }, policyName: "own" },
        outcome: "failed",
      },
    ],
  },
};

test("a finding names what was taken, and not what could not be", () => {
  const item = itemOfDelivery({ channel: "slack", finding: FINDING, text: "" }, 9, undefined);
  expect(item.taken).toEqual([{ principal: "user/alice", policy: "key-tools" }]);
  expect(item).toMatchObject({
    key: "kg-1 contained",
    eventId: "e-1",
    nextStep: "npx --no kms-guard restore kg-1",
  });
});

test("delivered on another channel too, it is the same item with both", () => {
  const first = itemOfDelivery({ channel: "slack", finding: FINDING, text: "" }, 9, undefined);
  const both = itemOfDelivery({ channel: "history", finding: FINDING, text: "" }, 12, first);
  expect(both.atMs).toBe(9);
  expect(both.channels).toEqual([
    { channel: "slack", atMs: 9 },
    { channel: "history", atMs: 12 },
  ]);
});

test("a notice has no status, and is about no call", () => {
  const notice = { id: "kn-1", kind: "malformed-event", severity: "HIGH", title: "T", reason: "R" };
  const item = itemOfDelivery({ channel: "history", notice, text: "" }, 0, undefined);
  expect(item).toMatchObject({ key: "kn-1 ", status: "", eventId: "", taken: [], nextStep: "" });
});

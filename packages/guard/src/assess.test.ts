import { readApiCall } from "@kms-guard/core/events/read-api-call.ts";
import { ENFORCE } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount, iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { expect, test } from "vitest";
import { triage } from "./assess.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";

const triaged = (event: unknown, settings = ENFORCE) => {
  const reading = readApiCall(event);
  if (reading.kind !== "api-call") throw new Error(`not an API call: ${reading.kind}`);
  return triage(reading.call, settings, Date.UTC(2026, 0, 1));
};

const making = (requestParameters: unknown) =>
  iamEvent("CreatePolicy", requestParameters, {
    responseElements: { policy: { policyName: "Tools", arn: TOOLS, path: "/", defaultVersionId: "v1" } },
  });

test("a harmless new policy is answered: clean", () => {
  expect(triaged(making({ policyName: "Tools", policyDocument: READ_ONLY }))).toEqual({
    outcome: "clean",
    reason: "a new policy without full kms:*, attached to nobody",
  });
});

test.each([
  ["full", { policyName: "Tools", policyDocument: FULL }],
  ["unreadable", { policyName: "Tools", policyDocument: READ_ONLY.slice(0, -1) }],
  ["absent from the record", { policyName: "Tools" }],
  ["hidden", { policyName: "Tools", policyDocument: "HIDDEN_DUE_TO_SECURITY_REASONS" }],
  ["left out with all parameters", { omitted: true, originalSize: 149_893 }],
])("a new policy has to be looked at where its document is %s", (_, requestParameters) => {
  expect(triaged(making(requestParameters))).toBeUndefined();
});

test("a harmless new version has to be looked at: the policy has versions, and attachments", () => {
  const event = iamEvent("CreatePolicyVersion", { policyArn: TOOLS, policyDocument: READ_ONLY });
  expect(triaged(event)).toBeUndefined();
});

test("a harmless document put on a principal has to be looked at: IAM decides", () => {
  const event = iamEvent("PutUserPolicy", {
    userName: "alice",
    policyName: "own",
    policyDocument: READ_ONLY,
  });
  expect(triaged(event)).toBeUndefined();
});

test("a call in another account is answered", () => {
  const elsewhere = { ...ENFORCE, account: { id: "444455556666", partition: "aws" } };
  const attaching = iamEvent("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
  expect(triaged(attaching, elsewhere)).toEqual({ outcome: "not-ours", reason: "another account's" });
  expect(triaged(attaching)).toBeUndefined();
});

test("what is answered makes no call on IAM or the table", async () => {
  const world = new GuardedAccount();
  const exemptions: string[] = [];
  world.findings.exemptions = async () => {
    exemptions.push("read");
    return [];
  };
  await world.guard(making({ policyName: "Tools", policyDocument: READ_ONLY }));
  await world.guard(iamEvent("CreateUser", { userName: "alice" }));
  expect(world.calls).toEqual([]);
  expect(exemptions).toEqual([]);

  await world.guard(making({ policyName: "Tools", policyDocument: FULL }));
  expect(world.calls).toContain("GetPolicy");
  expect(exemptions).toEqual(["read"]);
});

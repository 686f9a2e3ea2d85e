import { ENFORCE } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount, iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { expect, test } from "vitest";
import { triage } from "./triage.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";

const PORTS = {
  observer: { event: () => undefined, sweep: () => undefined, finding: () => undefined },
  clock: { nowMs: () => Date.UTC(2026, 0, 1), sleepMs: async () => {} },
};
const sifted = (event: unknown) => triage(PORTS, ENFORCE)(event);

const making = (requestParameters: unknown) =>
  iamEvent("CreatePolicy", requestParameters, {
    responseElements: { policy: { policyName: "Tools", arn: TOOLS, path: "/", defaultVersionId: "v1" } },
  });

test("a harmless new policy is answered: clean", () => {
  expect(sifted(making({ policyName: "Tools", policyDocument: READ_ONLY }))).toEqual({
    kind: "answered",
    report: {
      eventId: "11111111-2222-4333-8444-555555555555",
      eventName: "CreatePolicy",
      outcome: "clean",
      reason: "a new policy that grants no full kms:*, and that nobody has",
      findings: [],
    },
  });
});

test.each([
  ["full", { policyName: "Tools", policyDocument: FULL }],
  ["unreadable", { policyName: "Tools", policyDocument: READ_ONLY.slice(0, -1) }],
  ["absent from the record", { policyName: "Tools" }],
  ["hidden", { policyName: "Tools", policyDocument: "HIDDEN_DUE_TO_SECURITY_REASONS" }],
  ["left out with all parameters", { omitted: true, originalSize: 149_893 }],
])("a new policy is followed up where its document is %s", (_, requestParameters) => {
  expect(sifted(making(requestParameters)).kind).toBe("api-call");
});

test("a harmless new version is followed up: the policy has a past, and holders", () => {
  const event = iamEvent("CreatePolicyVersion", { policyArn: TOOLS, policyDocument: READ_ONLY });
  expect(sifted(event).kind).toBe("api-call");
});

test("a harmless document put on a principal is followed up: what stands is the judge", () => {
  const event = iamEvent("PutUserPolicy", {
    userName: "alice",
    policyName: "own",
    policyDocument: READ_ONLY,
  });
  expect(sifted(event).kind).toBe("api-call");
});

test("what is not ours is answered, in another account as well", () => {
  expect(sifted(iamEvent("CreateUser", { userName: "alice" }))).toMatchObject({
    kind: "answered",
    report: { outcome: "not-ours", reason: "not a call that changes access" },
  });
  const elsewhere = { ...ENFORCE, account: { id: "444455556666", partition: "aws" } };
  const attaching = iamEvent("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
  expect(triage(PORTS, elsewhere)(attaching)).toMatchObject({
    kind: "answered",
    report: { outcome: "not-ours", reason: "another account's" },
  });
  expect(sifted(attaching).kind).toBe("api-call");
});

test("a record that cannot be read is followed up: people have to hear of it", () => {
  expect(sifted(iamEvent("AttachUserPolicy", { userName: 7, policyArn: TOOLS })).kind).toBe("malformed");
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

import { readApiCall } from "@kms-guard/core/events/read-api-call.ts";
import { GuardedAccount, iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { describe, expect, it } from "vitest";
import { loadAffectedPolicies } from "./load-affected-policies.ts";
import type { PolicySnapshot } from "./read-policy.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;

function account(document = FULL): GuardedAccount {
  const world = new GuardedAccount();
  world.iam.createUser("alice");
  world.iam.createPolicy("Tools", document);
  world.iam.attachPolicy(ALICE, TOOLS);
  return world;
}

async function loaded(world: GuardedAccount, event: unknown): Promise<readonly string[]> {
  const reading = readApiCall(event);
  if (reading.kind !== "api-call") throw new Error(`not an API call: ${reading.kind}`);
  const snapshots: string[] = [];
  for await (const snapshot of loadAffectedPolicies(world.ports, world.settings)(reading.call)) {
    snapshots.push(inShort(snapshot));
  }
  return snapshots;
}

function inShort({ policy, notInForce, fromAccountScan }: PolicySnapshot): string {
  const version = policy.kind === "inline" ? `of ${policy.principal.name}` : policy.versionId;
  return [
    policy.name,
    version,
    ...(fromAccountScan ? ["scanned"] : []),
    ...(notInForce ? ["not in force"] : []),
  ].join(" ");
}

const setDefault = (versionId: string) =>
  iamEvent("SetDefaultPolicyVersion", { policyArn: TOOLS, versionId });
const createVersion = (versionId: string) =>
  iamEvent(
    "CreatePolicyVersion",
    { policyArn: TOOLS, policyDocument: FULL, setAsDefault: true },
    { responseElements: { policyVersion: { versionId, isDefaultVersion: true } } },
  );

describe("a default version that is read", () => {
  it("after SetDefaultPolicyVersion is caught up only if it is the one that was set", async () => {
    const world = account();
    world.iam.createPolicyVersion(TOOLS, READ_ONLY, true);
    // A policy is read in two calls: the first time, v2 is still the default.
    world.account.lagReads(2);
    world.iam.setDefaultPolicyVersion(TOOLS, "v1");
    expect(await loaded(world, setDefault("v1"))).toEqual(["Tools v1"]);
    expect(world.clock.sleptMs).toEqual([1_000]);
  });

  it("after SetDefaultPolicyVersion takes no wait if it is the one that was set", async () => {
    const world = account();
    expect(await loaded(world, setDefault("v1"))).toEqual(["Tools v1"]);
    expect(world.clock.sleptMs).toEqual([]);
  });

  it("after CreatePolicyVersion is caught up if it is a newer one", async () => {
    const world = account(READ_ONLY);
    world.iam.createPolicyVersion(TOOLS, FULL, true);
    world.iam.createPolicyVersion(TOOLS, READ_ONLY, true);
    expect(await loaded(world, createVersion("v2"))).toEqual(["Tools v3", "Tools v2 not in force"]);
    expect(world.clock.sleptMs).toEqual([]);
  });

  it("after CreatePolicyVersion is not caught up if it is an older one", async () => {
    const world = account(READ_ONLY);
    world.account.lagReads(2);
    world.iam.createPolicyVersion(TOOLS, FULL, true);
    expect(await loaded(world, createVersion("v2"))).toEqual(["Tools v2"]);
    expect(world.clock.sleptMs).toEqual([1_000]);
  });
});

describe("what a call affects", () => {
  function crowded(): GuardedAccount {
    const world = account();
    world.iam.putInlinePolicy(ALICE, "own", FULL);
    world.iam.createGroup("Ops");
    world.iam.putInlinePolicy({ type: "group", name: "Ops" }, "group-own", FULL);
    world.iam.createPolicy("Other", FULL);
    world.iam.attachPolicy({ type: "group", name: "Ops" }, "arn:aws:iam::111122223333:policy/Other");
    return world;
  }

  it.each<[string, unknown, readonly string[]]>([
    ["one managed policy", setDefault("v1"), ["Tools v1"]],
    ["one attachment", iamEvent("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }), ["Tools v1"]],
    [
      "one inline policy",
      iamEvent("PutUserPolicy", { userName: "alice", policyName: "own", policyDocument: FULL }),
      ["own of alice"],
    ],
    [
      "all policies of a principal",
      iamEvent("AddUserToGroup", { userName: "alice", groupName: "Ops" }),
      ["group-own of Ops", "Other v1"],
    ],
  ])("is %s", async (_, event, expected) => {
    expect(await loaded(crowded(), event)).toEqual(expected);
  });

  it("is the whole account where the parameters were left out", async () => {
    const event = iamEvent("AttachUserPolicy", { omitted: true, originalSize: 149_893 });
    expect((await loaded(crowded(), event)).toSorted()).toEqual([
      "Other v1 scanned",
      "Tools v1 scanned",
      "group-own of Ops scanned",
      "own of alice scanned",
    ]);
  });
});

describe("what is gone by the time it is read", () => {
  it("is an attachment that is not in force", async () => {
    const world = account();
    world.iam.detachPolicy(ALICE, TOOLS);
    expect(
      await loaded(world, iamEvent("AttachUserPolicy", { userName: "alice", policyArn: TOOLS })),
    ).toEqual(["Tools v1 not in force"]);
  });

  it("is a bad inline text that is not in force, and no harmless one", async () => {
    const put = (policyDocument: string) =>
      iamEvent("PutUserPolicy", { userName: "alice", policyName: "own", policyDocument });
    expect(await loaded(account(), put(FULL))).toEqual(["own of alice not in force"]);
    expect(await loaded(account(), put(READ_ONLY))).toEqual([]);
  });

  it("is nothing after a removal", async () => {
    const world = account();
    world.iam.detachPolicy(ALICE, TOOLS);
    expect(
      await loaded(world, iamEvent("DetachUserPolicy", { userName: "alice", policyArn: TOOLS })),
    ).toEqual([]);
  });
});

describe("where IAM does not answer", () => {
  it("a bad text of the event comes before the error, and a harmless one does not", async () => {
    const given = async (policyDocument: string) => {
      const world = account();
      world.fault = () => new Error("Rate exceeded");
      const event = iamEvent("PutUserPolicy", { userName: "alice", policyName: "own", policyDocument });
      const reading = readApiCall(event);
      if (reading.kind !== "api-call") throw new Error(`not an API call: ${reading.kind}`);
      const snapshots: PolicySnapshot[] = [];
      const loading = async () => {
        for await (const snapshot of loadAffectedPolicies(world.ports, world.settings)(reading.call))
          snapshots.push(snapshot);
      };
      await expect(loading()).rejects.toThrow("Rate exceeded");
      return snapshots;
    };
    expect(await given(FULL)).toMatchObject([
      { policy: { name: "own" }, notInForce: expect.any(String), iamUnavailable: true },
    ]);
    expect(await given(READ_ONLY)).toEqual([]);
  });
});

describe("what is not loaded", () => {
  it("is a policy that was deleted: nothing is waited for", async () => {
    const world = account();
    world.iam.detachPolicy(ALICE, TOOLS);
    world.iam.deletePolicy(TOOLS);
    expect(await loaded(world, iamEvent("DeletePolicy", { policyArn: TOOLS }))).toEqual([]);
    expect(world.clock.sleptMs).toEqual([]);
  });

  it("is a harmless version that is not in force", async () => {
    const world = account();
    world.iam.createPolicyVersion(TOOLS, READ_ONLY);
    const creating = iamEvent(
      "CreatePolicyVersion",
      { policyArn: TOOLS, policyDocument: READ_ONLY, setAsDefault: false },
      { responseElements: { policyVersion: { versionId: "v2", isDefaultVersion: false } } },
    );
    expect(await loaded(world, creating)).toEqual(["Tools v1"]);
  });
});

import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { restore } from "@kms-guard/guard/restore.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { describe, expect, it } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const FULL_AGAIN = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const ALICE = { type: "user", name: "alice" } as const;
const BOB = { type: "user", name: "bob" } as const;

/** Monitor mode, and alice attached to the full policy `Tools`: one open finding, told. */
async function withOpenFinding(settings: Partial<GuardSettings> = { mode: "monitor" }) {
  const world = new GuardedAccount(settings);
  world.iam.createUser("alice");
  world.iam.createUser("bob");
  world.iam.createPolicy("Tools", FULL);
  await world.guard(world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }));
  expect(await world.statuses()).toEqual(["open"]);
  return world;
}

const version = (versionId: string) => ({
  responseElements: { policyVersion: { versionId, isDefaultVersion: true } },
});

describe("a finding is resolved", () => {
  it("when the policy is detached, by whoever did it, and told once", async () => {
    const world = await withOpenFinding();
    const detaching = world.happen("DetachUserPolicy", { userName: "alice", policyArn: TOOLS });
    expect((await world.guard(detaching)).outcome).toBe("clean");
    expect(world.told).toEqual(["open", "resolved"]);
    expect(world.alerts.findings[1]).toMatchObject({
      id: world.alerts.findings[0]?.id,
      status: "resolved",
      resolution: {
        reason: "none of its principals has the policy any more",
        trigger: {
          kind: "event",
          eventName: "DetachUserPolicy",
          actor: { arn: "arn:aws:iam::111122223333:user/mallory" },
        },
      },
    });
    await world.guard(detaching);
    expect(world.told).toEqual(["open", "resolved"]);
    expect(await world.statuses()).toEqual(["resolved"]);
  });

  it("when a clean version is put in force", async () => {
    const world = await withOpenFinding();
    await world.guard(
      world.happen(
        "CreatePolicyVersion",
        { policyArn: TOOLS, policyDocument: READ_ONLY, setAsDefault: true },
        version("v2"),
      ),
    );
    expect(world.told).toEqual(["open", "resolved"]);
    expect(world.alerts.findings[1]?.resolution?.reason).toBe("version v2 is in force instead");
  });

  it("when another full version is put in force, which is a finding of its own", async () => {
    const world = await withOpenFinding();
    await world.guard(
      world.happen(
        "CreatePolicyVersion",
        { policyArn: TOOLS, policyDocument: FULL_AGAIN, setAsDefault: true },
        version("v2"),
      ),
    );
    expect(world.told).toEqual(["open", "open", "resolved"]);
    expect(await world.statuses()).toEqual(["resolved", "open"]);
  });

  it("when the policy is deleted, though IAM shows it for a while", async () => {
    const world = new GuardedAccount({ mode: "monitor" });
    const creating = world.happen(
      "CreatePolicy",
      { policyName: "Tools", policyDocument: FULL },
      { responseElements: { policy: { arn: TOOLS, defaultVersionId: "v1" } } },
    );
    await world.guard(creating);
    world.account.lagReads(4);
    await world.guard(world.happen("DeletePolicy", { policyArn: TOOLS }));
    expect(world.told).toEqual(["open", "resolved"]);
    expect(world.alerts.findings[1]?.resolution?.reason).toBe("the policy is gone");
  });

  it("when an inline policy is deleted, or written anew", async () => {
    for (const [eventName, parameters] of [
      ["DeleteUserPolicy", {}],
      ["PutUserPolicy", { policyDocument: READ_ONLY }],
    ] as const) {
      const world = new GuardedAccount({ mode: "monitor" });
      world.iam.createUser("alice");
      const inline = { userName: "alice", policyName: "keys" };
      await world.guard(world.happen("PutUserPolicy", { ...inline, policyDocument: FULL }));
      await world.guard(world.happen(eventName, { ...inline, ...parameters }));
      expect(world.told).toEqual(["open", "resolved"]);
    }
  });

  it("when the version that waited is deleted, and not before", async () => {
    const world = new GuardedAccount({ mode: "monitor" });
    world.iam.createPolicy("Tools", READ_ONLY);
    await world.guard(
      world.happen(
        "CreatePolicyVersion",
        { policyArn: TOOLS, policyDocument: FULL },
        { responseElements: { policyVersion: { versionId: "v2", isDefaultVersion: false } } },
      ),
    );
    await world.guard(
      world.happen(
        "CreatePolicyVersion",
        { policyArn: TOOLS, policyDocument: READ_ONLY, setAsDefault: true },
        version("v3"),
      ),
    );
    expect(world.told).toEqual(["open"]);
    await world.guard(world.happen("DeletePolicyVersion", { policyArn: TOOLS, versionId: "v2" }));
    expect(world.told).toEqual(["open", "resolved"]);
    expect(world.alerts.findings[1]?.resolution?.reason).toBe("version v2 is no longer stored");
  });

  it("for the principal that an AWS managed policy is taken from, whoever else holds it", async () => {
    const world = new GuardedAccount({ mode: "monitor" });
    for (const { name } of [ALICE, BOB]) {
      world.iam.createUser(name);
      await world.guard(world.happen("AttachUserPolicy", { userName: name, policyArn: ADMINISTRATOR }));
    }
    await world.guard(world.happen("DetachUserPolicy", { userName: "alice", policyArn: ADMINISTRATOR }));
    expect(await world.statuses()).toEqual(["resolved", "open"]);
  });

  it("after a containment failed and a person did it by hand", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.createPolicy("Tools", FULL);
    world.fault = (operation) =>
      operation === "DetachUserPolicy" ? new Error("an explicit deny of the organization") : undefined;
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    await expect(world.guard(attaching)).rejects.toThrow();
    expect(await world.statuses()).toEqual(["containment-failed"]);
    world.fault = () => undefined;
    await world.guard(world.happen("DetachUserPolicy", { userName: "alice", policyArn: TOOLS }));
    expect(await world.statuses()).toEqual(["resolved"]);
  });

  it("after it was restored, and taken away by a person", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.createPolicy("Tools", FULL);
    const report = await world.guard(
      world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }),
    );
    const id = report.findings[0]?.id ?? "";
    await restore(world.ports, world.settings)(id, { by: "me", reason: "needed", hours: 1, dryRun: false });
    await world.guard(world.happen("DetachUserPolicy", { userName: "alice", policyArn: TOOLS }));
    expect(world.told).toEqual(["contained", "restored", "resolved"]);
  });

  it("by the guard, when it takes away what another finding told of in monitor mode", async () => {
    const world = await withOpenFinding();
    const enforcing = { ...world.settings, mode: "enforce" as const };
    const { handleEvent } = await import("@kms-guard/guard/handle-event.ts");
    await handleEvent(
      world.ports,
      enforcing,
    )(world.happen("AttachUserPolicy", { userName: "bob", policyArn: TOOLS }));
    expect(world.told).toEqual(["open", "contained", "resolved"]);
    expect(world.alerts.findings[2]?.resolution).not.toHaveProperty("trigger");
  });

  it("by the retry, when it could not be told at first", async () => {
    const world = await withOpenFinding();
    const detaching = world.happen("DetachUserPolicy", { userName: "alice", policyArn: TOOLS });
    const publish = world.alerts.people.publishFinding;
    world.alerts.people.publishFinding = async () => Promise.reject(new Error("the topic is out of order"));
    await expect(world.guard(detaching)).rejects.toThrow("out of order");
    expect(await world.statuses()).toEqual(["open"]);
    world.alerts.people.publishFinding = publish;
    await world.guard(detaching);
    expect(world.told).toEqual(["open", "resolved"]);
  });
});

describe("a finding stands", () => {
  it("while one of its holders is left, and what is left is not told anew", async () => {
    const world = await withOpenFinding();
    await world.guard(world.happen("AttachUserPolicy", { userName: "bob", policyArn: TOOLS }));
    expect(world.told).toEqual(["open", "open"]);
    await world.guard(world.happen("DetachUserPolicy", { userName: "alice", policyArn: TOOLS }));
    // The first told of alice alone; the second tells of bob as well.
    expect(await world.statuses()).toEqual(["resolved", "open"]);
    expect(world.told).toEqual(["open", "open", "resolved"]);
  });

  it("when the detaching failed, when another policy is detached, and when it is attached once more", async () => {
    const world = await withOpenFinding();
    world.iam.createPolicy("Other", FULL);
    const other = "arn:aws:iam::111122223333:policy/Other";
    world.iam.attachPolicy(ALICE, other);
    await world.guard(
      world.happen(
        "DetachUserPolicy",
        { userName: "alice", policyArn: TOOLS },
        { errorCode: "AccessDenied" },
      ),
    );
    await world.guard(world.happen("DetachUserPolicy", { userName: "alice", policyArn: other }));
    expect(await world.statuses()).toEqual(["open"]);
  });

  it("when a version is stored that is clean, and not put in force", async () => {
    const world = await withOpenFinding();
    await world.guard(
      world.happen(
        "CreatePolicyVersion",
        { policyArn: TOOLS, policyDocument: READ_ONLY },
        { responseElements: { policyVersion: { versionId: "v2", isDefaultVersion: false } } },
      ),
    );
    expect(world.told.filter((status) => status === "resolved")).toEqual([]);
  });
});

it("nobody looks into the findings for a call that only gives", async () => {
  const world = new GuardedAccount({ mode: "monitor" });
  let listed = 0;
  const list = world.findings.list.bind(world.findings);
  world.findings.list = (query) => {
    listed += 1;
    return list(query);
  };
  world.iam.createUser("alice");
  world.iam.createPolicy("Fine", READ_ONLY);
  const fine = "arn:aws:iam::111122223333:policy/Fine";
  await world.guard(world.happen("AttachUserPolicy", { userName: "alice", policyArn: fine }));
  expect(listed).toBe(0);
  await world.guard(world.happen("DetachUserPolicy", { userName: "alice", policyArn: fine }));
  expect(listed).toBe(1);
  // With nothing to end, IAM is not read for it.
  expect(world.calls.filter((call) => call === "ListEntitiesForPolicy")).toHaveLength(2);
});

import { IamError } from "@kms-guard/adapters/memory/iam-error.ts";
import { sweep } from "@kms-guard/guard/sweep.ts";
import { GuardedAccount, iamEvent, stepsOf } from "@kms-guard/testing/fakes/guarded-account.ts";
import { findRecord } from "@kms-guard/testing/fakes/stored.ts";
import { describe, expect, it } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";

const ALICE = { type: "user", name: "alice" } as const;
const BUILD = { type: "role", name: "Build" } as const;

/** An account with a harmless policy `Tools` that alice and the role Build hold. */
function withTools(world: GuardedAccount, document = READ_ONLY): GuardedAccount {
  world.iam.createUser("alice");
  world.iam.createRole("Build");
  world.iam.createPolicy("Tools", document);
  world.iam.attachPolicy(ALICE, TOOLS);
  world.iam.attachPolicy(BUILD, TOOLS);
  return world;
}

const created = (versionId: string, isDefaultVersion: boolean) => ({
  responseElements: { policyVersion: { versionId, isDefaultVersion, createDate: "Mar 2, 2026 9:00:00 AM" } },
});

describe("a new policy, attached", () => {
  const create = (world: GuardedAccount) =>
    world.happen(
      "CreatePolicy",
      { policyName: "Tools", policyDocument: FULL },
      {
        responseElements: { policy: { policyName: "Tools", arn: TOOLS, path: "/", defaultVersionId: "v1" } },
      },
    );

  it("is told when it is made, and taken from its first holder", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    const made = await world.guard(create(world));
    expect(made.outcome).toBe("finding");
    expect(made.findings[0]).toMatchObject({ verdict: "full", status: "open", attachments: [] });

    const attached = await world.guard(
      world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }),
    );
    expect(attached.findings[0]).toMatchObject({ status: "contained", decision: { action: "contain" } });
    expect(stepsOf(attached.findings[0])).toEqual(["detach-user-policy alice done"]);
    expect(world.holders(TOOLS)).toEqual([]);
    expect(world.told).toEqual(["open", "contained"]);
  });

  it("is found though the attachment is delivered before the creation", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    const making = create(world);
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    expect((await world.guard(attaching)).findings[0]?.status).toBe("contained");
    expect((await world.guard(making)).findings[0]).toMatchObject({ status: "open", attachments: [] });
    expect(world.holders(TOOLS)).toEqual([]);
  });

  it("is told once where the first of several attachments takes it from all", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.createRole("Build");
    create(world);
    const toAlice = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    const toBuild = world.happen("AttachRolePolicy", { roleName: "Build", policyArn: TOOLS });
    const [first] = (await world.guard(toAlice)).findings;
    expect(stepsOf(first)).toEqual(["detach-user-policy alice done", "detach-role-policy Build done"]);
    const second = await world.guard(toBuild);
    expect(second.findings.map(({ id, status }) => ({ id, status }))).toEqual([
      { id: first?.id, status: "contained" },
    ]);
    expect(world.told).toEqual(["contained"]);
  });

  it("is told again where it was attached after the guard took it, and was given back", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    create(world);
    const attach = (eventTime: string) =>
      world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }, { eventTime });
    await world.guard(attach("2026-03-02T09:00:00Z"));
    const again = attach("2026-03-02T09:01:00Z");
    world.iam.detachPolicy(ALICE, TOOLS);
    expect((await world.guard(again)).findings[0]?.title).toBe(
      "not in force: full kms:* in policy Tools: user alice no longer has it",
    );
    expect(world.told).toEqual(["contained", "open"]);
  });

  it("is only told in monitor mode, with the command for a person", async () => {
    const world = new GuardedAccount({ mode: "monitor" });
    world.iam.createUser("alice");
    create(world);
    const report = await world.guard(
      world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }),
    );
    expect(report.findings[0]).toMatchObject({
      status: "open",
      decision: { mode: "monitor", action: "alert" },
    });
    expect(report.findings[0]?.nextSteps[0]).toBe(
      `aws iam detach-user-policy --user-name 'alice' --policy-arn '${TOOLS}'`,
    );
    expect(world.holders(TOOLS)).toEqual(["user/alice"]);
    expect(world.told).toEqual(["open"]);
  });

  it("is nobody's business where it grants no full rights", async () => {
    const world = withTools(new GuardedAccount());
    const report = await world.guard(
      world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }),
    );
    expect(report).toMatchObject({ outcome: "clean", findings: [] });
    expect(world.told).toEqual([]);
  });
});

describe("AWS's own policy", () => {
  const attach = (world: GuardedAccount) => {
    world.iam.createUser("alice");
    world.iam.createRole("Admin");
    world.iam.attachPolicy({ type: "role", name: "Admin" }, ADMINISTRATOR);
    return world.happen("AttachUserPolicy", { userName: "alice", policyArn: ADMINISTRATOR });
  };

  it("is told, naming whom the event names", async () => {
    const world = new GuardedAccount({ awsManaged: "alert" });
    const report = await world.guard(attach(world));
    expect(report.findings[0]).toMatchObject({
      status: "open",
      policy: { kind: "aws-managed", arn: ADMINISTRATOR },
      attachments: [ALICE],
    });
    expect(world.holders(ADMINISTRATOR)).toEqual(["role/Admin", "user/alice"]);
  });

  it("is taken from whom the event names, and from nobody else, where the settings say so", async () => {
    const world = new GuardedAccount({ awsManaged: "contain" });
    const report = await world.guard(attach(world));
    expect(stepsOf(report.findings[0])).toEqual(["detach-user-policy alice done"]);
    expect(world.holders(ADMINISTRATOR)).toEqual(["role/Admin"]);
  });

  it("is clean again once it is detached, though others hold it", async () => {
    const world = new GuardedAccount();
    attach(world);
    const report = await world.guard(
      world.happen("DetachUserPolicy", { userName: "alice", policyArn: ADMINISTRATOR }),
    );
    expect(report.outcome).toBe("clean");
  });

  it("is told though it was detached before the event came", async () => {
    const world = new GuardedAccount({ awsManaged: "contain" });
    const attaching = attach(world);
    world.iam.detachPolicy(ALICE, ADMINISTRATOR);
    const report = await world.guard(attaching);
    expect(report.findings[0]).toMatchObject({ status: "open", attachments: [] });
    expect(report.findings[0]?.decision.reason).toContain("no longer has it");
    expect(world.holders(ADMINISTRATOR)).toEqual(["role/Admin"]);
  });
});

describe("an inline policy", () => {
  const put = (world: GuardedAccount) =>
    world.happen("PutRolePolicy", { roleName: "Build", policyName: "extra", policyDocument: FULL });

  it("is kept, byte for byte, before it is deleted", async () => {
    const world = new GuardedAccount();
    world.iam.createRole("Build");
    const report = await world.guard(put(world));
    expect(report.findings[0]).toMatchObject({
      status: "contained",
      policy: { kind: "inline", name: "extra" },
    });
    expect(world.iam.principal(BUILD).inline.size).toBe(0);
    const record = await findRecord(world.findings, report.findings[0]?.id ?? "");
    expect(record?.plan).toEqual([
      { action: "delete-role-policy", target: { principal: BUILD, policyName: "extra" }, document: FULL },
    ]);
  });

  it("stands in monitor mode", async () => {
    const world = new GuardedAccount({ mode: "monitor" });
    world.iam.createRole("Build");
    expect((await world.guard(put(world))).findings[0]?.status).toBe("open");
    expect(world.iam.principal(BUILD).inline.get("extra")).toBe(FULL);
  });

  it("is told though it was deleted before the event came", async () => {
    const world = new GuardedAccount();
    world.iam.createRole("Build");
    const putting = put(world);
    world.iam.deleteInlinePolicy(BUILD, "extra");
    const report = await world.guard(putting);
    expect(report.findings[0]).toMatchObject({
      verdict: "full",
      status: "open",
      decision: { action: "alert" },
    });
    expect(report.findings[0]?.title).toBe("not in force: full kms:* in policy extra: the policy is gone");
    expect(world.calls).not.toContain("DeleteRolePolicy");
    expect(world.calls).not.toContain("GetAccountAuthorizationDetails");
  });

  it("is found under the new name of a user that was renamed meanwhile", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    const putting = world.happen("PutUserPolicy", {
      userName: "alice",
      policyName: "extra",
      policyDocument: FULL,
    });
    const renaming = world.happen("UpdateUser", { userName: "alice", newUserName: "bob" });
    const report = await world.guard(putting);
    expect(report.findings.map(({ status, attachments }) => [status, attachments[0]?.name])).toEqual([
      ["open", "alice"],
      ["contained", "bob"],
    ]);
    expect(world.iam.principal({ type: "user", name: "bob" }).inline.size).toBe(0);
    expect((await world.guard(renaming)).outcome).toBe("clean");
  });

  it("has the search for a renamed user tell nothing that was told before", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    await world.guard(world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }));
    expect(world.told).toEqual(["contained"]);
    const own = { userName: "alice", policyName: "extra", policyDocument: FULL };
    const putting = world.happen("PutUserPolicy", own);
    world.happen("UpdateUser", { userName: "alice", newUserName: "bob" });
    await world.guard(putting);
    expect(world.alerts.findings.map(({ status, policy }) => `${policy.name} ${status}`)).toEqual([
      "Tools contained",
      "extra open",
      "extra contained",
      "extra resolved",
    ]);
  });

  it("is not taken away on an old reading, after its owner has repaired it", async () => {
    const world = new GuardedAccount();
    world.iam.createRole("Build");
    world.iam.putInlinePolicy(BUILD, "extra", FULL);
    world.account.lagReads(2);
    const repairing = world.happen("PutRolePolicy", {
      roleName: "Build",
      policyName: "extra",
      policyDocument: READ_ONLY,
    });
    expect((await world.guard(repairing)).outcome).toBe("clean");
    expect(world.iam.principal(BUILD).inline.get("extra")).toBe(READ_ONLY);
    expect(world.clock.sleptMs).toEqual([1_000, 2_000]);
  });
});

describe("a new default version", () => {
  const widen = (world: GuardedAccount) =>
    world.happen(
      "CreatePolicyVersion",
      { policyArn: TOOLS, policyDocument: FULL, setAsDefault: true },
      created("v2", true),
    );

  it("is taken from everybody who holds the policy, and shows what it said before", async () => {
    const world = withTools(new GuardedAccount());
    const report = await world.guard(widen(world));
    expect(stepsOf(report.findings[0])).toEqual([
      "detach-user-policy alice done",
      "detach-role-policy Build done",
    ]);
    expect(report.findings[0]?.change).toMatchObject({ previousVersionId: "v1", previousVerdict: "none" });
    expect(report.findings[0]?.change?.diff).toContain('-      "Action": "kms:DescribeKey",');
    expect(report.findings[0]?.change?.diff).toContain('+      "Action": "kms:*",');
    expect(world.holders(TOOLS)).toEqual([]);
  });

  it("is compared with the newest version where an older one is made the default", async () => {
    const world = withTools(new GuardedAccount());
    const add = (policyDocument: string, setAsDefault: boolean, versionId: string) =>
      world.guard(
        world.happen(
          "CreatePolicyVersion",
          { policyArn: TOOLS, policyDocument, setAsDefault },
          created(versionId, setAsDefault),
        ),
      );
    const armed = await add(FULL, false, "v2");
    expect(armed.findings[0]?.change).toMatchObject({ previousVersionId: "v1" });
    await add(READ_ONLY, true, "v3");
    const set = await world.guard(
      world.happen("SetDefaultPolicyVersion", { policyArn: TOOLS, versionId: "v2" }),
    );
    expect(set.findings[0]?.policy).toMatchObject({ versionId: "v2" });
    expect(set.findings[0]?.change).toMatchObject({ previousVersionId: "v3", previousVerdict: "none" });
    expect(set.findings[0]?.change?.diff).toMatch(/^[^\n]*\n--- v3\t?\n\+\+\+ v2\t?\n/);
  });

  it("is contained once and told once, though the event comes three times at once", async () => {
    const world = withTools(new GuardedAccount());
    const event = widen(world);
    await Promise.all([world.guard(event), world.guard(event), world.guard(event)]);
    expect(world.holders(TOOLS)).toEqual([]);
    expect(world.told).toEqual(["contained"]);
    const [finding] = world.alerts.findings;
    const record = await findRecord(world.findings, finding?.id ?? "");
    expect(record?.outcomes.map(({ outcome }) => outcome)).toEqual(["done", "done"]);
  });

  it("is seen though IAM answers with the old default version for a while", async () => {
    const world = withTools(new GuardedAccount());
    world.iam.createPolicyVersion(TOOLS, FULL);
    world.account.lagReads(4);
    const waking = world.happen("SetDefaultPolicyVersion", { policyArn: TOOLS, versionId: "v2" });
    const report = await world.guard(waking);
    expect(report.findings[0]).toMatchObject({ status: "contained", policy: { versionId: "v2" } });
    expect(world.clock.sleptMs.slice(0, 2)).toEqual([1_000, 2_000]);
  });

  it("is told, not contained, where another version was made the default since", async () => {
    const world = withTools(new GuardedAccount());
    const widening = widen(world);
    world.iam.setDefaultPolicyVersion(TOOLS, "v1");
    const report = await world.guard(widening);
    expect(report.findings[0]).toMatchObject({ status: "open", decision: { action: "alert" } });
    expect(report.findings[0]?.decision.reason).toBe("`v2` was made the default version, but now `v1` is");
    expect(world.holders(TOOLS)).toEqual(["user/alice", "role/Build"]);
  });

  it("is told as armed while it is stored only", async () => {
    const world = withTools(new GuardedAccount());
    const storing = world.happen(
      "CreatePolicyVersion",
      { policyArn: TOOLS, policyDocument: FULL },
      created("v2", false),
    );
    const report = await world.guard(storing);
    expect(report.findings[0]).toMatchObject({
      status: "open",
      verdict: "full",
      policy: { versionId: "v2" },
    });
    expect(report.findings[0]?.title).toContain("armed");
    expect(world.holders(TOOLS)).toEqual(["user/alice", "role/Build"]);
  });

  it("is not told where the version that is stored is harmless", async () => {
    const world = withTools(new GuardedAccount());
    const storing = world.happen(
      "CreatePolicyVersion",
      { policyArn: TOOLS, policyDocument: READ_ONLY },
      created("v2", false),
    );
    expect((await world.guard(storing)).outcome).toBe("clean");
  });
});

describe("a new version whose event does not tell its id", () => {
  const create = (world: GuardedAccount, policyDocument: string, setAsDefault: boolean) =>
    world.happen("CreatePolicyVersion", { policyArn: TOOLS, policyDocument, setAsDefault });

  it("is contained where its text is in force, however late IAM shows it", async () => {
    const world = withTools(new GuardedAccount());
    world.account.lagReads(2);
    const report = await world.guard(create(world, FULL, true));
    expect(report.findings).toMatchObject([{ status: "contained", policy: { versionId: "v2" } }]);
  });

  it("is told as armed while the old one is in force, and taken from nobody", async () => {
    const world = withTools(new GuardedAccount());
    const report = await world.guard(create(world, FULL, false));
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({
      status: "open",
      verdict: "full",
      policy: { versionId: "v2" },
      decision: {
        action: "alert",
        reason: "armed: `v2` is stored, and one SetDefaultPolicyVersion call puts it in force",
      },
    });
    expect(world.holders(TOOLS)).toEqual(["user/alice", "role/Build"]);
    await world.guard(world.happen("DeletePolicyVersion", { policyArn: TOOLS, versionId: "v2" }));
    expect(world.told).toEqual(["open", "resolved"]);
  });

  it("is told without a version where it is stored no more, and then is over", async () => {
    const world = withTools(new GuardedAccount());
    const creating = create(world, FULL, true);
    world.iam.setDefaultPolicyVersion(TOOLS, "v1");
    world.iam.deletePolicyVersion(TOOLS, "v2");
    const report = await world.guard(creating);
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({ status: "open", verdict: "full" });
    expect(report.findings[0]?.policy).not.toHaveProperty("versionId");
    expect(report.findings[0]?.change).toBeUndefined();
    expect(report.findings[0]?.title).toBe(
      "not in force: full kms:* in policy Tools: no stored version has this text now, and the event does not name its version",
    );
    expect(world.holders(TOOLS)).toEqual(["user/alice", "role/Build"]);
    await sweep(world.ports, world.settings)("scheduled");
    const last = world.alerts.findings.at(-1);
    expect([last?.status, last?.resolution?.reason]).toEqual(["resolved", "no stored version has its text"]);
  });

  it("is told without a version where IAM cannot be read", async () => {
    const world = withTools(new GuardedAccount());
    world.fault = () => new Error("throttled");
    await expect(world.guard(create(world, FULL, true))).rejects.toThrow("throttled");
    expect(world.alerts.findings[0]).toMatchObject({
      status: "open",
      notInForce: "seen in the event only: IAM could not be read",
    });
    expect(world.alerts.findings[0]?.policy).not.toHaveProperty("versionId");
  });

  it.each([true, false])("is not told where it is harmless, in force: %s", async (setAsDefault) => {
    const world = withTools(new GuardedAccount());
    expect((await world.guard(create(world, READ_ONLY, setAsDefault))).outcome).toBe("clean");
  });
});

describe("groups", () => {
  it("are judged when somebody joins one that was armed before", async () => {
    const world = new GuardedAccount();
    world.iam.createGroup("Admins");
    world.iam.createUser("alice");
    const arming = world.happen("PutGroupPolicy", {
      groupName: "Admins",
      policyName: "keys",
      policyDocument: FULL,
    });
    const joining = world.happen("AddUserToGroup", { groupName: "Admins", userName: "alice" });
    const report = await world.guard(joining);
    expect(report.findings[0]).toMatchObject({
      status: "contained",
      attachments: [{ type: "group", name: "Admins", members: 1 }],
    });
    expect((await world.guard(arming)).findings[0]).toMatchObject({ status: "open" });
  });

  it("are told when they are armed without members", async () => {
    const world = new GuardedAccount({ mode: "monitor" });
    world.iam.createGroup("Admins");
    const arming = world.happen("PutGroupPolicy", {
      groupName: "Admins",
      policyName: "keys",
      policyDocument: FULL,
    });
    expect((await world.guard(arming)).findings[0]?.attachments).toMatchObject([
      {
        type: "group",
        name: "Admins",
        arn: "arn:aws:iam::111122223333:group/Admins",
        members: 0,
        state: "standing",
      },
    ]);
  });

  it("that hold nothing bad may be joined", async () => {
    const world = new GuardedAccount();
    world.iam.createGroup("Admins");
    world.iam.createUser("alice");
    const joining = world.happen("AddUserToGroup", { groupName: "Admins", userName: "alice" });
    expect((await world.guard(joining)).outcome).toBe("clean");
  });
});

describe("permissions boundaries", () => {
  it("do not hide what stands behind one that is taken away", async () => {
    const world = new GuardedAccount({ mode: "monitor" });
    world.iam.createPolicy("Bounds", READ_ONLY);
    world.iam.createRole("Build", { boundaryArn: "arn:aws:iam::111122223333:policy/Bounds" });
    world.iam.putInlinePolicy(BUILD, "keys", FULL);
    const report = await world.guard(world.happen("DeleteRolePermissionsBoundary", { roleName: "Build" }));
    expect(report.findings[0]).toMatchObject({ verdict: "full", policy: { name: "keys" } });
  });

  it("are never detached, among many pages of holders", async () => {
    const world = withTools(new GuardedAccount());
    for (const name of ["R1", "R2", "R3"]) world.iam.createRole(name, { boundaryArn: TOOLS });
    world.iam.createUser("bob");
    world.iam.attachPolicy({ type: "user", name: "bob" }, TOOLS);
    const widening = world.happen(
      "CreatePolicyVersion",
      { policyArn: TOOLS, policyDocument: FULL, setAsDefault: true },
      created("v2", true),
    );
    const report = await world.guard(widening);
    expect(stepsOf(report.findings[0])).toEqual([
      "detach-user-policy alice done",
      "detach-role-policy Build done",
      "detach-user-policy bob done",
    ]);
    expect(world.iam.principal({ type: "role", name: "R2" }).boundary?.arn).toBe(TOOLS);
  });
});

describe("hiding from the guard", () => {
  it.each(["PutUserPolicy", "PutRolePolicy", "PutGroupPolicy", "CreatePolicyVersion", "CreatePolicy"])(
    "a padded %s is told, and the whole account read",
    async (eventName) => {
      const world = withTools(new GuardedAccount());
      world.iam.putInlinePolicy(BUILD, "padded", FULL);
      const omitted = { omitted: true, reason: "requestParameters too large", originalSize: 149_893 };
      const report = await world.guard(iamEvent(eventName, omitted));
      expect(world.alerts.notices).toMatchObject([{ kind: "parameters-omitted", severity: "HIGH" }]);
      expect(report.findings).toMatchObject([{ status: "contained", policy: { name: "padded" } }]);
      expect(world.iam.principal(BUILD).inline.size).toBe(0);
    },
  );

  it("a padded call is told though the account has nothing bad", async () => {
    const world = withTools(new GuardedAccount());
    const report = await world.guard(iamEvent("PutRolePolicy", { omitted: true }));
    expect(report.outcome).toBe("clean");
    expect(world.alerts.notices).toHaveLength(1);
  });

  it("a record that cannot be read is told, not dropped", async () => {
    const world = new GuardedAccount();
    const report = await world.guard(iamEvent("AttachUserPolicy", { userName: 7, policyArn: TOOLS }));
    expect(report).toMatchObject({ outcome: "malformed", eventName: "AttachUserPolicy", findings: [] });
    expect(world.alerts.notices).toMatchObject([{ kind: "malformed-record", severity: "HIGH" }]);
  });
});

describe("fighting the guard", () => {
  it("by attaching again and again is contained each time, and told at the first and the third", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    for (let round = 0; round < 5; round += 1) {
      const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
      expect((await world.guard(attaching)).findings[0]?.status).toBe("contained");
    }
    expect(world.holders(TOOLS)).toEqual([]);
    expect(world.told).toEqual(["contained", "contained"]);
    expect(world.alerts.findings.map(({ recurrence }) => recurrence?.count)).toEqual([undefined, 3]);
  });

  it("by attaching within the enforcement lag is met by the second look, and told again", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    world.clock.duringSleep(() => world.iam.attachPolicy(ALICE, TOOLS));
    const report = await world.guard(attaching);
    expect(report.findings).toHaveLength(1);
    expect(world.clock.sleptMs).toEqual([5_000]);
    expect(world.holders(TOOLS)).toEqual([]);
    expect(world.told).toEqual(["contained", "contained"]);
  });

  it("by attaching to somebody else within the lag is told with that one's name", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    world.iam.createUser("bob");
    const toAlice = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    let toBob: unknown;
    world.clock.duringSleep(() => {
      toBob = world.happen("AttachUserPolicy", { userName: "bob", policyArn: TOOLS });
    });
    await world.guard(toAlice);
    expect(world.holders(TOOLS)).toEqual([]);
    expect(world.told).toEqual(["contained", "contained"]);
    const last = world.alerts.findings.at(-1);
    expect(last?.attachments.map(({ name }) => name)).toEqual(["alice", "Build", "bob"]);
    expect(stepsOf(last)).toEqual([
      "detach-user-policy alice done",
      "detach-role-policy Build done",
      "detach-user-policy bob done",
    ]);
    await world.guard(toBob);
    expect(world.told).toHaveLength(2);
  });

  it("is not what an exemption made within the lag does: it counts", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    world.clock.duringSleep(() => {
      world.iam.attachPolicy(ALICE, TOOLS);
      void world.findings.addExemption({
        id: "ke-1",
        account: "111122223333",
        policy: { kind: "managed", arn: TOOLS },
        reason: "needed tonight",
        owner: "oncall",
        createdBy: "oncall",
        createdAt: "2026-03-02T09:00:12Z",
        expiresAt: "2026-03-03T09:00:12Z",
      });
    });
    await world.guard(attaching);
    expect(world.holders(TOOLS)).toEqual(["user/alice"]);
    expect(world.told).toEqual(["contained"]);
  });

  it("with somebody else's call of the same name, or with a failed one, is ignored", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    const foreign = iamEvent(
      "CreatePolicy",
      { content: FULL },
      { eventSource: "organizations.amazonaws.com" },
    );
    expect((await world.guard(foreign)).outcome).toBe("not-ours");
    const failed = iamEvent(
      "AttachUserPolicy",
      { userName: "alice", policyArn: TOOLS },
      { errorCode: "AccessDenied" },
    );
    expect((await world.guard(failed)).outcome).toBe("not-ours");
    expect(world.calls).toEqual([]);
  });

  it("with an event of its own making, or of another account, moves nothing", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    const attaching = iamEvent("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    const forged = { ...Object(attaching), source: "my.app" };
    expect((await world.guard(forged)).outcome).toBe("not-ours");
    const moved = { ...Object(attaching), account: "444455556666" };
    moved.detail = { ...moved.detail, recipientAccountId: "444455556666" };
    expect((await world.guard(moved)).outcome).toBe("not-ours");
    expect(world.calls).toEqual([]);
    expect(world.holders(TOOLS)).toEqual(["user/alice", "role/Build"]);
  });

  it("with a policy that half the company holds only makes it speak", async () => {
    const world = withTools(new GuardedAccount({ maxAttachments: 1 }), FULL);
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    const report = await world.guard(attaching);
    expect(report.findings[0]).toMatchObject({ status: "open", decision: { action: "alert" } });
    expect(world.holders(TOOLS)).toEqual(["user/alice", "role/Build"]);
  });
});

describe("the guard's own calls", () => {
  const own = {
    userIdentity: {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/Guard/kms-guard",
      accountId: "111122223333",
      sessionContext: {
        sessionIssuer: { type: "Role", arn: "arn:aws:iam::111122223333:role/kms-guard/Guard" },
      },
    },
  };

  it("do not start a second round", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    const detaching = world.happen("DetachUserPolicy", { userName: "alice", policyArn: TOOLS }, own);
    expect(await world.guard(detaching)).toMatchObject({
      outcome: "clean",
      reason: "the guard's own removal",
    });
    expect(world.calls).toEqual([]);
  });

  it("are seen like anybody else's where they give", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }, own);
    expect((await world.guard(attaching)).findings[0]?.status).toBe("contained");
  });
});

describe("what IAM refuses", () => {
  it("a role that only AWS can change is told, and the others are contained", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    const reserved = { type: "role", name: "AWSReservedSSO_DataTeam_0123456789abcdef" } as const;
    world.iam.createRole(reserved.name, { path: "/aws-reserved/sso.amazonaws.com/" });
    const attaching = world.happen("AttachRolePolicy", { roleName: reserved.name, policyArn: TOOLS });
    const report = await world.guard(attaching);
    expect(report.findings[0]?.status).toBe("open");
    expect(report.findings[0]?.decision.reason).toContain("permission set `DataTeam`");
    expect(world.holders(TOOLS)).toEqual([`role/${reserved.name}`]);
  });

  it.each(["AWSReservedSSO_DataTeam_0123456789abcdef", "AWSServiceRoleForSupport"])(
    "a role of one's own that is called %s is contained like any other",
    async (roleName) => {
      const world = withTools(new GuardedAccount(), FULL);
      world.iam.createRole(roleName);
      const attaching = world.happen("AttachRolePolicy", { roleName, policyArn: TOOLS });
      expect((await world.guard(attaching)).findings[0]?.status).toBe("contained");
      expect(world.holders(TOOLS)).toEqual([]);
      const putting = world.happen("PutRolePolicy", { roleName, policyName: "keys", policyDocument: FULL });
      expect((await world.guard(putting)).findings[0]?.status).toBe("contained");
    },
  );

  it("no role of another name is asked about before the containment", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    const reserved = "AWSReservedSSO_DataTeam_0123456789abcdef";
    world.iam.createRole(reserved, { path: "/aws-reserved/sso.amazonaws.com/" });
    const attaching = world.happen("AttachRolePolicy", { roleName: reserved, policyArn: TOOLS });
    await world.guard(attaching);
    const before = world.calls.slice(0, world.calls.indexOf("DetachUserPolicy"));
    expect(before.toSorted()).toEqual([
      "GetPolicy",
      "GetPolicyVersion",
      "GetRole",
      "ListEntitiesForPolicy",
      "ListEntitiesForPolicy",
    ]);
  });

  it("where a role of such a name cannot be read, the others are contained and the event comes again", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    const roleName = "AWSReservedSSO_DataTeam_0123456789abcdef";
    world.iam.createRole(roleName);
    const attaching = world.happen("AttachRolePolicy", { roleName, policyArn: TOOLS });
    world.fault = (operation) =>
      operation === "GetRole" ? new IamError("Throttling", "Rate exceeded") : undefined;
    await expect(world.guard(attaching)).rejects.toThrow("Rate exceeded");
    expect(world.holders(TOOLS)).toEqual([`role/${roleName}`]);

    world.fault = () => undefined;
    expect((await world.guard(attaching)).findings[0]?.status).toBe("contained");
    expect(world.holders(TOOLS)).toEqual([]);
  });

  it("where one of a group's policies cannot be read, the other is taken and the event comes again", async () => {
    const world = new GuardedAccount();
    const group = { type: "group", name: "Ops" } as const;
    world.iam.createUser("alice");
    world.iam.createGroup("Ops");
    for (const name of ["First", "Second"]) {
      world.iam.createPolicy(name, FULL);
      world.iam.attachPolicy(group, `arn:aws:iam::111122223333:policy/${name}`);
    }
    const holders = () =>
      ["First", "Second"].map((name) => world.holders(`arn:aws:iam::111122223333:policy/${name}`));
    let reads = 0;
    world.fault = (operation) => {
      if (operation !== "GetPolicy") return undefined;
      reads += 1;
      return reads === 1 ? new IamError("Throttling", "Rate exceeded") : undefined;
    };
    const joining = world.happen("AddUserToGroup", { userName: "alice", groupName: "Ops" });
    await expect(world.guard(joining)).rejects.toThrow("Rate exceeded");
    expect(holders()).toEqual([["group/Ops"], []]);

    await world.guard(joining);
    expect(holders()).toEqual([[], []]);
  });

  it("a denial on one principal keeps no other from being freed, and is not tried again", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    world.fault = (operation) =>
      operation === "DetachUserPolicy"
        ? new IamError("AccessDenied", "with an explicit deny in a service control policy")
        : undefined;
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    const report = await world.guard(attaching);
    expect(report.findings[0]?.status).toBe("containment-failed");
    expect(stepsOf(report.findings[0])).toEqual([
      "detach-user-policy alice failed",
      "detach-role-policy Build done",
    ]);
    expect(world.calls.filter((call) => call === "DetachUserPolicy")).toHaveLength(1);
    expect(world.told).toEqual(["containment-failed"]);
  });

  it("throttling is waited out, the other steps first", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    let throttled = 2;
    world.fault = (operation) => {
      if (operation !== "DetachUserPolicy" || throttled === 0) return undefined;
      throttled -= 1;
      return new IamError("Throttling", "Rate exceeded");
    };
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    expect((await world.guard(attaching)).findings[0]?.status).toBe("contained");
    expect(world.calls.filter((call) => call.startsWith("Detach"))).toEqual([
      "DetachUserPolicy",
      "DetachRolePolicy",
      "DetachUserPolicy",
      "DetachUserPolicy",
    ]);
  });

  it("throttling without end is told, and thrown so that the event comes again", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    world.fault = (operation) =>
      operation === "DetachUserPolicy" ? new IamError("Throttling", "Rate exceeded") : undefined;
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    await expect(world.guard(attaching)).rejects.toThrow("Rate exceeded");
    expect(world.told).toEqual(["containment-failed"]);

    world.fault = () => undefined;
    expect((await world.guard(attaching)).findings[0]?.status).toBe("contained");
    expect(world.told).toEqual(["containment-failed", "contained"]);
    expect(stepsOf(world.alerts.findings[1])).toEqual([
      "detach-user-policy alice done",
      "detach-role-policy Build done",
    ]);
  });

  it("throttling on the second page of holders changes nothing, and the retry contains them all", async () => {
    const world = withTools(new GuardedAccount(), FULL);
    world.iam.createUser("bob");
    world.iam.attachPolicy({ type: "user", name: "bob" }, TOOLS);
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    let pages = 0;
    world.fault = (operation) => {
      if (operation !== "ListEntitiesForPolicy") return undefined;
      pages += 1;
      return pages === 2 ? new IamError("Throttling", "Rate exceeded") : undefined;
    };
    await expect(world.guard(attaching)).rejects.toThrow("Rate exceeded");
    expect(world.holders(TOOLS)).toHaveLength(3);
    await world.guard(attaching);
    expect(world.holders(TOOLS)).toEqual([]);
  });

  it("to be read at all: what the event carries is told before the retry", async () => {
    const world = new GuardedAccount();
    world.iam.createRole("Build");
    const putting = world.happen("PutRolePolicy", {
      roleName: "Build",
      policyName: "extra",
      policyDocument: FULL,
    });
    world.fault = () => new IamError("AccessDenied", "with an explicit deny in a service control policy");
    await expect(world.guard(putting)).rejects.toThrow("explicit deny");
    expect(world.told).toEqual(["open"]);

    world.fault = () => undefined;
    expect((await world.guard(putting)).findings[0]?.status).toBe("contained");
    expect(world.told).toEqual(["open", "contained"]);
  });
});

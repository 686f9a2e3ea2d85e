import { IamError } from "@kms-guard/adapters/memory/iam-error.ts";
import { restore } from "@kms-guard/guard/restore.ts";
import { sweep } from "@kms-guard/guard/sweep.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { exemptionsIn } from "@kms-guard/testing/fakes/stored.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;
const BUILD = { type: "role", name: "Build" } as const;
const TONIGHT = { by: "oncall", reason: "the release needs it", hours: 4, dryRun: false };

/** A policy was taken from alice and from the role Build; answers the finding's id. */
async function contained(world: GuardedAccount): Promise<string> {
  world.iam.createUser("alice");
  world.iam.createRole("Build");
  world.iam.createPolicy("Tools", FULL);
  world.iam.attachPolicy(BUILD, TOOLS);
  const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
  const { findings } = await world.guard(attaching);
  world.calls.length = 0;
  return findings[0]?.id ?? "";
}

describe("restore", () => {
  it("puts back what was taken, exempt for so long, and tells people", async () => {
    const world = new GuardedAccount();
    const id = await contained(world);
    const report = await restore(world.ports, world.settings)(id, TONIGHT);
    expect(report).toMatchObject({
      kind: "restored",
      finding: { id, status: "restored" },
      steps: [
        { action: "attach-user-policy", outcome: "done" },
        { action: "attach-role-policy", outcome: "done" },
      ],
    });
    expect(world.holders(TOOLS)).toEqual(["user/alice", "role/Build"]);
    expect(world.told).toEqual(["contained", "restored"]);
    // The clock stands at 9:00:15: ten seconds past the hour, and five for the enforcement lag.
    // And the hash is what sha256sum says of FULL.
    expect(await exemptionsIn(world.findings)).toEqual([
      {
        id: `ke-restore-${id}`,
        account: "111122223333",
        policy: { kind: "managed", arn: TOOLS },
        documentSha256: "1146050b8dc1639427e3019cfff9bcfde0d88d9b22c856a1563e5ea0c04e795a",
        reason: "the release needs it",
        owner: "oncall",
        createdBy: "oncall",
        createdAt: "2026-03-02T09:00:15.000Z",
        expiresAt: "2026-03-02T13:00:15.000Z",
      },
    ]);
  });

  it("holds: the guard lets its attaching stand until the exemption ends", async () => {
    const world = new GuardedAccount();
    const id = await contained(world);
    await restore(world.ports, world.settings)(id, TONIGHT);
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    expect((await world.guard(attaching)).findings[0]?.status).toBe("exempt");

    await world.clock.sleepMs(4 * 3_600_000);
    const later = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    expect((await world.guard(later)).findings[0]?.status).toBe("contained");
  });

  it("does not cover another text of the policy", async () => {
    const world = new GuardedAccount();
    const id = await contained(world);
    await restore(world.ports, world.settings)(id, TONIGHT);
    const widening = world.happen(
      "CreatePolicyVersion",
      { policyArn: TOOLS, policyDocument: FULL.replace("kms:*", "*"), setAsDefault: true },
      { responseElements: { policyVersion: { versionId: "v2", isDefaultVersion: true } } },
    );
    expect((await world.guard(widening)).findings[0]?.status).toBe("contained");
  });

  it("only says what it would do in a dry run", async () => {
    const world = new GuardedAccount();
    const id = await contained(world);
    const report = await restore(world.ports, world.settings)(id, { ...TONIGHT, dryRun: true });
    expect(report).toMatchObject({
      kind: "planned",
      steps: [{ action: "attach-user-policy" }, { action: "attach-role-policy" }],
    });
    expect(world.calls).toEqual(["GetUser", "GetRole"]);
    expect(await exemptionsIn(world.findings)).toEqual([]);
    expect(world.told).toEqual(["contained"]);
  });

  it("says of what was already restored who did it and until when, and does nothing more", async () => {
    const world = new GuardedAccount();
    const id = await contained(world);
    await restore(world.ports, world.settings)(id, TONIGHT);
    const before = await exemptionsIn(world.findings);
    await world.clock.sleepMs(3_600_000);
    world.calls.length = 0;
    const tomorrow = { by: "somebody else", reason: "just in case", hours: 24, dryRun: false };
    expect(await restore(world.ports, world.settings)(id, tomorrow)).toMatchObject({
      kind: "already-restored",
      finding: { id, status: "restored" },
      exemption: {
        createdBy: "oncall",
        reason: "the release needs it",
        expiresAt: "2026-03-02T13:00:15.000Z",
      },
      failures: [],
    });
    expect(await exemptionsIn(world.findings)).toEqual(before);
    expect(world.calls).toEqual(["GetUser", "GetRole", "ListEntitiesForPolicy"]);
    expect(world.told).toEqual(["contained", "restored"]);
  });

  it("tells of it where it could not be told the first time", async () => {
    const world = new GuardedAccount();
    const id = await contained(world);
    const publish = world.alerts.people.publishFinding;
    world.alerts.people.publishFinding = () => Promise.reject(new Error("no SNS today"));
    expect(await restore(world.ports, world.settings)(id, TONIGHT)).toMatchObject({
      kind: "restored",
      failures: [{ message: expect.stringContaining("no SNS today") }],
    });
    world.alerts.people.publishFinding = publish;
    expect(await restore(world.ports, world.settings)(id, TONIGHT)).toMatchObject({
      kind: "already-restored",
      failures: [],
    });
    expect(world.told).toEqual(["contained", "restored"]);
  });

  it("is done again where somebody has taken it away since, or its exemption is over", async () => {
    const world = new GuardedAccount();
    const id = await contained(world);
    await restore(world.ports, world.settings)(id, TONIGHT);
    world.iam.detachPolicy(ALICE, TOOLS);
    const again = await restore(world.ports, world.settings)(id, { ...TONIGHT, by: "somebody else" });
    expect(again).toMatchObject({
      kind: "restored",
      steps: [{ outcome: "done" }, { outcome: "already" }],
      exemption: { createdBy: "somebody else" },
    });

    await world.clock.sleepMs(4 * 3_600_000);
    expect(await restore(world.ports, world.settings)(id, TONIGHT)).toMatchObject({
      kind: "restored",
      steps: [{ outcome: "already" }, { outcome: "already" }],
      exemption: { createdBy: "oncall", expiresAt: "2026-03-02T17:00:15.000Z" },
    });
    expect(await exemptionsIn(world.findings)).toHaveLength(1);
  });

  it("of an inline policy is done again where it stands no more", async () => {
    const world = new GuardedAccount();
    world.iam.createRole("Build");
    const putting = world.happen("PutRolePolicy", {
      roleName: "Build",
      policyName: "x",
      policyDocument: FULL,
    });
    const id = (await world.guard(putting)).findings[0]?.id ?? "";
    const again = () => restore(world.ports, world.settings)(id, TONIGHT);
    expect((await again()).kind).toBe("restored");
    expect((await again()).kind).toBe("already-restored");
    world.iam.deleteInlinePolicy(BUILD, "x");
    expect((await again()).kind).toBe("restored");
    expect(world.iam.principal(BUILD).inline.get("x")).toBe(FULL);
  });

  it("does what it can where a principal is gone or full, and can go on later", async () => {
    const world = new GuardedAccount();
    const id = await contained(world);
    world.iam.deletePrincipal(ALICE);
    for (let index = 0; index < 10; index += 1) {
      world.iam.attachPolicy(BUILD, world.iam.createPolicy(`P${index}`, READ_ONLY));
    }
    const none = await restore(world.ports, world.settings)(id, TONIGHT);
    expect(none).toMatchObject({
      kind: "restored",
      finding: { status: "contained" },
      steps: [
        { outcome: "failed", error: "NoSuchEntity: The user with name alice cannot be found." },
        { outcome: "failed", error: "LimitExceeded: Cannot exceed quota for PoliciesPerPrincipal: 10" },
      ],
    });
    expect(world.told).toEqual(["contained"]);

    world.iam.detachPolicy(BUILD, "arn:aws:iam::111122223333:policy/P0");
    const some = await restore(world.ports, world.settings)(id, TONIGHT);
    expect(some).toMatchObject({
      finding: { status: "restored" },
      steps: [{ outcome: "failed" }, { outcome: "done" }],
    });
  });

  it("does not write over an inline policy that somebody put there since", async () => {
    const world = new GuardedAccount();
    world.iam.createRole("Build");
    const putting = world.happen("PutRolePolicy", {
      roleName: "Build",
      policyName: "x",
      policyDocument: FULL,
    });
    const { findings } = await world.guard(putting);
    world.iam.putInlinePolicy(BUILD, "x", READ_ONLY);
    const report = await restore(world.ports, world.settings)(findings[0]?.id ?? "", TONIGHT);
    expect(report).toMatchObject({ kind: "restored", steps: [{ outcome: "failed" }] });
    expect(world.iam.principal(BUILD).inline.get("x")).toBe(READ_ONLY);
  });

  it("changes nothing where the exemption cannot be made first", async () => {
    const world = new GuardedAccount();
    const id = await contained(world);
    world.findings.addExemption = () => Promise.reject(new IamError("AccessDenied", "not you"));
    await expect(restore(world.ports, world.settings)(id, TONIGHT)).rejects.toThrow("not you");
    expect(world.holders(TOOLS)).toEqual([]);
  });

  it("refuses what it does not know, what took nothing, and what is of another account", async () => {
    const world = new GuardedAccount({ mode: "monitor" });
    const id = await contained(world);
    const refuse = restore(world.ports, world.settings);
    expect(await refuse("kg-0000000000000000", TONIGHT)).toMatchObject({
      kind: "refused",
      reason: "there is no finding `kg-0000000000000000`",
    });
    expect(await refuse(id, TONIGHT)).toMatchObject({
      kind: "refused",
      reason: `nothing was removed for \`${id}\`, so there is nothing to restore`,
    });
    const elsewhere = { ...world.settings, account: { id: "444455556666", partition: "aws" } };
    expect(await restore(world.ports, elsewhere)(id, TONIGHT)).toMatchObject({
      kind: "refused",
      reason: `\`${id}\` is of account 111122223333, not of 444455556666`,
    });
  });
});

describe("restoring all that a sweep contained", () => {
  const PRINCIPALS = [
    ALICE,
    BUILD,
    { type: "user", name: "bob" },
    { type: "role", name: "Deploy" },
    { type: "group", name: "Admins" },
  ] as const;
  const who = fc.constantFrom(...PRINCIPALS);
  const document = fc.constantFrom(FULL, READ_ONLY, FULL.replace("kms:*", "*"));
  const accounts = fc.record({
    policies: fc.uniqueArray(fc.tuple(fc.constantFrom("A", "B", "C"), document), {
      selector: ([name]) => name,
    }),
    attachments: fc.array(fc.tuple(who, fc.nat(2))),
    inline: fc.array(fc.tuple(who, fc.constantFrom("x", "y"), document)),
    boundaries: fc.array(fc.tuple(fc.constantFrom(ALICE, BUILD), fc.nat(2))),
  });

  it("is the account as it was", async () => {
    await fc.assert(
      fc.asyncProperty(accounts, async ({ policies, attachments, inline, boundaries }) => {
        const world = new GuardedAccount();
        for (const { type, name } of PRINCIPALS) {
          if (type === "user") world.iam.createUser(name);
          if (type === "role") world.iam.createRole(name);
          if (type === "group") world.iam.createGroup(name);
        }
        const arns = policies.map(([name, text]) => world.iam.createPolicy(name, text));
        for (const [principal, index] of attachments) {
          const arn = arns[index];
          if (arn !== undefined) world.iam.attachPolicy(principal, arn);
        }
        for (const [principal, name, text] of inline) world.iam.putInlinePolicy(principal, name, text);
        for (const [principal, index] of boundaries) {
          const arn = arns[index];
          if (arn !== undefined) world.iam.putPermissionsBoundary(principal, arn);
        }
        const before = world.account.snapshot();

        const { findings } = await sweep(world.ports, world.settings)("property");
        for (const { id, status } of findings) {
          if (status === "contained") await restore(world.ports, world.settings)(id, TONIGHT);
        }
        expect(world.account.snapshot()).toEqual(before);
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 2000 },
    );
  });
});

import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { restore } from "@kms-guard/guard/restore.ts";
import { sweep } from "@kms-guard/guard/sweep.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { expect, it } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const OTHER = "arn:aws:iam::111122223333:policy/Other";
const ALICE = { type: "user", name: "alice" } as const;
const BOB = { type: "user", name: "bob" } as const;
const PROBLEM = "`finding` of item `FINDING` cannot be read: status: another version wrote it";

/** `Tools` attached to alice, and `Other` to bob. */
function twoViolations(settings: ConstructorParameters<typeof GuardedAccount>[0] = {}): GuardedAccount {
  const world = new GuardedAccount(settings);
  world.iam.createUser("alice");
  world.iam.createUser("bob");
  world.iam.createPolicy("Tools", FULL);
  world.iam.createPolicy("Other", FULL);
  world.iam.attachPolicy(ALICE, TOOLS);
  world.iam.attachPolicy(BOB, OTHER);
  return world;
}

function exemptionOf(id: string, arn: string): Exemption {
  return {
    ...{ id, account: "111122223333", policy: { kind: "managed", arn } },
    ...{ reason: "key ceremony", owner: "security@example.com" },
    createdBy: "arn:aws:iam::111122223333:user/alex",
    createdAt: "2026-03-01T00:00:00.000Z",
    expiresAt: "2026-06-01T00:00:00.000Z",
  };
}

function swept(world: GuardedAccount) {
  return sweep(world.ports, world.settings)("scheduled");
}

/** Of each finding that people were notified of: the policy and the status. */
function notified({ alerts }: GuardedAccount): readonly string[] {
  return alerts.findings.map(({ policy, status }) => `${policy.name} ${status}`);
}

it("a finding that cannot be read stops no sweep: the others are resolved and notified, and itself in one notice", async () => {
  const world = twoViolations({ mode: "monitor" });
  const [tools] = (await swept(world)).findings;
  world.findings.makeUnreadable(tools?.id ?? "", PROBLEM);
  world.iam.detachPolicy(BOB, OTHER);

  await swept(world);
  await swept(world);
  expect(notified(world)).toEqual(["Tools open", "Other open", "Tools open", "Other resolved"]);
  expect(world.alerts.notices).toMatchObject([{ kind: "unreadable-record" }]);
  expect(JSON.stringify(world.alerts.notices)).toContain(tools?.id);
});

it("an exemption that cannot be read exempts nothing, and the others still do", async () => {
  const world = twoViolations();
  await world.findings.addExemption(exemptionOf("ke-1", TOOLS));
  await world.findings.addExemption(exemptionOf("ke-2", OTHER));
  world.findings.makeUnreadable(
    "ke-1",
    "`exemption` of item `EXEMPTION#ke-1` cannot be read: policy: missing",
  );

  await swept(world);
  await swept(world);
  expect(notified(world)).toEqual(["Tools contained", "Other exempt"]);
  expect(world.holders(TOOLS)).toEqual([]);
  expect(world.alerts.notices).toMatchObject([{ kind: "unreadable-record" }]);
});

it("another problem of the same record is another notice", async () => {
  const world = twoViolations({ mode: "monitor" });
  const [tools] = (await swept(world)).findings;
  for (const problem of [PROBLEM, "its JSON is cut"]) {
    world.findings.makeUnreadable(tools?.id ?? "", problem);
    await swept(world);
  }
  expect(world.alerts.notices.map(({ kind }) => kind)).toEqual(["unreadable-record", "unreadable-record"]);
});

it("events are contained as if an unreadable finding of the policy was not there", async () => {
  const world = twoViolations({ mode: "monitor" });
  const [tools] = (await swept(world)).findings;
  world.findings.makeUnreadable(tools?.id ?? "", PROBLEM);
  world.iam.createRole("Build");
  const event = world.happen("AttachRolePolicy", { roleName: "Build", policyArn: TOOLS });

  const enforcing = new GuardedAccount({ mode: "enforce" }, world.ports);
  await enforcing.guard(event);
  expect(world.holders(TOOLS)).toEqual([]);
  expect(notified(world)).toEqual(["Tools open", "Other open", "Tools contained"]);
});

it("a retry that cannot read what the first run recorded contains, and records it beside", async () => {
  const world = twoViolations({ mode: "monitor" });
  const event = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
  const [first] = (await world.guard(event)).findings;
  world.findings.makeUnreadable(first?.id ?? "", PROBLEM);

  const enforcing = new GuardedAccount({ mode: "enforce" }, world.ports);
  const [second] = (await enforcing.guard(event)).findings;
  const [third] = (await enforcing.guard(event)).findings;
  expect(second).toMatchObject({ status: "contained" });
  expect(second?.id).not.toBe(first?.id);
  expect(third?.id).toBe(second?.id);
  expect(notified(world)).toEqual(["Tools open", "Tools contained"]);
});

it("a finding that cannot be read is not restored, and says why", async () => {
  const world = twoViolations();
  const [tools] = (await swept(world)).findings;
  world.findings.makeUnreadable(tools?.id ?? "", PROBLEM);
  const request = { by: "arn:aws:iam::111122223333:user/alex", reason: "needed", hours: 1, dryRun: false };
  expect(await restore(world.ports, world.settings)(tools?.id ?? "", request)).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining(PROBLEM),
  });
  expect(world.holders(TOOLS)).toEqual([]);
});

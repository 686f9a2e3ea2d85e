import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { COMBINED_FINDING, EXEMPTION } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { describe, expect, it } from "vitest";
import { sweep } from "./sweep.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const HARMLESS =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:ListKeys","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;
const BOB = { type: "user", name: "bob" } as const;
const DAY_MS = 86_400_000;

/** alice and bob have the full policy Tools. */
function account(settings: ConstructorParameters<typeof GuardedAccount>[0] = {}): GuardedAccount {
  const world = new GuardedAccount(settings);
  world.iam.createPolicy("Tools", FULL);
  for (const user of [ALICE, BOB]) {
    world.iam.createUser(user.name);
    world.iam.attachPolicy(user, TOOLS);
  }
  return world;
}

const swept = (world: GuardedAccount, deadlineMs?: number) =>
  sweep(world.ports, world.settings)("scheduled", deadlineMs);

/** For bob's attachment of Tools, for so many days. */
function exemptionOfBob(world: GuardedAccount, days: number): Exemption {
  return {
    ...EXEMPTION,
    policy: { kind: "managed", arn: TOOLS },
    principal: BOB,
    expiresAt: new Date(world.clock.nowMs() + days * DAY_MS).toISOString(),
  };
}

describe("a principal that is exempt beside contained ones", () => {
  const statesIn = (world: GuardedAccount) =>
    world.alerts.findings.map(({ attachments }) => attachments.map(({ name, state }) => `${name} ${state}`));

  it("is contained when its exemption ends", async () => {
    const world = account();
    await world.findings.addExemption(exemptionOfBob(world, 30));
    await swept(world);
    expect(world.holders(TOOLS)).toEqual(["user/bob"]);

    await world.clock.sleepMs(30 * DAY_MS);
    await swept(world);
    expect(world.holders(TOOLS)).toEqual([]);
    expect(world.told).toEqual(["contained", "contained"]);
    expect(statesIn(world)[0]).toEqual(["alice contained", "bob exempt"]);
    expect(statesIn(world)[1]).toContain("bob contained");
  });

  it("is left alone until then, and nobody is notified again", async () => {
    const world = account();
    await world.findings.addExemption(exemptionOfBob(world, 30));
    await swept(world);
    await world.clock.sleepMs(20 * DAY_MS);
    await swept(world);
    expect(world.holders(TOOLS)).toEqual(["user/bob"]);
    expect(world.told).toEqual(["contained"]);
  });
});

describe("an exemption that ends within a week", () => {
  it.each([
    [8, []],
    [7, ["exemption-expiring"]],
  ])("is notified once: %d days before, %j", async (days, kinds) => {
    const world = account();
    await world.findings.addExemption(exemptionOfBob(world, days));
    await swept(world);
    await swept(world);
    expect(world.alerts.notices.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe("a full version that is not in force", () => {
  it.each<[string, string, readonly string[]]>([
    ["of a harmless policy is notified once", HARMLESS, ["dormant-version"]],
    ["of a full policy is not: the policy is a finding", FULL, []],
  ])("%s", async (_, text, kinds) => {
    const world = new GuardedAccount({ mode: "monitor" });
    world.iam.createPolicy("Tools", text);
    world.iam.createPolicyVersion(TOOLS, FULL);
    await swept(world);
    await swept(world);
    expect(world.alerts.notices.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe("a finding that is no longer true", () => {
  it("is resolved, by the sweep", async () => {
    const world = account({ mode: "monitor" });
    await swept(world);
    for (const user of [ALICE, BOB]) world.iam.detachPolicy(user, TOOLS);
    await swept(world);
    expect(world.told).toEqual(["open", "resolved"]);
    expect(world.alerts.findings[1]?.resolution?.trigger).toEqual({ kind: "sweep" });
  });

  it("is not resolved while the account is not read whole", async () => {
    const world = account({ mode: "monitor" });
    await swept(world);
    world.iam.createPolicy("Other", HARMLESS);
    for (const user of [ALICE, BOB]) world.iam.detachPolicy(user, TOOLS);
    await expect(swept(world, world.clock.nowMs())).rejects.toThrow(
      /^incomplete run: there was no time for 2 policies; the next run goes on there$/,
    );
    expect(world.told).toEqual(["open"]);
  });

  it("is no policy's, where several are a violation together", async () => {
    const world = new GuardedAccount();
    await world.findings.open(COMBINED_FINDING, []);
    await swept(world);
    expect(await world.statuses()).toEqual(["open"]);
  });
});

describe("what fails calls for another run, and keeps nothing else from being done", () => {
  it.each<[string, (world: GuardedAccount) => void, string]>([
    [
      "the unresolved findings",
      ({ findings }) => {
        const { list } = findings;
        let isFirst = true;
        findings.list = (...query) => {
          if (!isFirst) return list.apply(findings, query);
          isFirst = false;
          throw new Error("Throttling");
        };
      },
      "the unresolved findings could not be read: Throttling",
    ],
    [
      "an unreadable record, whose notice cannot be sent",
      ({ findings, alerts }) => {
        void findings.open(COMBINED_FINDING, []);
        findings.makeUnreadable(COMBINED_FINDING.id, "written by a newer version");
        alerts.people.publishNotice = () => Promise.reject(new Error("no SNS today"));
      },
      "could not be published to people: no SNS today",
    ],
  ])("%s", async (_, breaks, problem) => {
    const world = account();
    breaks(world);
    await expect(swept(world)).rejects.toThrow(problem);
    expect(world.holders(TOOLS)).toEqual([]);
  });

  it("the exemptions, which block the containment", async () => {
    const world = account();
    world.findings.exemptions = () => Promise.reject(new Error("Throttling"));
    await expect(swept(world)).rejects.toThrow("the exemptions cannot be read: Throttling");
    expect(world.holders(TOOLS)).toEqual(["user/alice", "user/bob"]);
    expect(world.told).toEqual(["open"]);
  });
});

it("that cannot read the exemptions calls for another run, though there is no violation", async () => {
  const world = new GuardedAccount();
  world.findings.exemptions = () => Promise.reject(new Error("Throttling"));
  await expect(swept(world)).rejects.toThrow("the exemptions cannot be read: Throttling");
});

it("says why it swept, and how many findings there are", async () => {
  const world = account({ mode: "monitor" });
  const observed: unknown[] = [];
  const observer = { ...world.ports.observer, sweep: (...seen: unknown[]) => void observed.push(seen) };
  const report = await sweep({ ...world.ports, observer }, world.settings)("by hand");
  expect(report).toMatchObject({ reason: "by hand", findings: [{ status: "open" }] });
  expect(observed).toEqual([["by hand", 1]]);
});

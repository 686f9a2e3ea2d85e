import { sweep } from "@kms-guard/guard/sweep.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { exemptionsIn } from "@kms-guard/testing/fakes/stored.ts";
import { describe, expect, it } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;
const BOB = { type: "user", name: "bob" } as const;

function worldWithTools(settings: ConstructorParameters<typeof GuardedAccount>[0] = {}): GuardedAccount {
  const world = new GuardedAccount(settings);
  world.iam.createUser("alice");
  world.iam.createUser("bob");
  world.iam.createPolicy("Tools", FULL);
  world.iam.createPolicy("Fine", READ_ONLY);
  world.iam.attachPolicy(ALICE, TOOLS);
  world.iam.putInlinePolicy(BOB, "keys", FULL);
  world.iam.putInlinePolicy(BOB, "fine", READ_ONLY);
  world.iam.attachPolicy({ ...BOB }, "arn:aws:iam::111122223333:policy/Fine");
  return world;
}

it("finds managed and inline policies, and contains them like those of an event", async () => {
  const world = worldWithTools();
  const report = await sweep(world.ports, world.settings)("scheduled");
  expect(report.reason).toBe("scheduled");
  expect(report.findings.map(({ policy, status, trigger }) => [policy.name, status, trigger.kind])).toEqual([
    ["Tools", "contained", "sweep"],
    ["keys", "contained", "sweep"],
  ]);
  expect(world.holders(TOOLS)).toEqual([]);
  expect(world.iam.principal(BOB).inline.size).toBe(1);
  expect(world.clock.sleptMs).toEqual([5_000]);
});

it("changes nothing in monitor mode, and tells what it told before only when somebody new holds it", async () => {
  const world = worldWithTools({ mode: "monitor" });
  await sweep(world.ports, world.settings)("scheduled");
  await sweep(world.ports, world.settings)("scheduled");
  expect(world.alerts.findings.map(({ policy }) => policy.name)).toEqual(["Tools", "keys"]);

  world.iam.attachPolicy(BOB, TOOLS);
  await sweep(world.ports, world.settings)("scheduled");
  expect(world.alerts.findings.map(({ policy }) => policy.name)).toEqual(["Tools", "keys", "Tools"]);
  expect(world.holders(TOOLS)).toEqual(["user/alice", "user/bob"]);
});

it("repeats once a day what may be full and cannot be evaluated, and nothing else", async () => {
  const world = worldWithTools({ mode: "monitor" });
  const inDoubt = FULL.replace('"*"}', '"arn:aws:kms:*:${aws:PrincipalAccount}:key/*"}');
  world.iam.putInlinePolicy(BOB, "keys", inDoubt);
  const hours = [0, 6, 24, 30];
  for (const [index, hour] of hours.entries()) {
    await world.clock.sleepMs((hour - (hours[index - 1] ?? 0)) * 3_600_000);
    await sweep(world.ports, world.settings)("scheduled");
  }
  expect(world.alerts.findings.map(({ policy, verdict }) => `${policy.name} ${verdict}`)).toEqual([
    "Tools full",
    "keys invalid",
    "keys invalid",
  ]);
});

it("contains and tells again what came back unseen", async () => {
  const world = worldWithTools();
  await sweep(world.ports, world.settings)("scheduled");
  world.iam.attachPolicy(ALICE, TOOLS);
  await sweep(world.ports, world.settings)("scheduled");
  expect(world.holders(TOOLS)).toEqual([]);
  expect(world.alerts.findings.map(({ policy, status }) => `${policy.name} ${status}`)).toEqual([
    "Tools contained",
    "keys contained",
    "Tools contained",
  ]);
});

it("leaves AWS's own policies to whoever looks at its alert", async () => {
  const world = new GuardedAccount({ awsManaged: "contain" });
  world.iam.createRole("Admin");
  world.iam.attachPolicy({ type: "role", name: "Admin" }, "arn:aws:iam::aws:policy/AdministratorAccess");
  const report = await sweep(world.ports, world.settings)("scheduled");
  expect(report.findings).toMatchObject([{ status: "open", policy: { kind: "aws-managed" } }]);
  expect(world.holders("arn:aws:iam::aws:policy/AdministratorAccess")).toEqual(["role/Admin"]);
});

describe("a sweep and the events", () => {
  const attached = async (settings: ConstructorParameters<typeof GuardedAccount>[0]) => {
    const world = new GuardedAccount(settings);
    world.iam.createUser("alice");
    world.iam.createUser("bob");
    world.iam.createPolicy("Tools", FULL);
    await world.guard(world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }));
    return world;
  };
  const swept = (world: GuardedAccount) => sweep(world.ports, world.settings)("scheduled");

  it("tell of a grant once, whoever comes first", async () => {
    const world = await attached({ mode: "monitor" });
    expect((await swept(world)).findings).toMatchObject([{ trigger: { kind: "event" }, status: "open" }]);
    expect(world.told).toEqual(["open"]);
  });

  it("tell of what an event took away once: that nobody holds it is no news", async () => {
    const world = await attached({});
    await swept(world);
    expect(world.told).toEqual(["contained"]);
    expect(await world.statuses()).toEqual(["contained"]);
  });

  it("tell of a holder whose event was missed, and that it was", async () => {
    const world = await attached({ mode: "monitor" });
    world.iam.attachPolicy(BOB, TOOLS);
    await swept(world);
    expect(world.alerts.findings.map(({ trigger }) => trigger.kind)).toEqual(["event", "sweep"]);
  });

  it("take away what an event told of in monitor mode, once the mode is enforce", async () => {
    const world = await attached({ mode: "monitor" });
    await sweep(world.ports, { ...world.settings, mode: "enforce" })("scheduled");
    expect(world.holders(TOOLS)).toEqual([]);
    expect(world.told).toEqual(["open", "contained"]);
    expect(new Set(world.alerts.findings.map(({ id }) => id)).size).toBe(1);
  });

  it("resolve what is over though no event said so, once", async () => {
    const world = await attached({ mode: "monitor" });
    world.iam.detachPolicy(ALICE, TOOLS);
    await swept(world);
    await swept(world);
    expect(world.told).toEqual(["open", "resolved"]);
    expect(world.alerts.findings[1]?.resolution).toMatchObject({ trigger: { kind: "sweep" } });
  });

  it("tell again of what was resolved and is back unseen", async () => {
    const world = new GuardedAccount({ mode: "monitor" });
    world.iam.createUser("alice");
    world.iam.createPolicy("Tools", FULL);
    world.iam.attachPolicy(ALICE, TOOLS);
    await swept(world);
    world.iam.detachPolicy(ALICE, TOOLS);
    await swept(world);
    world.iam.attachPolicy(ALICE, TOOLS);
    await swept(world);
    await swept(world);
    expect(world.told).toEqual(["open", "resolved", "open"]);
    expect(await world.statuses()).toEqual(["open"]);
  });

  it("end what a guard began and could never end, as what it came to", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("alice");
    world.iam.createPolicy("Tools", FULL);
    const { close } = world.findings;
    const publish = world.alerts.people.publishFinding;
    world.findings.close = async () => Promise.reject(new Error("the table is out of order"));
    world.alerts.people.publishFinding = async () => Promise.reject(new Error("the topic is out of order"));
    const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    await expect(world.guard(attaching)).rejects.toThrow("out of order");
    expect([world.holders(TOOLS), await world.statuses()]).toEqual([[], ["open"]]);

    world.findings.close = close;
    world.alerts.people.publishFinding = publish;
    await swept(world);
    expect(world.told).toEqual(["contained"]);
    expect(await world.statuses()).toEqual(["contained"]);
  });

  it("resolve nothing where the account could not be read to its end", async () => {
    const world = await attached({ mode: "monitor" });
    world.iam.detachPolicy(ALICE, TOOLS);
    world.iam.createPolicy("Second", READ_ONLY);
    world.iam.createPolicy("Third", READ_ONLY);
    let pages = 0;
    world.fault = (operation) => {
      if (operation !== "GetAccountAuthorizationDetails") return undefined;
      pages += 1;
      return pages === 2 ? new Error("Rate exceeded") : undefined;
    };
    await expect(swept(world)).rejects.toThrow("Rate exceeded");
    expect(world.told).toEqual(["open"]);
  });
});

describe("an exemption", () => {
  const DAY_MS = 86_400_000;
  const exempted = async (settings: ConstructorParameters<typeof GuardedAccount>[0]) => {
    const world = worldWithTools(settings);
    world.iam.deleteInlinePolicy(BOB, "keys");
    await world.findings.addExemption({
      id: "ke-1",
      account: "111122223333",
      policy: { kind: "managed", arn: TOOLS },
      reason: "the key service itself",
      owner: "platform",
      createdBy: "platform",
      createdAt: "2026-03-01T00:00:00Z",
      expiresAt: "2026-03-12T00:00:00Z",
    });
    return world;
  };
  const daily = async (world: GuardedAccount, days: number) => {
    for (let day = 0; day < days; day += 1) {
      await sweep(world.ports, world.settings)("scheduled");
      await world.clock.sleepMs(DAY_MS);
    }
  };

  it("is said to lapse a week before, once", async () => {
    const world = await exempted({ mode: "monitor" });
    await daily(world, 3);
    // 2, 3 and 4 March at nine: more than a week before.
    expect(world.alerts.notices).toEqual([]);
    await daily(world, 7);
    expect(world.alerts.notices.map(({ kind, at }) => [kind, at.slice(0, 10)])).toEqual([
      ["exemption-expiring", "2026-03-05"],
    ]);
  });

  it("lapses, and what it covered is judged again: told in monitor mode", async () => {
    const world = await exempted({ mode: "monitor" });
    await daily(world, 10);
    expect(world.told).toEqual(["exempt"]);
    await daily(world, 3);
    expect(world.told).toEqual(["exempt", "open"]);
    expect(world.alerts.findings[1]?.timing.reopenedAt?.slice(0, 10)).toBe("2026-03-12");
  });

  it("lapses, and what it covered is taken away in enforce mode", async () => {
    const world = await exempted({});
    await daily(world, 10);
    expect(world.holders(TOOLS)).toEqual(["user/alice"]);
    await daily(world, 3);
    expect(world.holders(TOOLS)).toEqual([]);
    expect(world.told).toEqual(["exempt", "contained"]);
  });

  it("that comes later is told, and its end too, though the grant was told before it", async () => {
    const world = await exempted({ mode: "monitor" });
    const [exemption] = await exemptionsIn(world.findings);
    await world.findings.removeExemption("ke-1");
    await daily(world, 1);
    if (exemption !== undefined) await world.findings.addExemption(exemption);
    await daily(world, 12);
    expect(world.told).toEqual(["open", "exempt", "open"]);
  });
});

describe("a version that waits", () => {
  const dormant = () => {
    const world = new GuardedAccount({ mode: "monitor" });
    world.iam.createPolicy("Fine", READ_ONLY);
    world.iam.createPolicyVersion("arn:aws:iam::111122223333:policy/Fine", FULL);
    world.iam.createPolicyVersion("arn:aws:iam::111122223333:policy/Fine", READ_ONLY);
    return world;
  };

  it("is told as a notice, once", async () => {
    const world = dormant();
    await sweep(world.ports, world.settings)("scheduled");
    await sweep(world.ports, world.settings)("scheduled");
    expect(world.alerts.notices).toMatchObject([
      {
        kind: "dormant-version",
        severity: "LOW",
        title:
          "version v2 of policy arn:aws:iam::111122223333:policy/Fine, not the default, would grant full kms:*",
      },
    ]);
    expect(world.told).toEqual([]);
  });

  it("is told by the next sweep where the notice did not get out", async () => {
    const world = dormant();
    const publish = world.alerts.people.publishNotice;
    world.alerts.people.publishNotice = async () => Promise.reject(new Error("the topic is out of order"));
    await expect(sweep(world.ports, world.settings)("scheduled")).rejects.toThrow("out of order");
    world.alerts.people.publishNotice = publish;
    await sweep(world.ports, world.settings)("scheduled");
    expect(world.alerts.notices).toHaveLength(1);
  });

  it("is not told again where an event told of it", async () => {
    const world = new GuardedAccount({ mode: "monitor" });
    world.iam.createPolicy("Fine", READ_ONLY);
    await world.guard(
      world.happen(
        "CreatePolicyVersion",
        { policyArn: "arn:aws:iam::111122223333:policy/Fine", policyDocument: FULL },
        { responseElements: { policyVersion: { versionId: "v2", isDefaultVersion: false } } },
      ),
    );
    await sweep(world.ports, world.settings)("scheduled");
    expect(world.told).toEqual(["open"]);
    expect(world.alerts.notices).toEqual([]);
  });
});

describe("a sweep whose time is up", () => {
  it("stops between two policies, says how many are left, and goes on with them", async () => {
    const world = new GuardedAccount();
    const names = ["a", "b", "c", "d"];
    world.iam.createUser("alice");
    for (const name of names) world.iam.putInlinePolicy(ALICE, name, FULL);
    const begins = world.clock.nowMs();
    world.fault = (operation) => {
      if (operation === "DeleteUserPolicy") void world.clock.sleepMs(1_000);
      return undefined;
    };
    await expect(sweep(world.ports, world.settings)("scheduled", begins + 1_500)).rejects.toThrow(
      "there was no time for 2 policies; the next run goes on there",
    );
    expect([...world.iam.principal(ALICE).inline.keys()]).toEqual(["c", "d"]);
    await sweep(world.ports, world.settings)("scheduled");
    expect([...world.iam.principal(ALICE).inline.keys()]).toEqual([]);
    expect(world.told).toEqual(["contained", "contained", "contained", "contained"]);
  });
});

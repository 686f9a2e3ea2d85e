import { sweep } from "@kms-guard/guard/sweep.ts";
import { expect, it } from "vitest";
import { GuardedAccount } from "../fakes/guarded-account.ts";

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

import { sweep } from "@kms-guard/guard/sweep.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { expect, it } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const BUILD = { type: "role", name: "Build" } as const;

async function sweptOnce(): Promise<GuardedAccount> {
  const world = new GuardedAccount({ mode: "monitor" });
  world.iam.createRole("Build");
  world.iam.createPolicy("Tools", FULL);
  world.iam.attachPolicy(BUILD, TOOLS);
  await sweep(world.ports, world.settings)("scheduled");
  return world;
}

it("a role that was created again under an old name is another principal: people are alerted of it", async () => {
  const world = await sweptOnce();
  world.iam.detachPolicy(BUILD, TOOLS);
  world.iam.deletePrincipal(BUILD);
  world.iam.createRole("Build");
  world.iam.attachPolicy(BUILD, TOOLS);
  await sweep(world.ports, world.settings)("scheduled");
  expect(world.alerts.findings.filter(({ status }) => status === "open")).toHaveLength(2);
});

it("what it has is another finding", async () => {
  const world = await sweptOnce();
  world.iam.detachPolicy(BUILD, TOOLS);
  world.iam.deletePrincipal(BUILD);
  await sweep(world.ports, world.settings)("scheduled");
  world.iam.createRole("Build");
  world.iam.attachPolicy(BUILD, TOOLS);
  await sweep(world.ports, world.settings)("scheduled");
  const ids = world.alerts.findings
    .filter(({ status, attachments }) => status === "open" && attachments.length > 0)
    .map(({ id }) => id);
  expect([ids.length, new Set(ids).size]).toEqual([2, 2]);
});

it("its inline policy of the same name and text is another finding", async () => {
  const world = new GuardedAccount({ mode: "monitor" });
  world.iam.createRole("Build");
  world.iam.putInlinePolicy(BUILD, "keys", FULL);
  await sweep(world.ports, world.settings)("scheduled");
  await sweep(world.ports, world.settings)("scheduled");
  world.iam.deleteInlinePolicy(BUILD, "keys");
  world.iam.deletePrincipal(BUILD);
  await sweep(world.ports, world.settings)("scheduled");
  world.iam.createRole("Build");
  world.iam.putInlinePolicy(BUILD, "keys", FULL);
  await sweep(world.ports, world.settings)("scheduled");
  const ids = world.alerts.findings.filter(({ status }) => status === "open").map(({ id }) => id);
  expect([ids.length, new Set(ids).size]).toEqual([2, 2]);
});

it("the same role is no news", async () => {
  const world = await sweptOnce();
  world.iam.detachPolicy(BUILD, TOOLS);
  world.iam.attachPolicy(BUILD, TOOLS);
  await sweep(world.ports, world.settings)("scheduled");
  expect(world.alerts.findings.map(({ status }) => status)).toEqual(["open"]);
});

import { IncompleteRunError } from "@kms-guard/guard/errors.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { expect, test } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const OPS = { type: "group", name: "Ops" } as const;

/** A user joins a group that holds a bad policy of its own, which is read first, and a bad managed one. */
function joined() {
  const world = new GuardedAccount();
  world.iam.createUser("alice");
  world.iam.createGroup("Ops");
  world.iam.putInlinePolicy(OPS, "own", FULL);
  world.iam.createPolicy("Tools", FULL);
  world.iam.attachPolicy(OPS, TOOLS);
  return { world, event: world.happen("AddUserToGroup", { userName: "alice", groupName: "Ops" }) };
}

/** Each call of IAM takes so long. */
function slow(world: GuardedAccount, callMs: number): void {
  world.fault = () => {
    void world.clock.sleepMs(callMs);
    return undefined;
  };
}

test("where IAM hardly answers, what was read is contained, and the rest is left to the next try in time", async () => {
  const { world, event } = joined();
  const beganMs = world.clock.nowMs();
  slow(world, 70_000);
  const error: unknown = await world.guard(event).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(IncompleteRunError);
  expect(String(error)).toContain("the time for reading IAM is up");
  expect(error).toMatchObject({ findings: [{ status: "contained", policy: { name: "own" } }] });
  expect(world.told).toEqual(["contained"]);
  expect(world.holders(TOOLS)).toEqual(["group/Ops"]);
  // Of the function's 15 minutes.
  expect(world.clock.nowMs() - beganMs).toBeLessThan(10 * 60_000);

  slow(world, 0);
  await world.guard(event);
  expect(world.holders(TOOLS)).toEqual([]);
  expect(world.told).toEqual(["contained", "contained"]);
});

test("where IAM answers slowly but in time, all of it is contained at once", async () => {
  const { world, event } = joined();
  slow(world, 1_000);
  await world.guard(event);
  expect(world.holders(TOOLS)).toEqual([]);
  expect(world.told).toEqual(["contained", "contained"]);
});

import { TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { TestClock } from "@kms-guard/testing/fakes/test-clock.ts";
import { describe, expect, test } from "vitest";
import type { PolicyReader } from "../ports.ts";
import { readAgain, waitForConsistency, withDeadline } from "./read-policy.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;

async function firstOf(policies: PolicyReader): Promise<unknown> {
  for await (const policy of policies.accountPolicies()) return policy;
  return undefined;
}

const READS: Readonly<Record<keyof PolicyReader, (policies: PolicyReader) => Promise<unknown>>> = {
  managedPolicy: (policies) => policies.managedPolicy(TOOLS),
  policyVersion: (policies) => policies.policyVersion(TOOLS, "v1"),
  policyVersionIds: (policies) => policies.policyVersionIds(TOOLS),
  policyAttachments: (policies) => policies.policyAttachments(TOOLS),
  inlinePolicy: (policies) => policies.inlinePolicy(ALICE, "own"),
  policiesOf: (policies) => policies.policiesOf(ALICE),
  principalDetails: (policies) => policies.principalDetails(ALICE),
  accountPolicies: firstOf,
};

function accountWithDeadline() {
  const world = new GuardedAccount();
  world.iam.createUser("alice");
  world.iam.createPolicy("Tools", FULL);
  world.iam.attachPolicy(ALICE, TOOLS);
  world.iam.putInlinePolicy(ALICE, "own", FULL);
  const ports = withDeadline(world.ports, world.clock.nowMs() + 1_000);
  return { world, ports };
}

test.each(Object.entries(READS))("%s reads IAM before the deadline, and not from it on", async (_, read) => {
  const { world, ports } = accountWithDeadline();
  await world.clock.sleepMs(999);
  expect(await read(ports.policies)).toEqual(await read(world.account));
  expect(await read(ports.policies)).toBeDefined();

  await world.clock.sleepMs(1);
  world.calls.length = 0;
  await expect(read(ports.policies)).rejects.toThrow("the time for reading IAM is up");
  expect(world.calls).toEqual([]);
});

test("the steps know the deadline, and the other ports are as they were", () => {
  const { world, ports } = accountWithDeadline();
  const { policies: _, deadlineMs, ...others } = ports;
  const { policies: __, ...given } = world.ports;
  expect(deadlineMs).toBe(world.clock.nowMs() + 1_000);
  expect(others).toEqual(given);
});

describe("waiting for IAM to agree with an event", () => {
  const read = async (agreesAfterMs: number) => {
    const clock = new TestClock();
    const beganMs = clock.nowMs();
    const value = await waitForConsistency(
      clock,
      async () => (clock.nowMs() - beganMs >= agreesAfterMs ? "new" : "old"),
      (value) => value === "new",
    );
    return { value, sleptMs: clock.sleptMs };
  };

  test.each([
    { agreesAfterMs: 0, value: "new", sleptMs: [] },
    { agreesAfterMs: 1_000, value: "new", sleptMs: [1_000] },
    { agreesAfterMs: 7_000, value: "new", sleptMs: [1_000, 2_000, 4_000] },
    { agreesAfterMs: 7_001, value: "old", sleptMs: [1_000, 2_000, 4_000] },
  ])("after $agreesAfterMs ms answers the $value value", async ({ agreesAfterMs, value, sleptMs }) => {
    expect(await read(agreesAfterMs)).toEqual({ value, sleptMs });
  });
});

describe("a policy of an account scan that is read again", () => {
  const PATHS = "arn:aws:iam::111122223333:user/team/alice";
  const scanned = { ...TEAM_X, arn: TOOLS, attachments: [{ ...ALICE, arn: PATHS }] };

  test("keeps the ARNs that only the scan has", async () => {
    const { world } = accountWithDeadline();
    const again = await readAgain(world.account, scanned);
    expect(again).toMatchObject({ document: FULL, attachments: [{ name: "alice", arn: PATHS }] });
  });

  test("has the principals that it has now", async () => {
    const { world } = accountWithDeadline();
    world.iam.detachPolicy(ALICE, TOOLS);
    expect(await readAgain(world.account, scanned)).toMatchObject({ attachments: [] });
  });
});

import { TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount, iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { expect, test } from "vitest";
import { processPolicies } from "./handle-event.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** alice has a policy that is to be contained, and IAM's first answer takes so long. */
function slowAccount(firstAnswerMs: number): GuardedAccount {
  const world = new GuardedAccount();
  world.iam.createUser("alice");
  world.iam.createPolicy("Tools", FULL);
  world.iam.attachPolicy(ALICE, TOOLS);
  let isFirst = true;
  world.fault = () => {
    if (isFirst) void world.clock.sleepMs(firstAnswerMs);
    isFirst = false;
    return undefined;
  };
  return world;
}

const ATTACHED = iamEvent("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
/** CloudTrail left out what it is about: the whole account is read. */
const PADDED = iamEvent("AttachUserPolicy", { omitted: true, originalSize: 149_893 });

/** After the containment IAM is read once more, 5 seconds later: that too is in time. */
test.each([
  ["of one policy", ATTACHED, 5 * MINUTE_MS - 10 * SECOND_MS],
  ["of the whole account", PADDED, 12 * MINUTE_MS - 10 * SECOND_MS],
])("an event %s is contained within its time", async (_, event, firstAnswerMs) => {
  const world = slowAccount(firstAnswerMs);
  expect((await world.guard(event)).findings).toMatchObject([{ status: "contained" }]);
  expect(world.holders(TOOLS)).toEqual([]);
});

test.each([
  ["of one policy", ATTACHED, 5 * MINUTE_MS],
  ["of the whole account", PADDED, 12 * MINUTE_MS],
])("an event %s is left to the next run when its time is up", async (_, event, firstAnswerMs) => {
  const world = slowAccount(firstAnswerMs);
  await expect(world.guard(event)).rejects.toThrow("time");
  expect(world.holders(TOOLS)).toEqual(["user/alice"]);
});

test("a policy that is read twice is processed once", async () => {
  const world = slowAccount(0);
  async function* twice() {
    const policy = { ...TEAM_X, arn: TOOLS, name: "Tools", document: FULL, attachments: [ALICE] };
    yield { policy };
    yield { policy };
  }
  const detection = { trigger: { kind: "sweep" }, receivedAtMs: 0, meetsKnownFindings: false } as const;
  const { findings } = await processPolicies(world.ports, world.settings, detection, twice());
  expect(findings).toMatchObject([{ status: "contained" }]);
  expect(world.calls.filter((name) => name === "DetachUserPolicy")).toHaveLength(1);
});

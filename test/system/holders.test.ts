import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { describe, expect, it } from "vitest";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";

/** Tools is held by a role with a path, a group of one, and now by alice; answers the event of that. */
function attachedIn(world: GuardedAccount): unknown {
  world.iam.createUser("alice", { path: "/people/" });
  world.iam.createRole("Build", { path: "/ci/" });
  world.iam.createGroup("Team");
  world.iam.addUserToGroup("Team", "alice");
  world.iam.createPolicy("Tools", FULL);
  world.iam.attachPolicy({ type: "role", name: "Build" }, TOOLS);
  world.iam.attachPolicy({ type: "group", name: "Team" }, TOOLS);
  return world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
}

const BUILD = {
  type: "role",
  name: "Build",
  id: expect.stringMatching(/^AROA/),
  arn: "arn:aws:iam::111122223333:role/ci/Build",
};
const TEAM = {
  type: "group",
  name: "Team",
  id: expect.stringMatching(/^AGPA/),
  arn: "arn:aws:iam::111122223333:group/Team",
  members: 1,
};
const ALICE = {
  type: "user",
  name: "alice",
  id: expect.stringMatching(/^AIDA/),
  arn: "arn:aws:iam::111122223333:user/people/alice",
};

describe("who held a policy", () => {
  it.each(["monitor", "enforce"] as const)("is told with ARNs, paths included (%s)", async (mode) => {
    const world = new GuardedAccount({ mode });
    const { findings } = await world.guard(attachedIn(world));
    const state = mode === "enforce" ? "contained" : "standing";
    const expected = [BUILD, TEAM, ALICE].map((principal) => ({ ...principal, state }));
    expect(findings[0]?.attachments).toEqual(expected);
    expect(world.alerts.findings[0]?.attachments).toEqual(expected);
  });

  it("is looked up once it was taken away, and not before", async () => {
    const world = new GuardedAccount();
    await world.guard(attachedIn(world));
    const lookups = ["GetRole", "GetGroup", "GetUser"];
    const lastTaking = world.calls.findLastIndex((call) => call.startsWith("Detach"));
    expect(world.calls.slice(0, lastTaking).filter((call) => lookups.includes(call))).toEqual([]);
    expect(world.calls.filter((call) => lookups.includes(call))).toEqual(lookups);
  });

  it("is told by name where IAM does not answer, and the others with their ARNs", async () => {
    const world = new GuardedAccount();
    const event = attachedIn(world);
    world.fault = (operation) =>
      operation === "GetRole" ? Object.assign(new Error("Rate exceeded"), { name: "Throttling" }) : undefined;
    const { findings } = await world.guard(event);
    expect(findings).toMatchObject([{ status: "contained" }]);
    expect(findings[0]?.attachments).toEqual(
      [{ type: "role", name: "Build", id: BUILD.id }, TEAM, ALICE].map((principal) => ({
        ...principal,
        state: "contained",
      })),
    );
  });

  it("is looked up for the first 25 of many", async () => {
    const world = new GuardedAccount();
    world.iam.createPolicy("Tools", FULL);
    for (let index = 0; index < 30; index += 1) {
      world.iam.createRole(`Role${index}`);
      world.iam.attachPolicy({ type: "role", name: `Role${index}` }, TOOLS);
    }
    world.iam.createUser("alice");
    const event = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
    const { findings } = await world.guard(event);
    expect(world.calls.filter((call) => call === "GetRole")).toHaveLength(25);
    expect(findings[0]?.attachments.filter(({ arn }) => arn === undefined)).toHaveLength(6);
  });
});

describe("a protected principal", () => {
  it.each([
    ["that the settings name", { protectedPrincipals: ["role/Build"] }],
    ["that is a role of the guard", { ownRoleArns: ["arn:aws:iam::111122223333:role/ci/Build"] }],
  ])("%s keeps the policy, shields nobody, and leaves the finding open", async (_, settings) => {
    const world = new GuardedAccount(settings);
    const { findings } = await world.guard(attachedIn(world));
    expect(world.holders(TOOLS)).toEqual(["role/Build"]);
    expect(findings).toMatchObject([
      {
        status: "open",
        attachments: [
          { name: "Build", state: "protected" },
          { name: "Team", state: "contained" },
          { name: "alice", state: "contained" },
        ],
      },
    ]);
    expect(world.alerts.findings).toMatchObject([{ severity: "CRITICAL", status: "open" }]);
  });
});

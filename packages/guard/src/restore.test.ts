import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { exemptionsIn } from "@kms-guard/testing/fakes/stored.ts";
import { describe, expect, it } from "vitest";
import { type RestoreReport, restore } from "./restore.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;
const BUILD = { type: "role", name: "Build" } as const;
const TONIGHT = { by: "oncall", reason: "the release needs it", hours: 4, dryRun: false };

/** A world in which the guard took a managed policy from alice and Build; the finding's id is `id`. */
async function contained() {
  const world = new GuardedAccount();
  world.iam.createUser("alice");
  world.iam.createRole("Build");
  world.iam.createPolicy("Tools", FULL);
  world.iam.attachPolicy(BUILD, TOOLS);
  const attaching = world.happen("AttachUserPolicy", { userName: "alice", policyArn: TOOLS });
  const { findings } = await world.guard(attaching);
  return { world, id: findings[0]?.id ?? "" };
}

function createAgain(world: GuardedAccount, ...principals: readonly (typeof ALICE | typeof BUILD)[]): void {
  for (const principal of principals) {
    world.iam.deletePrincipal(principal);
    if (principal.type === "user") world.iam.createUser(principal.name);
    else world.iam.createRole(principal.name);
  }
}

const restored = ({ world, id }: { world: GuardedAccount; id: string }, dryRun = false) =>
  restore(world.ports, world.settings)(id, { ...TONIGHT, dryRun });

function errorsIn(report: RestoreReport): readonly (string | undefined)[] {
  if (report.kind === "restored") return report.steps.map(({ error }) => error);
  return report.kind === "planned" ? report.refused.map(({ error }) => error) : [];
}

const ANOTHER_BUILD =
  /^role `Build` was created again since: it is another principal \(AROA\w+, not AROA\w+\), so nothing is restored to it$/;

describe("a principal that was created again under its old name", () => {
  it("gets nothing, and the others get theirs back", async () => {
    const given = await contained();
    createAgain(given.world, BUILD);
    expect(errorsIn(await restored(given))).toEqual([undefined, expect.stringMatching(ANOTHER_BUILD)]);
    expect(given.world.holders(TOOLS)).toEqual(["user/alice"]);
  });

  it("is named before anything is done", async () => {
    const given = await contained();
    createAgain(given.world, BUILD);
    const planned = await restored(given, true);
    expect(planned).toMatchObject({ kind: "planned", steps: [{ action: "attach-user-policy" }] });
    expect(errorsIn(planned)).toEqual([expect.stringMatching(ANOTHER_BUILD)]);
  });

  it("leaves nothing behind where there is no other", async () => {
    const given = await contained();
    createAgain(given.world, ALICE, BUILD);
    expect(await restored(given)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("user `alice` was created again since"),
    });
    expect(given.world.holders(TOOLS)).toEqual([]);
    expect(await exemptionsIn(given.world.findings)).toEqual([]);
  });

  it("gets no inline policy either, whose step has no id of the principal", async () => {
    const world = new GuardedAccount();
    world.iam.createRole("Build");
    const put = { roleName: "Build", policyName: "x", policyDocument: FULL };
    const { findings } = await world.guard(world.happen("PutRolePolicy", put));
    createAgain(world, BUILD);
    expect(await restored({ world, id: findings[0]?.id ?? "" })).toMatchObject({ kind: "refused" });
    expect(world.iam.principal(BUILD).inline.size).toBe(0);
  });
});

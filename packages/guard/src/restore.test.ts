import { COMBINED_FINDING } from "@kms-guard/testing/examples/team-x.ts";
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
async function contained(): Promise<Given> {
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

interface Given {
  readonly world: GuardedAccount;
  readonly id: string;
}

const restored = ({ world, id }: Given, dryRun = false) =>
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

describe("a restore", () => {
  it("gives back what was taken, under an exemption of its own", async () => {
    const given = await contained();
    expect(await restored(given)).toMatchObject({
      kind: "restored",
      finding: { id: given.id, status: "restored" },
      steps: [{ outcome: "done" }, { outcome: "done" }],
      exemption: {
        id: `ke-restore-${given.id}`,
        // What sha256sum says of FULL.
        documentSha256: "1146050b8dc1639427e3019cfff9bcfde0d88d9b22c856a1563e5ea0c04e795a",
        owner: "oncall",
        expiresAt: "2026-03-02T13:00:15.000Z",
      },
      failures: [],
    });
    expect(given.world.holders(TOOLS)).toEqual(["user/alice", "role/Build"]);
    expect(await exemptionsIn(given.world.findings)).toHaveLength(1);
  });

  it("changes nothing where it is only planned", async () => {
    const given = await contained();
    expect(await restored(given, true)).toMatchObject({ kind: "planned", refused: [] });
    expect(given.world.holders(TOOLS)).toEqual([]);
    expect(await exemptionsIn(given.world.findings)).toEqual([]);
  });

  it.each<[string, (given: Given) => void, string]>([
    ["is done already", () => undefined, "already-restored"],
    ["was undone in part", ({ world }) => world.iam.detachPolicy(ALICE, TOOLS), "restored"],
    ["has an exemption that ended", ({ world }) => void world.clock.sleepMs(4 * 3_600_000), "restored"],
    [
      "has an exemption that was removed",
      ({ world, id }) => void world.findings.removeExemption(`ke-restore-${id}`),
      "restored",
    ],
  ])("that %s", async (_, happens, kind) => {
    const given = await contained();
    await restored(given);
    happens(given);
    expect((await restored(given)).kind).toBe(kind);
  });

  it("does what it can where a principal is gone", async () => {
    const given = await contained();
    given.world.iam.deletePrincipal(BUILD);
    expect(errorsIn(await restored(given))).toEqual([
      undefined,
      "NoSuchEntity: The role with name Build cannot be found.",
    ]);
    expect(given.world.holders(TOOLS)).toEqual(["user/alice"]);
  });

  it("says what could not be recorded, and notifies people all the same", async () => {
    const given = await contained();
    given.world.findings.close = () => Promise.reject(new Error("Throttling"));
    const report = await restored(given);
    expect(report.kind === "restored" && report.failures.map(({ message }) => message)).toEqual([
      `that ${given.id} is restored could not be recorded: Throttling`,
    ]);
    expect(given.world.told).toEqual(["contained", "restored"]);
  });

  it("notifies nobody where no step worked", async () => {
    const given = await contained();
    given.world.iam.deletePolicy(TOOLS);
    expect(await restored(given)).toMatchObject({ kind: "restored", finding: { status: "contained" } });
    expect(given.world.told).toEqual(["contained"]);
  });

  it("refuses a finding that cannot be read, and one that there is not", async () => {
    const given = await contained();
    expect(await restored({ ...given, id: "kg-0000000000000000" })).toMatchObject({
      kind: "refused",
      reason: "there is no finding `kg-0000000000000000`",
    });
    given.world.findings.makeUnreadable(given.id, "written by a newer version");
    expect(await restored(given)).toMatchObject({
      kind: "refused",
      reason: `\`${given.id}\` cannot be read: written by a newer version`,
    });
  });

  it("refuses a finding of another account, and one of which nothing was taken", async () => {
    const { world, id } = await contained();
    const elsewhere = { ...world.settings, account: { id: "444455556666", partition: "aws" } };
    expect(await restore(world.ports, elsewhere)(id, TONIGHT)).toMatchObject({
      kind: "refused",
      reason: `\`${id}\` is of account 111122223333, not of 444455556666`,
    });
    await world.findings.open(COMBINED_FINDING, []);
    expect(await restored({ world, id: COMBINED_FINDING.id })).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("nothing was removed"),
    });
  });
});

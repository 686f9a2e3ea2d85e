import { KMS } from "@kms-guard/core/services/kms.ts";
import { FINDING, MALLORY } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { describe, expect, it } from "vitest";
import { enrich } from "./enrich.ts";
import { readManaged } from "./policies/read-policy.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const CONTEXT = { service: KMS, account: { id: "111122223333", partition: "aws" }, nowMs: 0 };

/** A document that allows so many made-up actions, each of which is a line of 28 characters of a diff. */
function allowing(prefix: string, actions: number): string {
  const names = Array.from(
    { length: actions },
    (_, index) => `kms:${prefix}${String(index).padStart(6, "0")}`,
  );
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: names, Resource: "*" }],
  });
}

/** The change that the finding of a new version has. */
async function changeBetween(previous: string, next: string) {
  const world = new GuardedAccount();
  world.iam.createPolicy("Tools", previous);
  world.iam.createPolicyVersion(TOOLS, next, true);
  const policy = await readManaged(world.account, TOOLS);
  if (policy === undefined) throw new Error("no policy");
  return (await enrich(world.account, CONTEXT, { ...FINDING, attachments: [] }, { policy })).change;
}

describe("the diff", () => {
  it("is whole where it is short", async () => {
    const change = await changeBetween(allowing("Read", 1), FULL);
    expect(change).toMatchObject({ previousVersionId: "v1", previousVerdict: "none" });
    expect(change?.diff).toContain('-        "kms:Read000000"');
    expect(change?.diff).toContain('+      "Action": "kms:*"');
    expect(change?.diff).not.toContain("… cut");
  });

  it("is cut at 8,000 characters, at a line's end, and says so", async () => {
    const change = await changeBetween(FULL, allowing("Action", 400));
    const [kept = "", rest] = change?.diff?.split("\n… cut\n") ?? [];
    expect(rest).toBe("");
    // A line more would be too long.
    expect(kept.length).toBeLessThanOrEqual(8_000);
    expect(kept.length).toBeGreaterThan(8_000 - '\n+        "kms:Action000000",'.length);
    expect(kept.split("\n").at(-1)).toMatch(/^\+ {8}"kms:Action\d{6}",$/);
  });
});

describe("the principals", () => {
  it("have their ARN and id, and groups the number of their users", async () => {
    const world = new GuardedAccount();
    world.iam.createUser("mallory", { path: "/team/" });
    world.iam.createGroup("Ops");
    world.iam.addUserToGroup("Ops", "mallory");
    const policy = { kind: "inline", name: "own", principal: MALLORY, document: FULL } as const;
    const { attachments } = await enrich(
      world.account,
      CONTEXT,
      {
        ...FINDING,
        attachments: [
          { ...MALLORY, state: "contained" },
          { type: "group", name: "Ops", state: "contained" },
        ],
      },
      { policy },
    );
    expect(attachments).toMatchObject([
      { name: "mallory", arn: "arn:aws:iam::111122223333:user/team/mallory", state: "contained" },
      { name: "Ops", members: 1, state: "contained" },
    ]);
  });

  it("are named where IAM does not answer", async () => {
    const world = new GuardedAccount();
    world.fault = () => new Error("Rate exceeded");
    const policy = { kind: "inline", name: "own", principal: MALLORY, document: FULL } as const;
    const finding = { ...FINDING, attachments: [{ ...MALLORY, state: "contained" as const }] };
    expect((await enrich(world.account, CONTEXT, finding, { policy })).attachments).toEqual(
      finding.attachments,
    );
  });
});

describe("the version that a new default is compared with", () => {
  it.each([
    ["CreatePolicyVersion", "v1"],
    ["SetDefaultPolicyVersion", "v3"],
    ["AttachUserPolicy", undefined],
  ])("after %s of v2 is %s", async (eventName, previousVersionId) => {
    const world = new GuardedAccount();
    world.iam.createPolicy("Tools", allowing("First", 1));
    world.iam.createPolicyVersion(TOOLS, FULL, true);
    world.iam.createPolicyVersion(TOOLS, allowing("Third", 1));
    const policy = await readManaged(world.account, TOOLS);
    if (policy === undefined) throw new Error("no policy");
    const finding = { ...FINDING, trigger: { kind: "event", eventName }, attachments: [] } as const;
    const { change: _, ...withoutChange } = finding;
    const { change } = await enrich(world.account, CONTEXT, withoutChange, { policy });
    expect(change?.previousVersionId).toBe(previousVersionId);
  });
});

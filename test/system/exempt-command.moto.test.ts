import { IAMClient } from "@aws-sdk/client-iam";
import { exemptPermissions } from "@kms-guard/adapters/deployment/permissions.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { exemptionsIn } from "@kms-guard/testing/fakes/stored.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { iamSeed } from "../moto/iam-seed.ts";
import { actAs, OperatedGuard } from "../moto/operated-guard.ts";
import { roleWith } from "../moto/role-with.ts";

/** `kms-guard exempt` on an account with a guard that heeds it. */

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
/** What `sha256sum` says of FULL. */
const FULL_SHA256 = "1146050b8dc1639427e3019cfff9bcfde0d88d9b22c856a1563e5ea0c04e795a";
const TOOLS = "arn:aws:iam::111122223333:policy/team/Tools";
const ALICE = { type: "user", name: "alice" } as const;
const BUILD = { type: "role", name: "Build" } as const;
const BY = "arn:aws:sts::111122223333:user/moto";
const WHY = ["--reason", "key ceremony", "--owner", "security@example.com", "--days", "30"];

let moto: Moto;
let guard: OperatedGuard;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());
beforeEach(async () => {
  guard = await OperatedGuard.deploy(moto);
  const seed = iamSeed(new IAMClient({ region: "us-east-1" }));
  await seed.createUser("alice");
  await seed.createRole("Build");
  await seed.createPolicy("Tools", FULL, { path: "/team/" });
});
afterEach(() => guard.close());

function seed() {
  return iamSeed(new IAMClient({ region: "us-east-1" }));
}

let events = 0;
/** Somebody attaches Tools, and the guard hears of it. */
async function attached(principal: typeof ALICE | typeof BUILD): Promise<Finding> {
  await seed().attachPolicy(principal, TOOLS);
  events += 1;
  const name = principal.type === "user" ? { userName: principal.name } : { roleName: principal.name };
  return guard.handles(
    iamEvent(
      principal.type === "user" ? "AttachUserPolicy" : "AttachRolePolicy",
      { ...name, policyArn: TOOLS },
      {
        eventID: `00000000-0000-4000-8000-${String(events).padStart(12, "0")}`,
        eventTime: `${new Date(guard.clock.nowMs()).toISOString().slice(0, 19)}Z`,
      },
    ),
  );
}

function exemptions(): Promise<readonly Exemption[]> {
  return exemptionsIn(guard.ports.findings);
}

async function notices(): Promise<readonly { kind: string; actor?: unknown }[]> {
  const { out } = await guard.run(["history", "--output", "json"]);
  const { notices: told }: { notices: { kind: string; actor?: unknown }[] } = JSON.parse(out());
  return told;
}

describe("exempt add", () => {
  test("works as the alert prints it, and the guard heeds it", async () => {
    const finding = await attached(ALICE);
    expect(finding.status).toBe("contained");
    const printed = finding.nextSteps.find((step) => step.startsWith("npx --no kms-guard exempt add "));
    expect(printed).toBe(
      `npx --no kms-guard exempt add ${finding.id} --reason '...' --owner '...' --days 30`,
    );
    const words = ["exempt", "add", finding.id, "--reason", "...", "--owner", "...", "--days", "30"];
    const { code, err } = await guard.run(words, "y\n");
    expect({ code, err: err() }).toEqual({ code: 0, err: "Exempt it? [y/N] " });

    expect((await attached(ALICE)).status).toBe("exempt");
  });

  test("shows what it covers before it asks", async () => {
    const finding = await attached(ALICE);
    const { out } = await guard.run(["exempt", "add", finding.id, ...WHY, "--ticket", "OPS-17"], "n\n");
    const shown = out()
      .replaceAll(finding.id, "kg-ID")
      .replace(/until {6}\S+/, "until      THEN");
    await expect(shown).toMatchFileSnapshot("../golden/exempt-add.txt");
  });

  test("binds the exemption to the text, with who, why and until when", async () => {
    const { id } = await attached(ALICE);
    const { code, out } = await guard.run(["exempt", "add", id, ...WHY, "--yes", "--output", "json"]);
    expect(code).toBe(0);
    const [exemption, ...rest] = await exemptions();
    expect(rest).toEqual([]);
    expect(exemption).toMatchObject({
      policy: { kind: "managed", arn: TOOLS },
      documentSha256: FULL_SHA256,
      reason: "key ceremony",
      owner: "security@example.com",
      createdBy: BY,
    });
    const days =
      (Date.parse(exemption?.expiresAt ?? "") - Date.parse(exemption?.createdAt ?? "")) / 86_400_000;
    expect(days).toBe(30);
    expect(JSON.parse(out())).toEqual({ schemaVersion: "1", kind: "added", exemption });

    await seed().createPolicyVersion(TOOLS, FULL.replace("kms:*", "*"), true);
    expect((await attached(ALICE)).status).toBe("contained");
  });

  test("with --any-version covers another text too", async () => {
    const { id } = await attached(ALICE);
    await guard.run(["exempt", "add", id, ...WHY, "--yes", "--any-version"]);
    await seed().createPolicyVersion(TOOLS, FULL.replace("kms:*", "*"), true);
    expect((await attached(ALICE)).status).toBe("exempt");
  });

  test("with --principal covers that one alone", async () => {
    const { code, out } = await guard.run([
      "exempt",
      "add",
      TOOLS,
      ...WHY,
      "--principal",
      "role/Build",
      "--yes",
    ]);
    expect(code).toBe(0);
    expect(out()).toContain("note: role Build does not have the policy now\n");
    expect((await attached(BUILD)).status).toBe("exempt");
    expect((await attached(ALICE)).status).toBe("contained");
  });

  test("takes an inline policy by its finding", async () => {
    await seed().putInlinePolicy(BUILD, "own", FULL);
    const params = { roleName: "Build", policyName: "own", policyDocument: FULL };
    const { id } = await guard.handles(iamEvent("PutRolePolicy", params));
    const { code, out } = await guard.run(["exempt", "add", id, ...WHY, "--yes"]);
    expect(code).toBe(0);
    expect(out()).toContain(
      "note: the policy does not exist now, because it was contained: an exemption does not restore it",
    );
    expect(out()).toContain(`next: npx --no kms-guard restore ${id}\n`);
    expect((await exemptions()).map(({ policy }) => policy)).toEqual([
      { kind: "inline", principal: BUILD, name: "own" },
    ]);
    const wrong = await guard.run(["exempt", "add", id, ...WHY, "--yes", "--principal", "user/alice"]);
    expect(wrong.code).toBe(3);
    expect(wrong.err()).toContain("--principal is not who has the inline policy: that is role/Build");
  });

  test("is told on the topic and in the history, so that nobody exempts himself quietly", async () => {
    const { calls } = await guard.refusing(() => undefined);
    await guard.run(["exempt", "add", TOOLS, ...WHY, "--yes"]);
    expect(calls.filter(({ service, action }) => service === "sns" && action === "Publish")).toHaveLength(1);
    const [notice, ...rest] = await notices();
    expect(rest).toEqual([]);
    expect(notice).toMatchObject({ kind: "exemption-added", severity: "HIGH", actor: { arn: BY } });
  });

  test.each([
    { what: "the topic", refused: "sns" },
    { what: "the bus", refused: "events" },
  ])("is not made where $what does not take the notice", async ({ refused }) => {
    await guard.refusing(({ service, action }) =>
      service === refused && action !== "Query"
        ? { status: 403, code: "AccessDenied", message: "not you" }
        : undefined,
    );
    const { code, err } = await guard.run(["exempt", "add", TOOLS, ...WHY, "--yes"]);
    expect(code).toBe(1);
    expect(err()).toContain("error: these credentials are not allowed to do this (AccessDenied");
    expect(await exemptions()).toEqual([]);
  });

  test.each([["n\n"], [""], ["yikes\n"]])("makes nothing on %j", async (answer) => {
    const { code, err } = await guard.run(["exempt", "add", TOOLS, ...WHY], answer);
    expect(code).toBe(1);
    expect(err()).toContain("error: not confirmed, so nothing is exempt\n");
    expect(await exemptions()).toEqual([]);
    expect(await notices()).toEqual([]);
  });

  test.each([
    {
      target: "arn:aws:iam::111122223333:policy/Gone",
      told: "there is no policy `arn:aws:iam::111122223333:policy/Gone`",
    },
    {
      target: "arn:aws:iam::444455556666:policy/Tools",
      told: "is not in account 111122223333 (aws), which this guard watches",
    },
    {
      target: "arn:aws-cn:iam::aws:policy/AdministratorAccess",
      told: "is not in account 111122223333 (aws)",
    },
  ])("does not know $target", async ({ target, told }) => {
    const { code, err } = await guard.run(["exempt", "add", target, ...WHY, "--yes"]);
    expect(code).toBe(1);
    expect(err()).toContain(told);
  });
});

describe("exempt list", () => {
  test("says that nothing is exempt", async () => {
    expect((await guard.run(["exempt", "list"])).out()).toBe(
      "Nothing is exempt in stage prod: the guard evaluates every policy.\n" +
        "next: npx --no kms-guard exempt add ID --reason '...' --owner '...' --days 30   with the id of a finding\n",
    );
  });

  test("has those in force first, and those that expired as lapsed", async () => {
    const exemption = {
      account: "111122223333",
      policy: { kind: "managed", arn: TOOLS },
      documentSha256: FULL_SHA256,
      reason: "key ceremony\u001b[2J",
      owner: "security@example.com",
      createdBy: BY,
      createdAt: "2026-03-02T09:00:00.000Z",
    } as const;
    await guard.ports.findings.addExemption({
      ...exemption,
      id: "ke-1",
      expiresAt: "2026-03-03T09:00:00.000Z",
    });
    await guard.ports.findings.addExemption({
      ...exemption,
      id: "ke-2",
      principal: BUILD,
      ticket: "OPS-17",
      expiresAt: "2999-01-01T00:00:00.000Z",
    });
    const { out } = await guard.run(["exempt", "list"]);
    await expect(out()).toMatchFileSnapshot("../golden/exempt-list.txt");
    const json: unknown = JSON.parse((await guard.run(["exempt", "list", "--output", "json"])).out());
    expect(json).toMatchObject({
      schemaVersion: "1",
      exemptions: [
        { id: "ke-2", lapsed: false },
        { id: "ke-1", lapsed: true },
      ],
    });
  });
});

test("an exemption that cannot be read is named by `list`, and not removed by `remove`", async () => {
  const sk = "EXEMPTION#ke-old";
  await guard.writesItem({ pk: "EXEMPTIONS#111122223333", sk, exemption: '{"id":"ke-old"}' });
  const list = await guard.run(["exempt", "list"]);
  expect({ code: list.code, err: list.err() }).toEqual({
    code: 0,
    err: expect.stringMatching(
      /^note: record ke-old of the findings table cannot be read: .+; it exempts nothing\n$/,
    ),
  });
  const remove = await guard.run(["exempt", "remove", "ke-old", "--yes"]);
  expect({ code: remove.code, err: remove.err() }).toEqual({
    code: 1,
    err: expect.stringContaining("record ke-old of the findings table cannot be read"),
  });
});

describe("exempt remove", () => {
  test("removes it, sends a notice, and the guard evaluates the policy again", async () => {
    await guard.run(["exempt", "add", TOOLS, ...WHY, "--yes"]);
    const [exemption] = await exemptions();
    const id = exemption?.id ?? "";
    const { code, out } = await guard.run(["exempt", "remove", id], "y\n");
    expect(code).toBe(0);
    expect(out()).toContain(
      `${id} is removed: the guard evaluates the policy again at the next event or sweep.\n`,
    );
    expect(await exemptions()).toEqual([]);
    expect((await notices()).map(({ kind }) => kind)).toEqual(["exemption-added", "exemption-removed"]);
    expect((await attached(ALICE)).status).toBe("contained");
  });

  test("removes it also where the notice cannot be published, and says that", async () => {
    await guard.run(["exempt", "add", TOOLS, ...WHY, "--yes"]);
    const [exemption] = await exemptions();
    await guard.refusing(({ service }) =>
      service === "sns" ? { status: 403, code: "AuthorizationError", message: "not you" } : undefined,
    );
    const { code, err } = await guard.run(["exempt", "remove", exemption?.id ?? "", "--yes"]);
    expect(code).toBe(1);
    expect(err()).toMatch(/^note: notice kn-[0-9a-f]{16} could not be published to people: not you\n/);
    expect(await exemptions()).toEqual([]);
  });

  test("leaves it on no", async () => {
    await guard.run(["exempt", "add", TOOLS, ...WHY, "--yes"]);
    const [exemption] = await exemptions();
    const { code, err } = await guard.run(["exempt", "remove", exemption?.id ?? ""], "n\n");
    expect(code).toBe(1);
    expect(err()).toContain("not confirmed, so the exemption is still in force");
    expect(await exemptions()).toHaveLength(1);
  });
});

test("the permissions of `exemptPermissions` are enough to add, list and remove", async () => {
  const permissions = exemptPermissions({
    partition: "aws",
    account: "111122223333",
    tableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/kms-guard-prod-Findings",
    topicArn: "arn:aws:sns:us-east-1:111122223333:kms-guard-prod-Alerts",
    busArn: "arn:aws:events:us-east-1:111122223333:event-bus/default",
  });
  actAs(await roleWith(moto, permissions));
  const { code, out, err } = await guard.run(["exempt", "add", TOOLS, ...WHY, "--yes", "--output", "json"]);
  expect({ code, err: err() }).toEqual({ code: 0, err: "" });
  const { exemption }: { exemption: Exemption } = JSON.parse(out());
  expect(exemption.createdBy).toBe("arn:aws:sts::111122223333:assumed-role/Guard/session");
  expect((await guard.run(["exempt", "list"])).code).toBe(0);
  expect((await guard.run(["exempt", "remove", exemption.id, "--yes"])).code).toBe(0);
  expect(permissions.find(({ sid }) => sid === "RecordFindings")?.conditions?.[0]?.values).toEqual([
    "EXEMPTIONS#111122223333",
  ]);
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetRoleCommand, IAMClient, paginateListEntitiesForPolicy } from "@aws-sdk/client-iam";
import { awsPorts } from "@kms-guard/adapters/aws-ports.ts";
import { readEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { iamConnection } from "@kms-guard/adapters/iam/connection.ts";
import { createPolicyReader } from "@kms-guard/adapters/iam/policy-reader.ts";
import { systemClock } from "@kms-guard/adapters/system-clock.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { handleEvent } from "@kms-guard/guard/handle-event.ts";
import type { Ports } from "@kms-guard/guard/ports.ts";
import { restore } from "@kms-guard/guard/restore.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { bundleFunction, functionSource } from "@kms-guard/sandbox/render/bundle-functions.ts";
import { awsProxy } from "@kms-guard/testing/fakes/aws-proxy.ts";
import { iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { TestClock } from "@kms-guard/testing/fakes/test-clock.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { AccountSeed } from "../contract/account-seed.ts";
import { type Lambda, startLambda } from "../lambda/lambda.ts";
import {
  ADMINISTRATOR,
  awsVariables,
  createGuardResources,
  type GuardResources,
} from "../moto/guard-resources.ts";
import { iamSeed } from "../moto/iam-seed.ts";

/** The deployed bundle, in its own process, against an AWS that is not ours; then the way back. */

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
/** One statement that is no list, and white space: what a restore may not tidy up. */
const FULL_WITH_CARE =
  '{ "Version": "2012-10-17",\n\t"Statement": { "Sid": "Keys", "Effect": "Allow", "Action": "kms:*", "Resource": "*" } }\n';

const ALICE: PrincipalName = { type: "user", name: "alice" };
const BUILD: PrincipalName = { type: "role", name: "Build" };
const DEPLOY: PrincipalName = { type: "role", name: "Deploy" };
const BOUNDED: PrincipalName = { type: "role", name: "Bounded" };
const ADMINS: PrincipalName = { type: "group", name: "Admins" };
const ALL = [ALICE, BUILD, DEPLOY, BOUNDED, ADMINS];

let moto: Moto;
let folder: string;
let bundle: string;
let admin: IAMClient;
let seed: AccountSeed;
let resources: GuardResources;
let lambda: Lambda;

beforeAll(async () => {
  moto = await startMoto();
  folder = await mkdtemp(join(tmpdir(), "kms-guard-bundle-"));
  bundle = (await bundleFunction(functionSource("guard"), folder)).file;
  return async () => {
    await rm(folder, { recursive: true, force: true });
  };
});
afterAll(() => moto?.stop());

beforeEach(async () => {
  await moto.reset();
  admin = new IAMClient({ endpoint: moto.endpoint, region: "us-east-1", credentials: ADMINISTRATOR });
  seed = iamSeed(admin);
  await seed.createUser("alice");
  for (const { name } of [BUILD, DEPLOY, BOUNDED]) await seed.createRole(name);
  await seed.createGroup("Admins");
  await seed.addUserToGroup("Admins", "alice");
  resources = await createGuardResources(moto, "enforce");
  lambda = await startLambda(bundle, { ...resources.variables, ...awsVariables(moto.endpoint) });
  return () => lambda.stop();
});

/** The ports of somebody who restores, with their own credentials. */
function operator(): Ports {
  Object.assign(process.env, awsVariables(moto.endpoint));
  const observer = {
    event: () => undefined,
    sweep: () => undefined,
    finding: () => undefined,
    notified: () => undefined,
  };
  return awsPorts(readEnvironment(resources.variables), { access: {}, clock: systemClock, observer });
}

async function restoreAll(findings: readonly Finding[]): Promise<void> {
  const { settings } = readEnvironment(resources.variables);
  const request = { by: "oncall", reason: "needed tonight", hours: 4, dryRun: false };
  for (const { id } of findings) {
    expect(await restore(operator(), settings)(id, request)).toMatchObject({
      kind: "restored",
      finding: { status: "restored" },
    });
  }
}

async function invoke(event: unknown): Promise<readonly Finding[]> {
  const invocation = await lambda.invoke(event);
  expect(invocation, lambda.log()).toMatchObject({ kind: "answered", answer: { outcome: "finding" } });
  return resources.delivered();
}

/** Who holds a policy, as `user/alice`, in IAM's words. */
async function entities(PolicyArn: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of paginateListEntitiesForPolicy({ client: admin }, { PolicyArn })) {
    found.push(
      ...(page.PolicyUsers ?? []).map(({ UserName }) => `user/${UserName}`),
      ...(page.PolicyRoles ?? []).map(({ RoleName }) => `role/${RoleName}`),
      ...(page.PolicyGroups ?? []).map(({ GroupName }) => `group/${GroupName}`),
    );
  }
  return found.sort();
}

/** All that principals hold: ARNs, and inline documents to the letter. */
async function holdings(): Promise<unknown> {
  Object.assign(process.env, awsVariables(moto.endpoint));
  const reader = createPolicyReader(iamConnection());
  return Promise.all(
    ALL.map(async ({ type, name }) => {
      const held = await reader.policiesOf({ type, name });
      const inline = held?.inline.map((policy) => [policy.name, policy.document]).sort();
      return [`${type}/${name}`, held?.managedArns.toSorted(), inline];
    }),
  );
}

async function boundaryOf(RoleName: string): Promise<string | undefined> {
  const { Role } = await admin.send(new GetRoleCommand({ RoleName }));
  return Role?.PermissionsBoundary?.PermissionsBoundaryArn;
}

test("a managed policy is taken from all who hold it, stays a boundary, and is given back to all", async () => {
  const arn = await seed.createPolicy("Keys", READ_ONLY, { path: "/team/" });
  for (const principal of [ALICE, BUILD, DEPLOY, ADMINS]) await seed.attachPolicy(principal, arn);
  await seed.putPermissionsBoundary(BOUNDED, arn);
  const versionId = await seed.createPolicyVersion(arn, FULL, true);
  const before = { entities: await entities(arn), holdings: await holdings() };
  expect(before.entities).toEqual(["group/Admins", "role/Build", "role/Deploy", "user/alice"]);

  const findings = await invoke(
    iamEvent(
      "CreatePolicyVersion",
      { policyArn: arn, policyDocument: FULL, setAsDefault: true },
      { responseElements: { policyVersion: { versionId, isDefaultVersion: true } } },
    ),
  );
  expect(findings).toMatchObject([
    {
      status: "contained",
      verdict: "full",
      policy: { kind: "managed", arn, versionId: "v2" },
      change: { previousVersionId: "v1", previousVerdict: "none" },
    },
  ]);
  expect(findings[0]?.attachments).toContainEqual(
    expect.objectContaining({
      ...{ type: "group", name: "Admins", members: 1, state: "contained" },
      arn: "arn:aws:iam::111122223333:group/Admins",
    }),
  );
  expect(await entities(arn)).toEqual([]);
  expect(await boundaryOf("Bounded")).toBe(arn);

  await restoreAll(findings);
  expect({ entities: await entities(arn), holdings: await holdings() }).toEqual(before);
  expect(await boundaryOf("Bounded")).toBe(arn);
  expect((await createPolicyReader(iamConnection()).managedPolicy(arn))?.document).toBe(FULL);
});

test("inline policies of a user, a role and a group are taken away, and come back to the letter", async () => {
  const cases = [
    { principal: ALICE, eventName: "PutUserPolicy", named: { userName: "alice" }, document: FULL },
    { principal: BUILD, eventName: "PutRolePolicy", named: { roleName: "Build" }, document: FULL_WITH_CARE },
    { principal: ADMINS, eventName: "PutGroupPolicy", named: { groupName: "Admins" }, document: FULL },
  ];
  for (const { principal, document } of cases) {
    await seed.putInlinePolicy(principal, "keys", document);
    await seed.putInlinePolicy(principal, "harmless", READ_ONLY);
  }
  const before = await holdings();

  const events = cases.map(({ eventName, named, document }, index) =>
    iamEvent(
      eventName,
      { ...named, policyName: "keys", policyDocument: document },
      { eventID: `e-${index}` },
    ),
  );
  await Promise.all(events.map(lambda.invoke));
  const findings = await resources.delivered();
  expect(findings.map(({ status, policy }) => [status, policy.kind, policy.name])).toEqual([
    ["contained", "inline", "keys"],
    ["contained", "inline", "keys"],
    ["contained", "inline", "keys"],
  ]);
  expect(await holdings()).toEqual([
    ["user/alice", [], [["harmless", READ_ONLY]]],
    ["role/Build", [], [["harmless", READ_ONLY]]],
    ["role/Deploy", [], []],
    ["role/Bounded", [], []],
    ["group/Admins", [], [["harmless", READ_ONLY]]],
  ]);

  await restoreAll(findings);
  expect(await holdings()).toEqual(before);

  // The exemption of the restore holds, though the events come once more.
  await Promise.all(events.map(lambda.invoke));
  expect(await holdings()).toEqual(before);
});

test("what comes back at once is recorded each time, and people are told of it once", async () => {
  const policyArn = await seed.createPolicy("Keys", FULL);
  const proxy = await awsProxy(moto.endpoint);
  const { settings, ...environment } = readEnvironment(resources.variables);
  Object.assign(process.env, awsVariables(proxy.endpoint));
  const ports = awsPorts({ settings, ...environment }, { access: {}, clock: new TestClock() });
  for (const eventID of ["first", "second"]) {
    await seed.attachPolicy(ALICE, policyArn);
    const event = iamEvent("AttachUserPolicy", { userName: "alice", policyArn }, { eventID });
    const { findings } = await handleEvent(ports, settings)(event);
    expect(findings.map(({ status }) => status)).toEqual(["contained"]);
  }
  await proxy.close();
  const count = (action: string) => proxy.calls.filter((call) => call.action === action).length;
  expect({ events: count("PutEvents"), messages: count("Publish") }).toEqual({ events: 2, messages: 1 });
});

test("an alert that SNS took and never answered for is sent again, the same to the letter", async () => {
  const policyArn = await seed.createPolicy("Keys", FULL);
  await seed.attachPolicy(ALICE, policyArn);
  let answersLost = 0;
  const proxy = await awsProxy(moto.endpoint, ({ action }) => {
    if (action !== "Publish" || answersLost === 1) return undefined;
    answersLost += 1;
    return "answer lost";
  });
  const { settings, ...environment } = readEnvironment(resources.variables);
  Object.assign(process.env, awsVariables(proxy.endpoint));
  const ports = awsPorts({ settings, ...environment }, { access: {}, clock: new TestClock() });
  await handleEvent(ports, settings)(iamEvent("AttachUserPolicy", { userName: "alice", policyArn }));
  await proxy.close();
  expect(proxy.calls.filter(({ action }) => action === "Publish")).toHaveLength(2);
  expect((await resources.delivered()).map(({ status }) => status)).toEqual(["contained"]);
});

test("an event that is nobody's business is answered, counted and logged without AWS", async () => {
  const alone = await startLambda(bundle, resources.variables);
  const invocation = await alone.invoke(iamEvent("CreateUser", { userName: "bob" }));
  await alone.stop();
  expect(invocation).toMatchObject({ kind: "answered", answer: { outcome: "not-ours" } });
  const lines = alone
    .log()
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text));
  expect(lines).toEqual([
    expect.objectContaining({ message: "event: not-ours", eventName: "CreateUser" }),
    expect.objectContaining({ service: "kms-guard", outcome: "not-ours", Events: 1 }),
  ]);
});

test("a function without its environment says which variable is missing", async () => {
  const { KMS_GUARD_MODE: _, ...rest } = resources.variables;
  await expect(startLambda(bundle, rest)).rejects.toThrow("environment variable KMS_GUARD_MODE is not set");
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IAMClient } from "@aws-sdk/client-iam";
import { readEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { guardPermissions } from "@kms-guard/adapters/deployment/permissions.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { bundleFunction, functionSource } from "@kms-guard/sandbox/render/bundle-functions.ts";
import { type AwsProxy, awsProxy } from "@kms-guard/testing/fakes/aws-proxy.ts";
import { iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lambda, startLambda } from "../lambda/lambda.ts";
import {
  ADMINISTRATOR,
  awsVariables,
  createGuardResources,
  type GuardResources,
} from "../moto/guard-resources.ts";
import { iamSeed } from "../moto/iam-seed.ts";
import { roleWith } from "../moto/role-with.ts";

/** The deployed bundles with the rights that are deployed, and no others: every situation, in both modes. */

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READ_ONLY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const ALICE: PrincipalName = { type: "user", name: "alice" };
const BUILD: PrincipalName = { type: "role", name: "Build" };
const ADMINS: PrincipalName = { type: "group", name: "Admins" };
const OPS: PrincipalName = { type: "group", name: "Ops" };

const TAKES = /^(Detach|Delete)(User|Role|Group)Policy$/;
const WRITES = /^(Add|Attach|Create|Delete|Detach|Put|Remove|Set|Tag|Untag|Update|Upload)/;

let moto: Moto;
let folder: string;
beforeAll(async () => {
  moto = await startMoto();
  folder = await mkdtemp(join(tmpdir(), "kms-guard-bundle-"));
});
afterAll(async () => {
  await moto?.stop();
  await rm(folder, { recursive: true, force: true });
});

type Mode = "monitor" | "enforce";

/** An account with something bad for each kind of event, the events, and a function with the rights of a mode. */
async function account(mode: Mode, name: "guard" | "sweep", { rightsOf = mode } = {}): Promise<World> {
  await moto.reset();
  const seed = iamSeed(
    new IAMClient({ endpoint: moto.endpoint, region: "us-east-1", credentials: ADMINISTRATOR }),
  );
  await seed.createUser("alice");
  await seed.createRole("Build");
  await seed.createGroup("Admins");
  await seed.createGroup("Ops");
  await seed.addUserToGroup("Admins", "alice");
  await seed.addUserToGroup("Ops", "alice");
  const attached = await seed.createPolicy("Attached", FULL);
  for (const principal of [ALICE, BUILD, ADMINS]) await seed.attachPolicy(principal, attached);
  const widened = await seed.createPolicy("Widened", READ_ONLY);
  await seed.attachPolicy(BUILD, widened);
  await seed.createPolicyVersion(widened, FULL, true);
  for (const principal of [ALICE, BUILD, ADMINS, OPS]) await seed.putInlinePolicy(principal, "inline", FULL);

  const inline = { policyName: "inline", policyDocument: FULL };
  const events = [
    iamEvent("AttachUserPolicy", { userName: "alice", policyArn: attached }, { eventID: "attach" }),
    iamEvent(
      "CreatePolicyVersion",
      { policyArn: widened, policyDocument: FULL, setAsDefault: true },
      {
        eventID: "version",
        responseElements: { policyVersion: { versionId: "v2", isDefaultVersion: true } },
      },
    ),
    iamEvent("PutUserPolicy", { userName: "alice", ...inline }, { eventID: "user" }),
    iamEvent("PutRolePolicy", { roleName: "Build", ...inline }, { eventID: "role" }),
    iamEvent("PutGroupPolicy", { groupName: "Admins", ...inline }, { eventID: "group" }),
    iamEvent("AddUserToGroup", { groupName: "Ops", userName: "alice" }, { eventID: "join" }),
    iamEvent("CreatePolicyVersion", { omitted: true, originalSize: 149_893 }, { eventID: "padded" }),
    iamEvent("AttachRolePolicy", { roleName: 7, policyArn: attached }, { eventID: "malformed" }),
  ];

  const resources = await createGuardResources(moto, mode);
  const { tableName, topicArn } = readEnvironment(resources.variables);
  const credentials = await roleWith(
    moto,
    guardPermissions({
      mode: rightsOf,
      partition: "aws",
      account: moto.account,
      tableArn: `arn:aws:dynamodb:us-east-1:${moto.account}:table/${tableName}`,
      topicArn,
      busArn: `arn:aws:events:us-east-1:${moto.account}:event-bus/default`,
      ownRoleArns: [`arn:aws:iam::${moto.account}:role/Guard`],
    }),
  );
  const proxy = await awsProxy(moto.endpoint);
  const { file } = await bundleFunction(functionSource(name), folder);
  const lambda = await startLambda(file, {
    ...resources.variables,
    ...awsVariables(proxy.endpoint, credentials),
  });
  return {
    events,
    resources,
    proxy,
    lambda,
    async end() {
      await lambda.stop();
      await proxy.close();
    },
  };
}

interface World {
  readonly events: readonly unknown[];
  readonly resources: GuardResources;
  readonly proxy: AwsProxy;
  readonly lambda: Lambda;
  end(): Promise<void>;
}

const actionsOf = ({ proxy }: World) =>
  new Set(proxy.calls.filter(({ service }) => service === "iam").map(({ action }) => action));

const statuses = (findings: readonly Finding[]) =>
  findings.map(({ status, policy }) => `${policy.name} ${status}`).sort();

/** What the account's events come to, in any order; each of them answered, none refused anything. */
async function deliver(world: World): Promise<readonly Finding[]> {
  const invocations = await Promise.all(world.events.map((event) => world.lambda.invoke(event)));
  expect(invocations.filter(({ kind }) => kind === "threw")).toEqual([]);
  expect(world.lambda.log()).not.toContain("AccessDenied");
  await moto.allowEverything();
  const messages = await world.resources.delivered();
  return messages.filter(({ id }) => id.startsWith("kg-"));
}

test("in enforce mode every situation is contained with the deployed rights", async () => {
  const world = await account("enforce", "guard");
  const findings = await deliver(world);
  await world.end();
  const contained = new Set(statuses(findings.filter(({ status }) => status === "contained")));
  expect(contained).toEqual(new Set(["Attached contained", "Widened contained", "inline contained"]));
  expect(findings.filter(({ status }) => status === "containment-failed")).toEqual([]);
  const takes = [...actionsOf(world)].filter((action) => TAKES.test(action)).sort();
  expect(takes).toEqual([
    "DeleteGroupPolicy",
    "DeleteRolePolicy",
    "DeleteUserPolicy",
    "DetachGroupPolicy",
    "DetachRolePolicy",
    "DetachUserPolicy",
  ]);
  expect([...actionsOf(world)].filter((action) => WRITES.test(action) && !TAKES.test(action))).toEqual([]);
});

test("in monitor mode every situation is told, and no change of IAM is even tried", async () => {
  const world = await account("monitor", "guard");
  const findings = await deliver(world);
  await world.end();
  expect(new Set(statuses(findings))).toEqual(new Set(["Attached open", "Widened open", "inline open"]));
  expect(actionsOf(world)).toContain("GetAccountAuthorizationDetails");
  expect([...actionsOf(world)].filter((action) => WRITES.test(action))).toEqual([]);
});

test("the sweep does with the same rights what the events do", async () => {
  const world = await account("enforce", "sweep");
  expect(await world.lambda.invoke(undefined)).toMatchObject({ kind: "answered" });
  expect(world.lambda.log()).not.toContain("AccessDenied");
  await moto.allowEverything();
  const findings = await world.resources.delivered();
  await world.end();
  expect(statuses(findings)).toEqual([
    "Attached contained",
    "Widened contained",
    "inline contained",
    "inline contained",
    "inline contained",
    "inline contained",
  ]);
});

test("a guard that is told to enforce with the rights of monitor mode says what it was refused", async () => {
  const world = await account("enforce", "guard", { rightsOf: "monitor" });
  expect(await world.lambda.invoke(world.events[2])).toMatchObject({
    kind: "answered",
    answer: { findings: [{ status: "containment-failed" }] },
  });
  await moto.allowEverything();
  const [finding] = await world.resources.delivered();
  expect(finding?.containment?.steps).toMatchObject([
    {
      action: "delete-user-policy",
      outcome: "failed",
      error: expect.stringMatching(/^AccessDenied: .*role\/Guard/),
    },
  ]);
  await world.end();
});

import {
  AttachRolePolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  chatPermissions,
  guardPermissions,
  type Permission,
  restorePermissions,
} from "@kms-guard/adapters/deployment/permissions.ts";
import { iamConnection } from "@kms-guard/adapters/iam/connection.ts";
import { createPolicyReader } from "@kms-guard/adapters/iam/policy-reader.ts";
import { createPolicyWriter } from "@kms-guard/adapters/iam/policy-writer.ts";
import { notifyAmazonQ } from "@kms-guard/adapters/notify/notify-amazon-q.ts";
import type { ContainmentStep, RestoreStep } from "@kms-guard/core/containment/steps.ts";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { TRUST } from "../moto/iam-seed.ts";
import { roleWith } from "../moto/role-with.ts";

/** Whether the permissions that are deployed are enough for what the adapters call, and no more than they say. */

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const DEPLOYER: PrincipalName = { type: "role", name: "Deployer" };
const RESOURCES = {
  partition: "aws",
  account: "111122223333",
  tableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/Findings",
  topicArn: "arn:aws:sns:us-east-1:111122223333:Alerts",
  busArn: "arn:aws:events:us-east-1:111122223333:event-bus/default",
  ownRoleArns: ["arn:aws:iam::111122223333:role/Guard"],
};

let moto: Moto;
let policyArn: string;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());

beforeEach(async () => {
  await moto.reset();
  process.env.AWS_ENDPOINT_URL = moto.endpoint;
  actAs({ accessKeyId: "AKIAADMIN", secretAccessKey: "invented" });
  const admin = new IAMClient({ region: "us-east-1" });
  const created = await admin.send(new CreatePolicyCommand({ PolicyName: "Keys", PolicyDocument: FULL }));
  policyArn = created.Policy?.Arn ?? "";
  await admin.send(new CreateRoleCommand({ RoleName: DEPLOYER.name, AssumeRolePolicyDocument: TRUST }));
  await admin.send(new CreateUserCommand({ UserName: "alice" }));
  await admin.send(new CreateGroupCommand({ GroupName: "Admins" }));
  await admin.send(new AttachRolePolicyCommand({ RoleName: DEPLOYER.name, PolicyArn: policyArn }));
  await admin.send(new PutUserPolicyCommand({ UserName: "alice", PolicyName: "own", PolicyDocument: FULL }));
});

function actAs(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): void {
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
  if (credentials.sessionToken === undefined) delete process.env.AWS_SESSION_TOKEN;
  else process.env.AWS_SESSION_TOKEN = credentials.sessionToken;
}

/** From here on this process is a role that has these permissions. */
async function assumeRoleWith(permissions: readonly Permission[]): Promise<void> {
  actAs(await roleWith(moto, permissions));
}

test("a guard in monitor mode can make every read, and change nothing", async () => {
  await assumeRoleWith(guardPermissions({ ...RESOURCES, mode: "monitor" }));
  const connection = iamConnection({ region: "us-east-1" });
  const reader = createPolicyReader(connection);

  expect(await reader.managedPolicy(policyArn)).toMatchObject({ versionId: "v1", document: FULL });
  expect(await reader.policyVersion(policyArn, "v1")).toBe(FULL);
  expect(await reader.policyVersionIds(policyArn)).toEqual(["v1"]);
  expect(await reader.policyAttachments(policyArn)).toMatchObject({
    attachments: [DEPLOYER],
    boundaryOf: [],
  });
  expect(await reader.policiesOf(DEPLOYER)).toEqual({ managedArns: [policyArn], inline: [] });
  expect((await reader.policiesOf({ type: "user", name: "alice" }))?.inline).toHaveLength(1);
  expect(await reader.policiesOf({ type: "group", name: "Admins" })).toEqual({ managedArns: [], inline: [] });
  expect(await reader.inlinePolicy({ type: "user", name: "alice" }, "own")).toMatchObject({ document: FULL });
  expect(await reader.principalDetails({ type: "group", name: "Admins" })).toMatchObject({ members: 0 });
  expect(await reader.principalDetails({ type: "user", name: "alice" })).toMatchObject({
    arn: "arn:aws:iam::111122223333:user/alice",
  });
  expect(await reader.principalDetails(DEPLOYER)).toMatchObject({
    arn: "arn:aws:iam::111122223333:role/Deployer",
  });
  const names = [];
  for await (const { name } of reader.accountPolicies()) names.push(name);
  expect(names.sort()).toEqual(["Keys", "guard", "own"]);

  const writer = createPolicyWriter(connection);
  for (const step of containmentSteps()) {
    expect(await writer.perform(step)).toMatchObject({
      outcome: "failed",
      error: expect.stringMatching(/^AccessDenied: /),
      retryable: false,
    });
  }
});

test("a guard in enforce mode can take policies away, and give none", async () => {
  await assumeRoleWith(guardPermissions({ ...RESOURCES, mode: "enforce" }));
  const writer = createPolicyWriter(iamConnection({ region: "us-east-1" }));
  const outcomes = [];
  for (const step of containmentSteps()) outcomes.push((await writer.perform(step)).outcome);
  // alice and Admins do not hold the managed policy, Deployer and Admins have no inline one.
  expect(outcomes).toEqual(["already", "done", "already", "done", "already", "already"]);

  for (const step of restoreSteps()) {
    expect(await writer.perform(step)).toMatchObject({
      outcome: "failed",
      error: expect.stringMatching(/^AccessDenied: /),
    });
  }
});

test("an operator who restores can give policies, and take none", async () => {
  await assumeRoleWith(restorePermissions(RESOURCES));
  const writer = createPolicyWriter(iamConnection({ region: "us-east-1" }));
  const outcomes = [];
  for (const step of restoreSteps()) outcomes.push((await writer.perform(step)).outcome);
  expect(outcomes).toEqual(["done", "already", "done", "already", "done", "done"]);

  for (const step of containmentSteps()) {
    expect(await writer.perform(step)).toMatchObject({
      outcome: "failed",
      error: expect.stringMatching(/^AccessDenied: /),
    });
  }
});

test("who tells Amazon Q can publish, and read and write nothing", async () => {
  const { TopicArn: topicArn = "" } = await new SNSClient({ region: "us-east-1" }).send(
    new CreateTopicCommand({ Name: "Chat" }),
  );
  await assumeRoleWith(chatPermissions({ chatTopicArn: topicArn }));
  const notify = notifyAmazonQ({ client: new SNSClient({ region: "us-east-1" }), topicArn });
  await notify({ Records: [{ Sns: { Message: "hello" } }] });

  const connection = iamConnection({ region: "us-east-1" });
  await expect(createPolicyReader(connection).policyAttachments(policyArn)).rejects.toThrow("AccessDenied");
  for (const step of [...containmentSteps(), ...restoreSteps()]) {
    expect(await createPolicyWriter(connection).perform(step)).toMatchObject({ outcome: "failed" });
  }
});

const user: PrincipalName = { type: "user", name: "alice" };
const group: PrincipalName = { type: "group", name: "Admins" };

function containmentSteps(): readonly ContainmentStep[] {
  return [
    { action: "detach-user-policy", target: { principal: user, policyArn } },
    { action: "detach-role-policy", target: { principal: DEPLOYER, policyArn } },
    { action: "detach-group-policy", target: { principal: group, policyArn } },
    { action: "delete-user-policy", target: { principal: user, policyName: "own" }, document: FULL },
    { action: "delete-role-policy", target: { principal: DEPLOYER, policyName: "own" }, document: FULL },
    { action: "delete-group-policy", target: { principal: group, policyName: "own" }, document: FULL },
  ];
}

function restoreSteps(): readonly RestoreStep[] {
  return [
    { action: "attach-user-policy", target: { principal: user, policyArn } },
    { action: "attach-role-policy", target: { principal: DEPLOYER, policyArn } },
    { action: "attach-group-policy", target: { principal: group, policyArn } },
    { action: "put-user-policy", target: { principal: user, policyName: "own" }, document: FULL },
    { action: "put-role-policy", target: { principal: DEPLOYER, policyName: "own" }, document: FULL },
    { action: "put-group-policy", target: { principal: group, policyName: "own" }, document: FULL },
  ];
}

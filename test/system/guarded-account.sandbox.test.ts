import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AttachUserPolicyCommand,
  CreatePolicyVersionCommand,
  DeleteRolePolicyCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
} from "@aws-sdk/client-iam";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { iamSeed } from "../moto/iam-seed.ts";
import { type Delivered, type SandboxChild, startSandboxChild } from "../sandbox/child.ts";

/** The whole of it, as an AWS client and the people who read alerts see it. */

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const HARMLESS =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const credentials = { accessKeyId: "AKIAANYBODY", secretAccessKey: "invented" };
const CHANNELS = ["history", "slack", "sns-email"];

function clientOf(sandbox: SandboxChild): IAMClient {
  return new IAMClient({ region: "us-east-1", endpoint: sandbox.endpoint, credentials });
}

/** The finding of a call, when each of the three channels has brought it. */
async function findingOf(
  sandbox: SandboxChild,
  eventName: string,
  about: (finding: Finding) => boolean,
): Promise<Finding> {
  const deliveries = await Promise.all(
    CHANNELS.map((wanted) =>
      sandbox.delivery(
        ({ channel, finding }) =>
          channel === wanted && finding.trigger.eventName === eventName && about(finding),
      ),
    ),
  );
  const [first] = deliveries;
  if (first === undefined) throw new Error("there are channels");
  for (const { finding } of deliveries) expect(finding.id).toBe(first.finding.id);
  return first.finding;
}

const ofPolicy = (name: string) => (finding: Finding) => finding.policy.name === name;

/** Which channels brought a finding, each as often as it did. */
function channelsOf(sandbox: SandboxChild, id: string): readonly string[] {
  return sandbox.delivered.filter(({ finding }) => finding.id === id).map(({ channel }) => channel);
}

const ATTACHING = {
  AttachUserPolicy: { type: "user", name: "alice" },
  AttachRolePolicy: { type: "role", name: "ci" },
  AttachGroupPolicy: { type: "group", name: "Admins" },
} as const;

/** Gives everything in every way, and waits after each call for what comes of it. */
async function violate(
  iam: IAMClient,
  settled: (eventName: string) => Promise<unknown> = async () => {},
): Promise<string> {
  const seed = iamSeed(iam);
  await seed.createUser("alice");
  await seed.createRole("ci");
  await seed.createGroup("Admins");
  const keys = await seed.createPolicy("Keys", FULL);
  await settled("CreatePolicy");
  for (const [eventName, principal] of Object.entries(ATTACHING)) {
    await seed.attachPolicy(principal, keys);
    await settled(eventName);
  }
  await seed.putInlinePolicy({ type: "user", name: "alice" }, "own", FULL);
  await settled("PutUserPolicy");
  return keys;
}

async function attachedTo(iam: IAMClient): Promise<readonly (string | undefined)[]> {
  const attached = await Promise.all([
    iam.send(new ListAttachedUserPoliciesCommand({ UserName: "alice" })),
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName: "ci" })),
    iam.send(new ListAttachedGroupPoliciesCommand({ GroupName: "Admins" })),
  ]);
  return attached.flatMap(({ AttachedPolicies = [] }) => AttachedPolicies.map((policy) => policy.PolicyName));
}

describe("in monitor mode", () => {
  let sandbox: SandboxChild;
  let iam: IAMClient;
  beforeAll(async () => {
    sandbox = await startSandboxChild("monitor");
    iam = clientOf(sandbox);
  });
  afterAll(() => sandbox.end("SIGTERM"));

  test("every violation is told on every channel, and nothing is changed", async () => {
    await violate(iam);
    const created = await findingOf(sandbox, "CreatePolicy", ofPolicy("Keys"));
    expect(created).toMatchObject({
      ...{ status: "open", verdict: "full", severity: "CRITICAL", account: "111122223333" },
      policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/Keys", versionId: "v1" },
      trigger: {
        actor: { type: "Root", arn: "arn:aws:iam::111122223333:root", sourceIp: "127.0.0.1" },
      },
    });
    for (const eventName of Object.keys(ATTACHING)) {
      const finding = await findingOf(sandbox, eventName, ofPolicy("Keys"));
      expect(finding).toMatchObject({ status: "open", decision: { mode: "monitor", action: "alert" } });
    }
    await findingOf(sandbox, "PutUserPolicy", ofPolicy("own"));
    expect(await attachedTo(iam)).toEqual(["Keys", "Keys", "Keys"]);
    expect(
      (await iam.send(new GetUserPolicyCommand({ UserName: "alice", PolicyName: "own" }))).PolicyName,
    ).toBe("own");
  });

  test("a mail is plain text of 72 columns that ends in what to do", async () => {
    const { subject, text } = await sandbox.delivery(({ channel }) => channel === "sns-email");
    expect(subject).toMatch(/^kms-guard: CRITICAL /);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(72);
    expect(text).toContain("npx --no kms-guard show kg-");
  });

  test("it ends on SIGINT, with everything that it started", async () => {
    expect(await sandbox.end("SIGINT")).toBe(0);
    await expect(fetch(sandbox.endpoint)).rejects.toThrow("fetch failed");
    // On a fresh clone the sandbox is the one to install SST's platform, and says so.
    expect(sandbox.said().replace(/^sst: installing .*\n/, "")).toBe("");
  });
});

describe("started through npm", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("it ends on %s to npm alone", async (signal) => {
    const npm = spawn("npm", ["run", "--silent", "sandbox", "--", "--port", "0", "--output", "jsonl"]);
    const closed = once(npm, "close");
    const [ready] = await once(createInterface({ input: npm.stdout }), "line");
    const { endpoint } = JSON.parse(ready);
    npm.kill(signal);
    await closed;
    await expect(fetch(endpoint)).rejects.toThrow("fetch failed");
  });
});

describe("in enforce mode", () => {
  let sandbox: SandboxChild;
  let iam: IAMClient;
  let keys: string;
  beforeAll(async () => {
    sandbox = await startSandboxChild("enforce");
    iam = clientOf(sandbox);
  });
  afterAll(() => sandbox.end("SIGTERM"));

  const isContained = ({ status }: Finding) => status === "contained";

  test("what is attached is detached, what is put is deleted, and each is told once", async () => {
    const findings: Finding[] = [];
    keys = await violate(iam, async (eventName) => {
      findings.push(await findingOf(sandbox, eventName, () => true));
    });
    const [created, ...given] = findings;
    expect(created).toMatchObject({ status: "open", decision: { reason: "attached to nobody yet" } });
    expect(given.every(isContained)).toBe(true);
    expect(await attachedTo(iam)).toEqual([]);
    expect(given.map(({ containment }) => containment?.steps.map(({ action }) => action))).toEqual([
      ["detach-user-policy"],
      ["detach-role-policy"],
      ["detach-group-policy"],
      ["delete-user-policy"],
    ]);
    expect((await iam.send(new ListUserPoliciesCommand({ UserName: "alice" }))).PolicyNames).toEqual([]);
    for (const { id } of findings) expect([...channelsOf(sandbox, id)].sort()).toEqual(CHANNELS);
  });

  test("a version that becomes the default is taken from whoever holds the policy", async () => {
    const seed = iamSeed(iam);
    const tools = await seed.createPolicy("Tools", HARMLESS);
    await seed.attachPolicy({ type: "role", name: "ci" }, tools);
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn: tools, PolicyDocument: FULL }));
    const loaded = await findingOf(sandbox, "CreatePolicyVersion", ofPolicy("Tools"));
    expect(loaded.status).toBe("open");
    await seed.setDefaultPolicyVersion(tools, "v2");
    const finding = await findingOf(sandbox, "SetDefaultPolicyVersion", isContained);
    expect(finding.policy).toMatchObject({ name: "Tools", versionId: "v2" });
    expect(await attachedTo(iam)).toEqual([]);
  });

  test("a call that grants nothing is heard, and nobody is told", async () => {
    const seed = iamSeed(iam);
    await seed.createUser("quiet");
    await seed.putInlinePolicy({ type: "user", name: "quiet" }, "reads", HARMLESS);
    await logged(sandbox, '"outcome":"clean"', '"eventName":"PutUserPolicy"');
    expect(sandbox.delivered.filter(isAboutPolicy("reads"))).toEqual([]);
  });

  test("a call that IAM refused is not even heard", async () => {
    const refused = iam.send(new AttachUserPolicyCommand({ UserName: "nobody", PolicyArn: keys }));
    await expect(refused).rejects.toThrow("nobody");
    const seed = iamSeed(iam);
    await seed.putInlinePolicy({ type: "user", name: "quiet" }, "afterwards", FULL);
    await findingOf(sandbox, "PutUserPolicy", ofPolicy("afterwards"));
    expect(sandbox.delivered.filter(({ text }) => text.includes("user nobody"))).toEqual([]);
  });

  test("of what comes all at once nothing is left", async () => {
    const seed = iamSeed(iam);
    await Promise.all(Object.values(ATTACHING).map((principal) => seed.attachPolicy(principal, keys)));
    await expect.poll(() => attachedTo(iam)).toEqual([]);
  });

  test("the guard hears its own detaching, and leaves it at that", async () => {
    await logged(sandbox, "the guard's own removal", '"eventName":"DetachRolePolicy"');
    expect(
      sandbox.delivered.filter(({ finding }) => finding.trigger.eventName === "DetachRolePolicy"),
    ).toEqual([]);
  });

  test("without its rights the guard can do nothing: its role is enforced", async () => {
    const guard = { RoleName: "kms-guard-sandbox-guard", PolicyName: "inline" };
    await iam.send(new DeleteRolePolicyCommand(guard));
    const seed = iamSeed(iam);
    await seed.attachPolicy({ type: "group", name: "Admins" }, keys);
    await expect.poll(() => sandbox.said()).toContain("the event is a dead letter");
    expect(sandbox.said()).toContain("AccessDenied");
    expect(await attachedTo(iam)).toEqual(["Keys"]);
  });
});

const isAboutPolicy =
  (name: string) =>
  ({ finding }: Delivered) =>
    finding.policy.name === name;

/** Waits until the guard has logged a line with all of this in it. */
async function logged(sandbox: SandboxChild, ...parts: readonly string[]): Promise<void> {
  const logs = new CloudWatchLogsClient({ region: "us-east-1", endpoint: sandbox.endpoint, credentials });
  const logGroupName = "/aws/lambda/kms-guard-sandbox-guard";
  const isLogged = async () => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    return events.some(({ message = "" }) => parts.every((part) => message.includes(part)));
  };
  await expect.poll(isLogged, { interval: 300 }).toBe(true);
}

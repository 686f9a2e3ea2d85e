import { stripVTControlCharacters } from "node:util";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { awsPorts } from "@kms-guard/adapters/aws-ports.ts";
import type { GuardEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { restorePermissions } from "@kms-guard/adapters/deployment/permissions.ts";
import { type EventResult, handleEvent } from "@kms-guard/guard/handle-event.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { type AwsProxy, awsProxy, type Refusal } from "@kms-guard/testing/fakes/aws-proxy.ts";
import { iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { exemptionsIn, findRecord } from "@kms-guard/testing/fakes/stored.ts";
import { TestClock } from "@kms-guard/testing/fakes/test-clock.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type MemoryIo, memoryIo } from "../../packages/cli/src/io/memory-io.fixture.ts";
import { run } from "../../packages/cli/src/program.ts";
import { deployGuard, putDeployment } from "../moto/deployed-guard.ts";
import { iamSeed, TRUST } from "../moto/iam-seed.ts";

/** `kms-guard restore` on an account whose guard, with its real adapters, has taken policies away. */

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
/** As somebody wrote it: not a byte of it may change on the way there and back. */
const INLINE =
  '{ "Version":"2012-10-17",\n\t"Statement": [ {"Sid":"Küche", "Effect":"Allow","Action":"kms:*","Resource":"*"} ]}\n';
/** What `sha256sum` says of FULL. */
const FULL_SHA256 = "1146050b8dc1639427e3019cfff9bcfde0d88d9b22c856a1563e5ea0c04e795a";
const TOOLS = "arn:aws:iam::111122223333:policy/team/Tools";
const ADMIN = { accessKeyId: "AKIAADMIN", secretAccessKey: "invented" };
const ALICE = { type: "user", name: "alice" } as const;
const BUILD = { type: "role", name: "Build" } as const;
const ADMINS = { type: "group", name: "Admins" } as const;

let moto: Moto;
let clock: TestClock;
let environment: GuardEnvironment;
const proxies: AwsProxy[] = [];
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());

beforeEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await moto.reset();
  for (const name of ["AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"]) delete process.env[name];
  process.env.AWS_CONFIG_FILE = "/nonexistent/config";
  process.env.AWS_SHARED_CREDENTIALS_FILE = "/nonexistent/credentials";
  process.env.AWS_EC2_METADATA_DISABLED = "true";
  process.env.AWS_ENDPOINT_URL = moto.endpoint;
  actAs(ADMIN);
  clock = new TestClock("2026-03-02T09:00:10Z");
  environment = await deployGuard("prod");
});

function actAs(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): void {
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
  if (credentials.sessionToken === undefined) delete process.env.AWS_SESSION_TOKEN;
  else process.env.AWS_SESSION_TOKEN = credentials.sessionToken;
}

function iam(): IAMClient {
  return new IAMClient({ region: "us-east-1" });
}

function guard(event: unknown): Promise<EventResult> {
  const ports = awsPorts(environment, { access: { region: "us-east-1" }, clock });
  return handleEvent(ports, environment.settings)(event);
}

/** Tools was taken from alice, Build and Admins; answers the finding's id. */
async function containedManaged(): Promise<string> {
  const seed = iamSeed(iam());
  await seed.createUser("alice");
  await seed.createRole("Build");
  await seed.createGroup("Admins");
  await seed.createPolicy("Tools", FULL, { path: "/team/" });
  for (const principal of [ALICE, BUILD, ADMINS]) await seed.attachPolicy(principal, TOOLS);
  return idOf(await guard(iamEvent("AttachUserPolicy", { userName: "alice", policyArn: TOOLS })));
}

/** The inline policy `own` was taken from Build. */
async function containedInline(): Promise<string> {
  const seed = iamSeed(iam());
  await seed.createRole("Build");
  await seed.putInlinePolicy(BUILD, "own", INLINE);
  return idOf(
    await guard(iamEvent("PutRolePolicy", { roleName: "Build", policyName: "own", policyDocument: INLINE })),
  );
}

function idOf({ findings }: EventResult): string {
  expect(findings.map(({ status }) => status)).toEqual(["contained"]);
  return findings[0]?.id ?? "";
}

async function holders(): Promise<readonly string[]> {
  const [user, role, group] = await Promise.all([
    iam().send(new ListAttachedUserPoliciesCommand({ UserName: "alice" })),
    iam().send(new ListAttachedRolePoliciesCommand({ RoleName: "Build" })),
    iam().send(new ListAttachedGroupPoliciesCommand({ GroupName: "Admins" })),
  ]);
  return [
    ...(user.AttachedPolicies ?? []).map(({ PolicyName }) => `${PolicyName} of alice`),
    ...(role.AttachedPolicies ?? []).map(({ PolicyName }) => `${PolicyName} of Build`),
    ...(group.AttachedPolicies ?? []).map(({ PolicyName }) => `${PolicyName} of Admins`),
  ];
}

function record(id: string) {
  return findRecord(awsPorts(environment, { access: { region: "us-east-1" }, clock }).findings, id);
}

function exemptions() {
  return exemptionsIn(awsPorts(environment, { access: { region: "us-east-1" }, clock }).findings);
}

/** Runs the command as this process; `answer` is what a person at a terminal types. */
async function kmsGuard(args: readonly string[], answer?: string): Promise<MemoryIo & { code: number }> {
  const isTTY = answer !== undefined;
  const io = memoryIo({
    env: process.env,
    clock,
    isTTY: { stdin: isTTY, stdout: isTTY, stderr: isTTY },
    ...(answer !== undefined && { stdin: [Buffer.from(answer)] }),
  });
  return Object.assign(io, { code: await run(args, io) });
}

/** From now on the calls that `refuse` has an answer to are refused. */
async function refusing(refuse: Parameters<typeof awsProxy>[1]): Promise<AwsProxy> {
  const proxy = await awsProxy(moto.endpoint, refuse);
  proxies.push(proxy);
  process.env.AWS_ENDPOINT_URL = proxy.endpoint;
  return proxy;
}

describe("a dry run", () => {
  test("says in words and commands what would be done, and changes nothing", async () => {
    const id = await containedManaged();
    const { code, out, err } = await kmsGuard([
      "restore",
      id,
      "--dry-run",
      "--reason",
      "release 4.2\u001b[2J",
    ]);
    expect({ code, err: err() }).toEqual({ code: 0, err: "" });
    expect(out().replaceAll(id, "kg-ID").split("\n")).toEqual([
      "CRITICAL  kg-ID  contained",
      "  full kms:* granted by managed policy Tools to 3 principals",
      "  removed from user alice, role Build, group Admins at 2026-03-02T09:00:10Z, after AttachUserPolicy by arn:aws:iam::111122223333:user/mallory",
      "",
      "Restore in account 111122223333 (stage prod, us-east-1) as arn:aws:sts::111122223333:user/moto",
      `  1. exempt managed policy ${TOOLS} for 24 hours, until 2026-03-03T09:00:15Z`,
      `     only for the document with SHA-256 ${FULL_SHA256}`,
      "     as ke-restore-kg-ID, reason: release 4.2\\u001b[2J",
      "  2. attach managed policy Tools to group Admins",
      `     $ aws iam attach-group-policy --group-name 'Admins' --policy-arn '${TOOLS}'`,
      "  3. attach managed policy Tools to role Build",
      `     $ aws iam attach-role-policy --role-name 'Build' --policy-arn '${TOOLS}'`,
      "  4. attach managed policy Tools to user alice",
      `     $ aws iam attach-user-policy --user-name 'alice' --policy-arn '${TOOLS}'`,
      "",
      "Nothing was changed.",
      "next: npx --no kms-guard restore kg-ID",
      "",
    ]);
    expect(await holders()).toEqual([]);
    expect(await exemptions()).toEqual([]);
    expect((await record(id))?.finding.status).toBe("contained");
  });

  test("as JSON has the steps, their commands and the exemption", async () => {
    const id = await containedInline();
    const { code, out } = await kmsGuard(["restore", id, "--dry-run", "--output", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out())).toMatchObject({
      schemaVersion: "1",
      kind: "planned",
      finding: { id, status: "contained" },
      steps: [
        {
          action: "put-role-policy",
          target: { principal: BUILD, policyName: "own" },
          document: INLINE,
          command:
            "aws iam put-role-policy --role-name 'Build' --policy-name 'own' --policy-document " +
            `'{"Version":"2012-10-17","Statement":[{"Sid":"Küche","Effect":"Allow","Action":"kms:*","Resource":"*"}]}'`,
        },
      ],
      exemption: { id: `ke-restore-${id}`, reason: "none given", expiresAt: "2026-03-03T09:00:15.000Z" },
    });
  });

  test("says that the policy has another text since, which the exemption would not cover", async () => {
    const id = await containedManaged();
    await iamSeed(iam()).createPolicyVersion(TOOLS, FULL.replace("kms:*", "*"), true);
    const { out } = await kmsGuard(["restore", id, "--dry-run"]);
    expect(out()).toContain("note: policy Tools has another document now (v2)");
  });
});

describe("a restore", () => {
  test("attaches to exactly those it was taken from, says so, and records who and why", async () => {
    const id = await containedManaged();
    const { code, out } = await kmsGuard(["restore", id, "--yes", "--reason", "release 4.2", "--hours", "4"]);
    expect(code).toBe(0);
    expect(out()).toContain(
      `done     exempt managed policy ${TOOLS} for 4 hours, until 2026-03-02T13:00:15Z\n` +
        "done     attach managed policy Tools to group Admins\n" +
        "done     attach managed policy Tools to role Build\n" +
        "done     attach managed policy Tools to user alice\n" +
        `\n${id} is restored.\nnext: npx --no kms-guard show ${id}\n`,
    );
    expect(await holders()).toEqual(["Tools of alice", "Tools of Build", "Tools of Admins"]);
    expect(await exemptions()).toEqual([
      {
        id: `ke-restore-${id}`,
        account: "111122223333",
        policy: { kind: "managed", arn: TOOLS },
        documentSha256: FULL_SHA256,
        reason: "release 4.2",
        owner: "arn:aws:sts::111122223333:user/moto",
        createdBy: "arn:aws:sts::111122223333:user/moto",
        createdAt: "2026-03-02T09:00:15.000Z",
        expiresAt: "2026-03-02T13:00:15.000Z",
      },
    ]);
    expect((await record(id))?.finding.status).toBe("restored");
  });

  test("writes an inline policy byte for byte", async () => {
    const id = await containedInline();
    expect((await iam().send(new ListRolePoliciesCommand({ RoleName: "Build" }))).PolicyNames).toEqual([]);
    expect((await kmsGuard(["restore", id, "--yes"])).code).toBe(0);
    const policy = await iam().send(new GetRolePolicyCommand({ RoleName: "Build", PolicyName: "own" }));
    expect(decodeURIComponent(policy.PolicyDocument ?? "")).toBe(INLINE);
  });

  test("says of what was already restored who did it, when, why and until when, and asks nothing", async () => {
    const id = await containedManaged();
    await kmsGuard(["restore", id, "--yes", "--reason", "release 4.2"]);
    const first = await exemptions();
    await clock.sleepMs(3_600_000);
    const { code, out, err } = await kmsGuard(["restore", id, "--hours", "1"], "");
    expect({ code, err: err() }).toEqual({ code: 0, err: "" });
    expect(stripVTControlCharacters(out())).toBe(
      `${id} was already restored by arn:aws:sts::111122223333:user/moto at 2026-03-02T09:00:15Z, reason: release 4.2\n` +
        "Nothing was changed. It is exempt until 2026-03-03T09:00:15Z.\n" +
        `next: npx --no kms-guard show ${id}\n` +
        `next: narrow the policy before 2026-03-03T09:00:15Z, or exempt it for longer: npx --no kms-guard exempt add ${id} --reason '...' --owner '...' --days 30\n`,
    );
    const json = await kmsGuard(["restore", id, "--yes", "--output", "json"]);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out())).toMatchObject({
      schemaVersion: "1",
      kind: "already-restored",
      finding: { id, status: "restored" },
      exemption: { id: `ke-restore-${id}`, reason: "release 4.2" },
      failures: [],
    });
    expect((await kmsGuard(["restore", id, "--dry-run"])).code).toBe(0);
    expect(await exemptions()).toEqual(first);
  });

  test("is left alone by the guard until its time is over", async () => {
    const id = await containedManaged();
    await kmsGuard(["restore", id, "--yes", "--hours", "1"]);
    const attaching = iamEvent(
      "AttachUserPolicy",
      { userName: "alice", policyArn: TOOLS },
      { eventID: "22222222-2222-4333-8444-555555555555" },
    );
    expect((await guard(attaching)).findings.map(({ status }) => status)).toEqual(["exempt"]);
    expect(await holders()).toHaveLength(3);

    await clock.sleepMs(3_600_000);
    const later = iamEvent(
      "AttachUserPolicy",
      { userName: "alice", policyArn: TOOLS },
      { eventID: "33333333-2222-4333-8444-555555555555" },
    );
    expect((await guard(later)).findings.map(({ status }) => status)).toEqual(["contained"]);
    expect(await holders()).toEqual([]);
  });

  test("does the rest where a principal is gone, and says what and why", async () => {
    const id = await containedManaged();
    await iam().send(new DeleteRoleCommand({ RoleName: "Build" }));
    const { code, out } = await kmsGuard(["restore", id, "--yes"]);
    expect(code).toBe(1);
    expect(out()).toContain("done     attach managed policy Tools to group Admins\n");
    expect(out()).toContain("failed   attach managed policy Tools to role Build\n         NoSuchEntity: ");
    expect(out()).toContain("done     attach managed policy Tools to user alice\n");
    expect(out()).toContain(
      `1 of 3 steps failed; the others succeeded.\nnext: npx --no kms-guard restore ${id} `,
    );
  });

  test("does the rest where a quota is full, and goes on from there", async () => {
    const id = await containedManaged();
    const full: Refusal = {
      status: 409,
      code: "LimitExceeded",
      message: "Cannot exceed quota for PoliciesPerUser: 10",
    };
    await refusing(({ action }) => (action === "AttachUserPolicy" ? full : undefined));
    const { code, out } = await kmsGuard(["restore", id, "--yes"]);
    expect(code).toBe(1);
    expect(out()).toContain(
      "failed   attach managed policy Tools to user alice\n" +
        "         LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10\n" +
        "         the quota is used up: detach another policy there, then restore again\n",
    );
    process.env.AWS_ENDPOINT_URL = moto.endpoint;
    expect(await holders()).toEqual(["Tools of Build", "Tools of Admins"]);

    expect((await kmsGuard(["restore", id, "--yes"])).code).toBe(0);
    expect(await holders()).toEqual(["Tools of alice", "Tools of Build", "Tools of Admins"]);
  });

  test("tells every step even where nobody could be told, and makes up for it", async () => {
    const id = await containedManaged();
    const broken: Refusal = { status: 403, code: "AuthorizationError", message: "not you" };
    await refusing(({ service, action }) => (service === "sns" && action === "Publish" ? broken : undefined));
    const { code, out } = await kmsGuard(["restore", id, "--yes"]);
    expect(code).toBe(1);
    expect(out()).toContain("done     attach managed policy Tools to user alice\n");
    expect(out()).toContain(`note: the alert on ${id} could not be published to people: `);

    process.env.AWS_ENDPOINT_URL = moto.endpoint;
    expect((await kmsGuard(["restore", id, "--yes"])).code).toBe(0);
  });
});

describe("asking", () => {
  test("does it on yes", async () => {
    const id = await containedManaged();
    const { code, err } = await kmsGuard(["restore", id], "y\n");
    expect({ code, err: err() }).toEqual({ code: 0, err: "Restore it? [y/N] " });
    expect(await holders()).toHaveLength(3);
  });

  test.each([["n\n"], ["\n"], [""], ["yikes\n"]])("does nothing on %j", async (answer) => {
    const id = await containedManaged();
    const { code, err } = await kmsGuard(["restore", id], answer);
    expect(code).toBe(1);
    expect(err()).toContain("error: not confirmed, so nothing was changed");
    expect(await holders()).toEqual([]);
    expect(await exemptions()).toEqual([]);
  });

  test("shows the plan to the person, and the result to the program", async () => {
    const id = await containedInline();
    const { code, out, err } = await kmsGuard(["restore", id, "--output", "json"], "yes\n");
    expect(code).toBe(0);
    expect(err()).toContain("2. put inline policy own back on role Build\n");
    expect(JSON.parse(out())).toMatchObject({ kind: "restored" });
  });

  test("is refused without a terminal, before AWS is called", async () => {
    const proxy = await refusing(() => undefined);
    const { code, out, err } = await kmsGuard(["restore", "kg-0123456789abcdef"]);
    expect({ code, out: out() }).toEqual({ code: 3, out: "" });
    expect(err()).toContain("there is no terminal to ask on: nothing was changed. Add `--yes`");
    expect(proxy.calls).toEqual([]);
  });
});

describe("what cannot be restored", () => {
  test("a record that somebody has changed by hand", async () => {
    const id = await containedManaged();
    await new DynamoDBClient({ region: "us-east-1" }).send(
      new UpdateItemCommand({
        TableName: "kms-guard-prod-Findings",
        Key: { pk: { S: `FINDING#111122223333#${id}` }, sk: { S: "FINDING" } },
        UpdateExpression: "SET finding = :damaged",
        ExpressionAttributeValues: { ":damaged": { S: "{}" } },
      }),
    );
    const { code, err } = await kmsGuard(["restore", id, "--yes"]);
    expect(code).toBe(1);
    expect(err()).toContain(
      `\`${id}\` cannot be read: \`finding\` of item \`FINDING\` cannot be read: schemaVersion`,
    );
    expect(err().trimEnd()).not.toContain("\n");
    expect(await holders()).toEqual([]);
  });

  test("an id that nothing has, as JSON", async () => {
    const { code, out } = await kmsGuard(["restore", "kg-ffffffffffffffff", "--yes", "--output", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(out())).toEqual({
      schemaVersion: "1",
      kind: "refused",
      reason: "there is no finding `kg-ffffffffffffffff`",
      nextSteps: ["npx --no kms-guard history --since 30d"],
    });
  });
});

describe("the deployment", () => {
  const restoring = (...more: string[]) => kmsGuard(["restore", "kg-ffffffffffffffff", "--yes", ...more]);

  test("takes the region from the environment as the AWS CLI does", async () => {
    process.env.AWS_DEFAULT_REGION = "eu-west-1";
    expect((await restoring()).err()).toContain("in region eu-west-1 of");
    process.env.AWS_REGION = "eu-west-2";
    expect((await restoring()).err()).toContain("in region eu-west-2 of");
    expect((await restoring("--region", "us-east-1")).err()).toContain("there is no finding");
  });

  test("not there at all: says how it gets there", async () => {
    await moto.reset();
    const { code, err } = await restoring();
    expect(code).toBe(1);
    expect(err()).toContain(
      "use credentials of the guarded account (`--profile NAME`), or deploy it: `npx sst deploy`",
    );
  });

  test("two of them: asks which, and takes the one that is named", async () => {
    await deployGuard("test");
    const { code, err } = await restoring();
    expect(code).toBe(3);
    expect(err()).toContain(
      "has 2 deployments of kms-guard, `prod`, `test`: say which, as in `--stage prod`",
    );
    expect((await restoring("--stage", "test")).err()).toContain(
      "there is no finding `kg-ffffffffffffffff`; next: npx --no kms-guard history --since 30d --stage test\n",
    );
    expect((await restoring("--stage", "tset")).err()).toContain(
      "has no deployment of kms-guard with stage `tset`: the stages are `prod`, `test`",
    );
  });

  test.each([
    { stored: "no JSON", problem: "is not valid JSON" },
    { stored: '{"KMS_GUARD_MODE":"enforce"}', problem: "KMS_GUARD_HISTORY_LOG_GROUP is not set" },
    { stored: '{"KMS_GUARD_MODE":true}', problem: "Expected string" },
  ])("described by $stored: names the parameter and the problem", async ({ stored, problem }) => {
    await putDeployment("prod", stored);
    const { code, err } = await restoring();
    expect(code).toBe(1);
    expect(err()).toContain("SSM parameter `/kms-guard/prod/deployment` in region us-east-1");
    expect(err()).toContain(problem);
  });
});

describe("what AWS refuses is one line with its cure", () => {
  test.each([
    { status: 403, code: "InvalidClientTokenId", cure: "AWS does not accept these credentials" },
    { status: 403, code: "SignatureDoesNotMatch", cure: "AWS does not accept these credentials" },
    { status: 403, code: "AccessDenied", cure: "these credentials are not allowed to do this" },
    { status: 418, code: "Teapot", cure: "AWS refused (Teapot: said AWS)" },
  ])("$code when asked who calls", async ({ status, code, cure }) => {
    await refusing(({ service }) => (service === "sts" ? { status, code, message: "said AWS" } : undefined));
    const result = await kmsGuard(["restore", "kg-ffffffffffffffff", "--yes"]);
    expect(result.code).toBe(1);
    expect(result.err()).toContain(cure);
    expect(result.err()).toContain(`${code}: said AWS`);
    expect(result.err().trimEnd()).not.toContain("\n");
  });

  test.each([
    { service: "ssm", code: "AccessDeniedException", cure: "these credentials are not allowed to do this" },
    { service: "ssm", code: "ExpiredTokenException", cure: "the AWS credentials have expired" },
    {
      service: "dynamodb",
      code: "ResourceNotFoundException",
      cure: "a resource of the deployment is not there",
    },
    { service: "dynamodb", code: "ThrottlingException", cure: "AWS is throttling" },
  ])("$code of $service", async ({ service: refused, code, cure }) => {
    await refusing(({ service }) =>
      service === refused ? { status: 400, code, message: "said AWS" } : undefined,
    );
    const result = await kmsGuard(["restore", "kg-ffffffffffffffff", "--yes"]);
    expect(result.code).toBe(1);
    expect(result.err()).toContain(cure);
    expect(result.err().trimEnd()).not.toContain("\n");
  });

  test("no credentials anywhere", async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    const { code, err } = await kmsGuard(["restore", "kg-ffffffffffffffff", "--yes"]);
    expect(code).toBe(1);
    expect(err()).toContain("error: there are no AWS credentials (");
    expect(err()).toContain("sign in with `aws sso login`, or name a profile with --profile or AWS_PROFILE");
    expect(err().trimEnd()).not.toContain("\n");
  });

  test("a profile that is not there", async () => {
    const { code, err } = await kmsGuard(["restore", "kg-ffffffffffffffff", "--yes", "--profile", "oncall"]);
    expect(code).toBe(1);
    expect(err()).toContain("error: there are no AWS credentials (");
    expect(err()).toContain("`aws sso login --profile oncall`");
    expect(err().trimEnd()).not.toContain("\n");
  });

  test("an answer that is no AWS's", async () => {
    await refusing(({ service }) =>
      service === "sts" ? { status: 403, code: "not < XML", message: "<html>" } : undefined,
    );
    const { code, err } = await kmsGuard(["restore", "kg-ffffffffffffffff", "--yes"]);
    expect(code).toBe(1);
    expect(err()).toContain("error: the answer is not from AWS (");
    expect(err().trimEnd()).not.toContain("\n");
  });

  test("nobody at the other end", async () => {
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:1";
    const { code, err } = await kmsGuard(["restore", "kg-ffffffffffffffff", "--yes"]);
    expect(code).toBe(1);
    expect(err()).toContain("error: AWS cannot be reached (ECONNREFUSED");
  });
});

describe("permissions", () => {
  const PERMISSIONS = restorePermissions({
    partition: "aws",
    account: "111122223333",
    tableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/kms-guard-prod-Findings",
    topicArn: "arn:aws:sns:us-east-1:111122223333:kms-guard-prod-Alerts",
    busArn: "arn:aws:events:us-east-1:111122223333:event-bus/default",
  });

  /** From here on this process is a role that has only these actions; moto holds calls against nothing else. */
  async function actWith(actions: readonly string[]): Promise<void> {
    await iam().send(new CreateRoleCommand({ RoleName: "OnCall", AssumeRolePolicyDocument: TRUST }));
    const statement = { Effect: "Allow", Action: actions, Resource: "*" };
    await iam().send(
      new PutRolePolicyCommand({
        RoleName: "OnCall",
        PolicyName: "restore",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
      }),
    );
    actAs(await moto.assumeRole("OnCall"));
    await moto.enforcePermissions();
  }

  const ACTIONS = PERMISSIONS.flatMap(({ actions }) => actions);

  test("those of `restorePermissions` are enough for a restore, recorded as who did it", async () => {
    const id = await containedManaged();
    await actWith(ACTIONS);
    expect((await kmsGuard(["restore", id, "--yes"])).code).toBe(0);
    expect((await exemptions()).map(({ createdBy }) => createdBy)).toEqual([
      "arn:aws:sts::111122223333:assumed-role/OnCall/session",
    ]);
  });

  test("without those to attach, nothing comes back and every step says so", async () => {
    const id = await containedManaged();
    await actWith(ACTIONS.filter((action) => !action.startsWith("iam:Attach")));
    const { code, out } = await kmsGuard(["restore", id, "--yes", "--output", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(out())).toMatchObject({
      finding: { status: "contained" },
      steps: [1, 2, 3].map(() => ({ outcome: "failed", error: expect.stringMatching(/^AccessDenied: /) })),
    });
  });

  test("without those to write records, nothing is changed", async () => {
    const id = await containedManaged();
    const denied: Refusal = { status: 400, code: "AccessDeniedException", message: "no PutItem for you" };
    await refusing(({ action }) => (action === "PutItem" ? denied : undefined));
    const { code, out, err } = await kmsGuard(["restore", id, "--yes"]);
    expect(code).toBe(1);
    expect(out()).not.toContain("done");
    expect(err()).toContain(
      "error: these credentials are not allowed to do this (AccessDenied: no PutItem for you)",
    );
    expect(await holders()).toEqual([]);
  });

  test("the partition keys that a restore writes are among those that may be written", async () => {
    const id = await containedManaged();
    const proxy = await refusing(() => undefined);
    await kmsGuard(["restore", id, "--yes"]);
    const written = proxy.calls
      .filter(({ service, action }) => service === "dynamodb" && action !== "Query")
      .map(({ body }) => {
        const { Item, Key }: { Item?: Keyed; Key?: Keyed } = JSON.parse(body);
        return (Item ?? Key)?.pk.S;
      });
    expect(new Set(written)).toEqual(new Set(["EXEMPTIONS#111122223333", `FINDING#111122223333#${id}`]));
    expect(PERMISSIONS.find(({ sid }) => sid === "RecordFindings")?.conditions?.[0]?.values).toEqual([
      "FINDING#111122223333#*",
      "EXEMPTIONS#111122223333",
    ]);
  });
});

interface Keyed {
  readonly pk: { readonly S: string };
}

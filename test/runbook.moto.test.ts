import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cloudtrail from "@aws-sdk/client-cloudtrail";
import * as iam from "@aws-sdk/client-iam";
import * as lambda from "@aws-sdk/client-lambda";
import * as sqs from "@aws-sdk/client-sqs";
import { NOTICE_KINDS } from "@kms-guard/core/notifications/notice.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { iamEvent } from "@kms-guard/testing/fakes/guarded-account.ts";
import { exemptionsIn } from "@kms-guard/testing/fakes/stored.ts";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { memoryIo } from "../packages/cli/src/io/memory-io.fixture.ts";
import { run } from "../packages/cli/src/program.ts";
import { iamSeed } from "./moto/iam-seed.ts";
import { OperatedGuard } from "./moto/operated-guard.ts";

const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8");
const runbook = await read("../docs/runbook.md");

/** The command lines of the page: what stands in its `sh` blocks. */
const lines = [...runbook.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].flatMap(([, block = ""]) =>
  block.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()])),
);

/** The words that a shell makes of a line; what is redirected is apart. */
function wordsOf(line: string): readonly string[] {
  const [command = ""] = line.split(" > ", 1);
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

/** What kms-guard gets of a line that runs it. */
const argumentsOf = (line: string) => wordsOf(line.slice(KMS_GUARD.length));

const commands = lines.filter((line) => line.startsWith(`${KMS_GUARD} `));
const awsCommands = lines.filter((line) => line.startsWith("aws "));

/** How a line ends where it is not well, for what is in the account of this test. */
const ENDS: Readonly<Record<string, number>> = {
  // It finds key-tools.
  [`${KMS_GUARD} scan policy.json`]: 2,
  // There is no trail, and no function that would answer.
  [`${KMS_GUARD} doctor`]: 1,
  [`${KMS_GUARD} drill --yes`]: 1,
};

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';

describe("the commands of kms-guard", () => {
  let moto: Moto;
  let guard: OperatedGuard;
  let folder: string;
  let findingId: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kms-guard-runbook-"));
    moto = await startMoto();
    guard = await OperatedGuard.deploy(moto);
    const client = new iam.IAMClient({ region: "us-east-1" });
    const seed = iamSeed(client);
    await seed.createUser("alice");
    const policyArn = await seed.createPolicy("key-tools", FULL);
    await seed.attachPolicy({ type: "user", name: "alice" }, policyArn);
    const finding = await guard.handles(iamEvent("AttachUserPolicy", { userName: "alice", policyArn }));
    expect(finding.status).toBe("contained");
    findingId = finding.id;
    // What the lines before them on the page write.
    const version = await client.send(
      new iam.GetPolicyVersionCommand({ PolicyArn: policyArn, VersionId: "v1" }),
    );
    await writeFile(join(folder, "policy.json"), JSON.stringify({ PolicyVersion: version.PolicyVersion }));
    const details = await client.send(new iam.GetAccountAuthorizationDetailsCommand({ Filter: ["User"] }));
    const { UserDetailList = [] } = details;
    await writeFile(
      join(folder, "account.json"),
      JSON.stringify({ UserDetailList, GroupDetailList: [], RoleDetailList: [], Policies: [] }),
    );
  });
  afterAll(async () => {
    await guard?.close();
    await moto?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The id of the one exemption that somebody made. */
  async function exemptionId(): Promise<string> {
    const exemptions = await exemptionsIn(guard.ports.findings);
    return exemptions.find(({ owner }) => owner === "platform@example.com")?.id ?? "";
  }

  test("are as many as the page is known to have", () => {
    expect(new Set(commands.map((line) => argumentsOf(line)[0]))).toEqual(
      new Set(["show", "history", "scan", "restore", "exempt", "doctor", "drill", "report"]),
    );
  });

  test.each(commands)("%s", async (line) => {
    const args = await Promise.all(
      argumentsOf(line).map(async (word) => {
        if (word.startsWith("kg-")) return findingId;
        return word.startsWith("ke-") ? exemptionId() : word;
      }),
    );
    const io = memoryIo({ env: process.env, clock: guard.clock, cwd: folder });
    const code = await run(args, io);
    expect(code, io.err()).toBe(ENDS[line] ?? 0);
    expect(io.err()).not.toContain("which is a defect of its own");
    expect(`${io.out()}${io.err()}`).not.toBe("");
  });

  test("a line with a word that is none is found out", async () => {
    const io = memoryIo({ env: process.env, clock: guard.clock, cwd: folder });
    expect(await run(["history", "--sinse", "24h"], io)).toBe(3);
  });
});

/** `aws` in commands as the SDK has them; `aws logs tail` is the AWS CLI's own. */
const CLIENTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { cloudtrail, iam, lambda, sqs };
const CLI_ONLY = ["logs tail", "lambda invoke"];

/** `detach-user-policy` as `DetachUserPolicyCommand`. */
function sdkName(operation: string): string {
  const words = operation.split("-").map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${words.join("")}Command`;
}

describe("the commands of aws", () => {
  it.each(awsCommands)("%s", (line) => {
    const [, service = "", operation = "", ...args] = wordsOf(line);
    if (!CLI_ONLY.includes(`${service} ${operation}`)) {
      expect(Object.keys(CLIENTS[service] ?? {})).toContain(sdkName(operation));
    }
    for (const word of args.filter((arg) => arg.startsWith("-")))
      expect(word).toMatch(/^--[a-z]+(-[a-z]+)*$/);
    // IAM is one service for all regions; whatever else the guard has is in one.
    if (service !== "iam") expect(line).toContain(" --region us-east-1 ");
    expect(line).not.toMatch(/[<>|;&`$](?! \w+\.json$)/);
  });

  it("are some", () => {
    expect(awsCommands.length).toBeGreaterThan(15);
  });
});

describe("the tables", () => {
  it("have a row for each widget of the dashboard", async () => {
    const source = await read("../stacks/dashboard.ts");
    const titles = [...source.matchAll(/(?:graph\(|title: )"([^"]+)"/g)].map(([, title]) => title);
    expect(titles).toHaveLength(8);
    for (const title of titles) expect(runbook).toContain(`\n| ${title} |`);
  });

  it.each(NOTICE_KINDS)("have the notice %s", (kind) => {
    expect(runbook).toMatch(new RegExp(`^\\| .*\`${kind}\`.* \\|`, "m"));
  });

  it("have a row for each alarm", async () => {
    const source = await read("../stacks/alarms.ts");
    const names = [...source.matchAll(/alarm\(\s*["`](?:\$\{part\}-)?([a-z-]+)["`]/g)].map(
      ([, name]) => name,
    );
    expect(names).toHaveLength(8);
    for (const name of names) expect(runbook).toContain(`\n| \`${name}\` |`);
  });
});

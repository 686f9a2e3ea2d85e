import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { EventBridgeClient, RemoveTargetsCommand } from "@aws-sdk/client-eventbridge";
import { IAMClient, ListPoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SandboxChild, startSandboxChild } from "../sandbox/child.ts";

/** A drill as its user runs it, with a whole guard to answer it. */

const MAIN = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const credentials = { accessKeyId: "AKIAANYBODY", secretAccessKey: "invented" };

interface Drill {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param interruptAt Interrupts it when it has said this. */
function drill(
  { endpoint }: Pick<SandboxChild, "endpoint">,
  argv: readonly string[],
  { interruptAt, yes = true }: { readonly interruptAt?: string; readonly yes?: boolean } = {},
): Promise<Drill> {
  const child = spawn(process.execPath, [MAIN, "drill", ...(yes ? ["--yes"] : []), ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  let [out, err, isInterrupted] = ["", "", false];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    if (isInterrupted || interruptAt === undefined || !err.includes(interruptAt)) return;
    isInterrupted = true;
    child.kill("SIGINT");
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

/** Policies and roles of the account that drills have made. */
async function canariesIn({ endpoint }: SandboxChild): Promise<readonly (string | undefined)[]> {
  const iam = new IAMClient({ region: "us-east-1", endpoint, credentials });
  const [{ Policies = [] }, { Roles = [] }] = await Promise.all([
    iam.send(new ListPoliciesCommand({ Scope: "Local" })),
    iam.send(new ListRolesCommand({})),
  ]);
  const names = [...Policies.map(({ PolicyName }) => PolicyName), ...Roles.map(({ RoleName }) => RoleName)];
  return names.filter((name) => name?.startsWith("kms-guard-drill-"));
}

describe("in enforce mode", () => {
  let sandbox: SandboxChild;
  beforeAll(async () => {
    sandbox = await startSandboxChild("enforce");
  });
  afterAll(() => sandbox.end("SIGTERM"));

  test("a drill is told, is contained, and leaves nothing", async () => {
    const { code, out, err } = await drill(sandbox, ["--attach"]);
    expect({
      code,
      lines: out.split("\n").map((line) => line.replace(/\d+\.\d|kg-[0-9a-f]{16}/g, "~")),
    }).toEqual({
      code: 0,
      lines: [
        expect.stringMatching(/^alert {8}(at most )?~ s after CreatePolicy, finding ~$/),
        expect.stringMatching(/^containment {2}(at most )?~ s after AttachRolePolicy, finding ~$/),
        "removed      all that the drill made",
        "next: kms-guard show ~",
        "",
      ],
    });
    expect(err).toContain("waiting for the guard to detach it, up to 180 s\n");
    const contained = await sandbox.delivery(({ finding }) => finding.status === "contained");
    expect(contained.finding.containment?.steps).toMatchObject([
      { action: "detach-role-policy", outcome: "done", target: { principal: { type: "role" } } },
    ]);
    expect(await canariesIn(sandbox)).toEqual([]);
  });

  test("one that the guard does not answer in time says so, and leaves nothing", async () => {
    const events = new EventBridgeClient({ region: "us-east-1", endpoint: sandbox.endpoint, credentials });
    await events.send(new RemoveTargetsCommand({ Rule: "kms-guard-sandbox-iam-events", Ids: ["target"] }));
    const { code, out } = await drill(sandbox, ["--timeout", "2", "--stage", "sandbox"]);
    expect({ code, out }).toEqual({
      code: 1,
      out: `FAILED       no alert came within 2 s
next: kms-guard doctor --stage sandbox
removed      all that the drill made
`,
    });
    expect(await canariesIn(sandbox)).toEqual([]);
  });

  test("one that is interrupted while it waits leaves nothing", async () => {
    const { code, out, err } = await drill(sandbox, [], { interruptAt: "waiting for the alert" });
    expect(err).toContain("interrupted: removing what the drill made");
    expect(out).toBe("interrupted  before the drill was through\nremoved      all that the drill made\n");
    expect(code).toBe(1);
    expect(await canariesIn(sandbox)).toEqual([]);
  });
});

test("in monitor mode a drill is told twice, and the policy is detached by the drill alone", async () => {
  const sandbox = await startSandboxChild("monitor");
  try {
    const { code, out } = await drill(sandbox, ["--attach"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      / s after AttachRolePolicy, finding kg-[0-9a-f]{16}; mode monitor detaches nothing\n/,
    );
    expect(sandbox.delivered.filter(({ finding }) => finding.containment !== undefined)).toEqual([]);
    expect(await canariesIn(sandbox)).toEqual([]);
  } finally {
    await sandbox.end("SIGTERM");
  }
});

test("nothing is made unasked where there is nobody to ask", async () => {
  const { code, err } = await drill({ endpoint: "http://127.0.0.1:9" }, [], { yes: false });
  expect(code).toBe(3);
  expect(err).toContain("error: drill asks before it changes anything");
});

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventBridgeClient, RemoveTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { type AwsCall, awsProxy, type Refusal } from "@kms-guard/testing/fakes/aws-proxy.ts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type SandboxChild, startSandboxChild } from "../sandbox/child.ts";
import { kmsGuard } from "../sandbox/kms-guard.ts";
import { masked } from "../sandbox/masked.ts";
import { clientOf, type Story, tellStory } from "../sandbox/story.ts";

/**
 * Every command on a deployed guard, as a person runs it after a small story: credentials, table, topic, log groups and
 * functions are those of the sandbox. What a sandbox does not come to is in the tests of the single commands.
 */

let sandbox: SandboxChild;
let story: Story;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kms-guard-every-command-"));
  sandbox = await startSandboxChild("enforce");
  story = await tellStory(sandbox);
});
afterAll(async () => {
  await sandbox?.end("SIGTERM");
  await rm(folder, { recursive: true, force: true });
});

/** The id of the finding that has this name in the story and in the golden files. */
function idOf(name: string): string {
  return [...story.names].find(([, named]) => named === name)?.[0] ?? "";
}

const run = (...argv: readonly string[]) => kmsGuard(sandbox.endpoint, argv, { credentials: story.ops });
const mask = (text: string) => masked(text, story.names);

/** What a run that went well has printed. */
async function printed(...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await run(...argv);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return mask(out);
}

function expectGolden(text: string, name: string): Promise<void> {
  return expect(text).toMatchFileSnapshot(`../golden/sandbox/${name}.txt`);
}

test("scan --live tells what stands in the account now", async () => {
  const { code, out } = await run("scan", "--live");
  expect(code).toBe(2);
  await expectGolden(mask(out), "scan-live");
});

describe("history", () => {
  test("has a line for every finding, as it ended", async () => {
    const [table = "", closing = ""] = (await printed("history")).split("\n\n");
    const [head, ...rows] = table.split("\n");
    // What happens in one second has no order of its own.
    await expectGolden([head, ...rows.toSorted(), "", closing].join("\n"), "history");
  });

  test.each([
    [["--policy", "teamx", "--status", "open"], ["kg-made"]],
    [
      ["--actor", "user/ops", "--since", "1h"],
      ["kg-group", "kg-made", "kg-role", "kg-user"],
    ],
    [["--actor", "nobody"], []],
  ])("%j leaves %j", async (filters, left) => {
    const { out } = await run("history", "--output", "jsonl", ...filters);
    const ids = out.split("\n").flatMap((line) => /^{.*?"id":"(kg-[0-9a-f]{16})"/.exec(line)?.[1] ?? []);
    expect(ids.map((id) => story.names.get(id)).toSorted()).toEqual(left);
  });
});

test.each(["kg-role", "kg-group"])("show has %s whole", async (name) => {
  await expectGolden(await printed("show", idOf(name)), `show-${name}`);
});

test("exempt adds, lists and removes", async () => {
  const why = ["--reason", "key ceremony", "--owner", "security@example.com", "--days", "30"];
  const added = await printed("exempt", "add", idOf("kg-user"), ...why, "--ticket", "OPS-17", "--yes");
  await expectGolden(added, "exempt-add");
  await expectGolden(await printed("exempt", "list"), "exempt-list");
  const { out } = await run("exempt", "list", "--output", "json");
  const [, id = ""] = /"id":"(ke-[0-9a-f]{16})"/.exec(out) ?? [];
  await expectGolden(await printed("exempt", "remove", id, "--yes"), "exempt-remove");
  expect(await printed("exempt", "list")).toContain("Nothing is exempt in stage sandbox");
});

describe("restore", () => {
  const attached = async () => {
    const iam = clientOf(IAMClient, sandbox, story.ops);
    const command = new ListAttachedRolePoliciesCommand({ RoleName: "Deployer" });
    const { AttachedPolicies = [] } = await iam.send(command);
    return AttachedPolicies.map(({ PolicyName }) => PolicyName).toSorted();
  };

  test("--dry-run shows it, and changes nothing", async () => {
    await expectGolden(await printed("restore", idOf("kg-role"), "--dry-run"), "restore-dry-run");
    expect(await attached()).toEqual(["ReadKeys"]);
  });

  test("--yes puts it back, and the guard leaves it there", async () => {
    await expectGolden(await printed("restore", idOf("kg-role"), "--yes"), "restore");
    const { finding } = await sandbox.delivery(
      (delivery) => delivery.channel === "history" && delivery.finding.status === "exempt",
    );
    story.names.set(finding.id, "kg-back");
    expect(finding.trigger.eventName).toBe("AttachRolePolicy");
    expect(await attached()).toEqual(["ReadKeys", "TeamX"]);
  });
});

describe("report", () => {
  test("--output json is the whole of it for programs", async () => {
    // CloudWatch has what was counted a moment later.
    let out = "";
    const counted = async () => {
      ({ out } = await run("report", "--since", "24h", "--output", "json"));
      return out;
    };
    await expect.poll(counted).toContain('"events":{"count":11,');
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: "1",
      scope: { account: "111122223333", stage: "sandbox", settings: { mode: "enforce" } },
      findings: ["kg-made", "kg-role", "kg-user", "kg-group", "kg-back"].map((name) => ({ id: idOf(name) })),
      exemptions: [
        { reason: "key ceremony", state: "removed" },
        { reason: "none given", state: "in force" },
      ],
      coverage: {
        findingsBy: { event: 5, sweep: 0 },
        sweeps: { count: 1 },
        // Of the clean ones, three are the guard's own removals.
        events: { count: 11, byOutcome: { finding: 5, clean: 6, "not-ours": 0, malformed: 0 } },
        records: { onlyTold: [], untold: [], earlier: [] },
      },
    });
  });

  test("--html is the whole of it for people", async () => {
    const file = join(folder, "report.html");
    const { code, out, err } = await run("report", "--since", "24h", "--html", file);
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(mask(err)).toContain("findings: 5, exemptions: 2, from TIME to TIME");
    const page = mask(await readFile(file, "utf8"));
    for (const name of story.names.values()) expect(page).toContain(name);
    expect(page).toContain("<dt>Found by an event</dt><dd>5</dd>");
    expect(page).toContain("<dt>Events seen</dt><dd>11: 5 with a finding, 6 clean, 0 not relevant,");
    expect(page).toContain("<dt>Sweeps</dt><dd>1 of the whole account, the first TIME, the last TIME;");
  });

  test("--output csv has a line for each finding", async () => {
    const { code, out } = await run("report", "--since", "24h", "--output", "csv");
    expect(code).toBe(0);
    const lines = mask(out).replaceAll("\r\n", "\n");
    await expectGolden(lines.replace(/,\d+,event,/g, ",TOOK,event,"), "report-csv");
  });
});

test("doctor finds the guard well, but for what stage sandbox does without", async () => {
  await expectGolden(await printed("doctor"), "doctor");
});

describe("what is refused", () => {
  const UNKNOWN = "kg-ffffffffffffffff";
  const WHY = ["--reason", "none", "--owner", "nobody", "--days", "1"];
  const EXEMPTING = ["exempt", "add", UNKNOWN, ...WHY, "--yes"];
  const BY_ID = [
    ["show", UNKNOWN],
    EXEMPTING,
    ["exempt", "remove", "ke-ffffffffffffffff", "--yes"],
    ["restore", UNKNOWN, "--yes"],
  ];
  const DEPLOYED = [
    ["history"],
    ...BY_ID,
    ["exempt", "list"],
    ["report", "--output", "json"],
    ["doctor"],
    ["drill", "--yes"],
  ];
  const SLOWER = { status: 400, code: "ThrottlingException", message: "Rate exceeded" };
  const ALL = [["scan", "--live"], ...DEPLOYED];

  /** What these commands say, each in one line, where the calls that `hinder` names are refused. */
  async function refused(
    commands: readonly (readonly string[])[],
    hinder: (call: AwsCall) => Refusal | undefined,
  ): Promise<string> {
    const proxy = await awsProxy(sandbox.endpoint, hinder);
    try {
      const told = await Promise.all(
        commands.map(async (argv) => {
          const { code, out, err } = await kmsGuard(proxy.endpoint, argv, { credentials: story.ops });
          const line = expect.stringMatching(/^error: .+\n$/);
          expect({ argv, code, out, err }).toEqual({ argv, code: 1, out: "", err: line });
          return mask(`$ npx --no kms-guard ${argv.join(" ")}\n${err}`);
        }),
      );
      return told.join("\n");
    } finally {
      await proxy.close();
    }
  }

  test("an id that nothing has", async () => {
    await expectGolden(await refused(BY_ID, () => undefined), "refused-id");
  });

  test("a region without a guard", async () => {
    const elsewhere = DEPLOYED.map((argv) => [...argv, "--region", "eu-west-1"]);
    await expectGolden(await refused(elsewhere, () => undefined), "refused-region");
  });

  test("credentials that have expired", async () => {
    const expired = { status: 403, code: "ExpiredToken", message: "The security token is expired" };
    await expectGolden(await refused(ALL, () => expired), "refused-expired");
  });

  test("an AWS that throttles", async () => {
    await expectGolden(await refused(ALL, () => SLOWER), "refused-throttled");
  });
});

describe("drill", () => {
  /** Policies and roles of the account that drills have made. */
  async function canaries(): Promise<readonly (string | undefined)[]> {
    const iam = clientOf(IAMClient, sandbox, story.ops);
    const [{ Policies = [] }, { Roles = [] }] = await Promise.all([
      iam.send(new ListPoliciesCommand({ Scope: "Local" })),
      iam.send(new ListRolesCommand({})),
    ]);
    const names = [...Policies.map(({ PolicyName }) => PolicyName), ...Roles.map(({ RoleName }) => RoleName)];
    return names.filter((name) => name?.startsWith("kms-guard-drill-"));
  }
  afterEach(async () => expect(await canaries()).toEqual([]));

  test.each([[["drill"]], [["drill", "--attach"]]])("%j is told, and leaves nothing", async (argv) => {
    const { code, out, err } = await run(...argv, "--yes");
    expect(code).toBe(0);
    await expectGolden(mask(`${err}${out}`), argv.join(""));
  });

  test("one that the guard does not answer in time says so", async () => {
    const events = clientOf(EventBridgeClient, sandbox, story.ops);
    await events.send(new RemoveTargetsCommand({ Rule: "kms-guard-sandbox-iam-events", Ids: ["target"] }));
    const { code, out } = await run("drill", "--yes", "--timeout", "2", "--stage", "sandbox");
    expect({ code, out }).toEqual({
      code: 1,
      out: `FAILED       no alert came within 2 s
next: npx --no kms-guard doctor --stage sandbox
removed      everything that the drill created
`,
    });
  });

  test("one that is interrupted while it waits says so", async () => {
    const interrupting = { credentials: story.ops, interruptAt: "waiting for the alert" };
    const { code, out, err } = await kmsGuard(sandbox.endpoint, ["drill", "--yes"], interrupting);
    expect(err).toContain("interrupted: removing what the drill created");
    expect(out).toBe(
      "interrupted  before the drill was done\nremoved      everything that the drill created\n",
    );
    expect(code).toBe(1);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Evidence, Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Io } from "../io/io.ts";
import { type MemoryIo, memoryIo } from "../io/memory-io.fixture.ts";
import { run } from "../program.ts";
import { addScan, scanWith } from "./command.ts";

const EVIDENCE: Evidence = {
  path: "Statement[0]",
  sid: "Keys",
  effect: "Allow",
  actions: ["kms:*"],
  resources: ["*"],
  conditions: [],
  counts: true,
  contributes: "every action on every key",
};
const MITIGATION: Evidence = {
  path: "Statement[1]",
  effect: "Deny",
  actions: ["kms:Decrypt"],
  resources: ["arn:aws:kms:*:*:key/a"],
  conditions: [{ operator: "Bool", key: "aws:MultiFactorAuthPresent", values: ["false"] }],
  counts: false,
  contributes: "has a condition",
};
const NOTHING = { vacuous: false, evidence: [], missingActions: [] };
const CONDITIONAL = { ...NOTHING, name: "conditional-full", reason: "full under conditions" } as const;

const PROBLEMS = Array.from({ length: 10 }, (_, index) => ({
  path: index === 9 ? "" : `Statement[${index}]`,
  message: "is null",
}));

/** The verdicts of these tests: the document is the name of its verdict. */
const VERDICTS: ReadonlyMap<unknown, Verdict> = new Map<unknown, Verdict>([
  [
    "full",
    {
      ...NOTHING,
      name: "full",
      severity: "CRITICAL",
      reason: "everything",
      evidence: [EVIDENCE, MITIGATION],
    },
  ],
  [
    "near-full",
    {
      ...NOTHING,
      name: "near-full",
      severity: "CRITICAL",
      reason: "nearly",
      missingActions: ["kms:ListKeys"],
    },
  ],
  ["conditional-full", { ...CONDITIONAL, severity: "HIGH" }],
  ["vacuous", { ...CONDITIONAL, vacuous: true, severity: "CRITICAL" }],
  ["escalation", { ...NOTHING, name: "escalation", severity: "HIGH", reason: "gives itself the rest" }],
  [
    "scoped-full",
    {
      ...NOTHING,
      name: "scoped-full",
      severity: "MEDIUM",
      reason: "all keys of 1 of 4 Regions",
      share: 0.25,
    },
  ],
  ["invalid", { ...NOTHING, name: "invalid", severity: "HIGH", reason: "no Effect" }],
  ["broken", { ...NOTHING, name: "invalid", severity: "HIGH", reason: "ten problems", problems: PROBLEMS }],
  ["none", { ...NOTHING, name: "none", reason: "no statement allows a KMS action" }],
]);

const KMS_ON = (resource: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "kms:*", Resource: resource }],
  });

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "kms-guard-scan-"));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

/** JSON Lines in which each policy is named like its verdict. */
const lines = (...verdicts: readonly string[]): string =>
  verdicts.map((verdict) => `${JSON.stringify({ id: verdict, document: verdict })}\n`).join("");

/** Scans `p.jsonl`; `evaluatedAs` collects the accounts that documents were evaluated for. */
async function scan(
  content: string,
  args: readonly string[] = [],
  settings: Partial<Io> = {},
): Promise<{ code: number; io: MemoryIo; evaluatedAs: Account[] }> {
  writeFileSync(join(cwd, "p.jsonl"), content);
  const evaluatedAs: Account[] = [];
  const { stdin: _stdin, ...others } = settings;
  const io = memoryIo({ cwd, ...others });
  const command = scanWith((document, { account }) => {
    evaluatedAs.push(account);
    const verdict = VERDICTS.get(document);
    if (verdict === undefined) throw new Error(`no verdict for ${JSON.stringify(document)}`);
    return verdict;
  });
  return { code: await run(["scan", "p.jsonl", ...args], io, [command]), io, evaluatedAs };
}

describe("scan: the exit code", () => {
  it.each([
    { verdict: "none", args: [], code: 0 },
    { verdict: "none", args: ["--fail-on", "none"], code: 0 },
    { verdict: "full", args: [], code: 2 },
    { verdict: "full", args: ["--fail-on", "full"], code: 2 },
    { verdict: "near-full", args: [], code: 2 },
    { verdict: "near-full", args: ["--fail-on", "full"], code: 0 },
    { verdict: "conditional-full", args: [], code: 0 },
    { verdict: "conditional-full", args: ["--fail-on", "conditional-full"], code: 2 },
    { verdict: "vacuous", args: ["--fail-on", "full"], code: 2 },
    { verdict: "escalation", args: [], code: 0 },
    { verdict: "escalation", args: ["--fail-on", "conditional-full"], code: 0 },
    { verdict: "escalation", args: ["--fail-on", "escalation"], code: 2 },
    { verdict: "conditional-full", args: ["--fail-on", "escalation"], code: 2 },
    { verdict: "scoped-full", args: ["--fail-on", "escalation"], code: 0 },
    { verdict: "scoped-full", args: ["--fail-on", "conditional-full"], code: 0 },
    { verdict: "scoped-full", args: ["--fail-on", "scoped-full"], code: 2 },
    { verdict: "scoped-full", args: ["--fail-on", "none"], code: 2 },
    { verdict: "invalid", args: ["--fail-on", "full"], code: 2 },
  ])("is $code for $verdict with $args", async ({ verdict, args, code }) => {
    expect((await scan(lines("none", verdict), args)).code).toBe(code);
  });

  it("is 2 for a line that cannot be read", async () => {
    expect((await scan(`${lines("none")}{oops\n${lines("none")}`)).code).toBe(2);
  });

  it("is 1 when judging breaks, which says so", async () => {
    const { code, io } = await scan(lines("unheard-of"));
    expect(code).toBe(1);
    expect(io.err()).toContain('kms-guard failed, which is a bug: Error: no verdict for "unheard-of"');
  });

  it.each([
    { args: ["--fail-on", "nope"], error: "Allowed choices are full, near-full" },
    { args: ["--output", "xml"], error: "Allowed choices are human, json, jsonl, sarif, csv" },
    { args: ["--ouput", "json"], error: "Did you mean --output?" },
    {
      args: ["--account", "12345"],
      error: "An account id has 12 digits; `aws sts get-caller-identity` prints yours.",
    },
    {
      args: ["--account", "12345678901x"],
      error: "option '--account <id>' argument '12345678901x' is invalid",
    },
    {
      args: ["--partition", "azure"],
      error:
        "option '--partition <name>' argument 'azure' is invalid. The partitions are aws, aws-cn, aws-eusc,",
    },
    { args: ["--partition", "aws-us"], error: "argument 'aws-us' is invalid" },
    {
      args: ["--regions", "us-east-1,useast1"],
      error:
        "option '--regions <names>' argument 'us-east-1,useast1' is invalid. " +
        "The partition aws has no Region `useast1`; it has af-south-1,",
    },
    { args: ["--regions", ""], error: "has no Region ``" },
    {
      args: ["--regions", "cn-north-1,us-east-1"],
      error: "The partition aws-cn has no Region `us-east-1`; it has cn-north-1, cn-northwest-1.",
    },
    {
      args: ["--regions", "us-east-1", "--partition", "aws-us-gov"],
      error:
        "`--regions` names Regions of aws, and `--partition` is of aws-us-gov: " +
        "name Regions of that partition, which are us-gov-east-1, us-gov-west-1",
    },
    { args: ["--live"], error: "`--live` reads the account, and takes no files" },
    { args: ["-", "-"], error: "name `-` once" },
  ])("is 3 for $args, which prints nothing on stdout", async ({ args, error }) => {
    const { code, io } = await scan(lines("none"), args);
    expect(code).toBe(3);
    expect(io.err()).toContain(error);
    expect(io.out()).toBe("");
  });

  it("is 3 without a path", async () => {
    const io = memoryIo({ cwd });
    expect(await run(["scan"], io)).toBe(3);
    expect(io.err()).toContain("name a file or a folder to scan, `-` for standard input, or `--live`");
  });
});

describe("scan: whose account", () => {
  const DETAILS = JSON.stringify({
    Policies: [
      {
        Arn: "arn:aws-cn:iam::444455556666:policy/p",
        PolicyVersionList: [{ IsDefaultVersion: true, Document: "none" }],
      },
    ],
  });

  it.each([
    { given: lines("none"), args: [], id: "111122223333", partition: "aws" },
    { given: lines("none"), args: ["--account", "777788889999"], id: "777788889999", partition: "aws" },
    {
      given: lines("none"),
      args: ["--partition", "aws-us-gov"],
      id: "111122223333",
      partition: "aws-us-gov",
    },
    { given: DETAILS, args: [], id: "444455556666", partition: "aws-cn" },
    { given: DETAILS, args: ["--account", "777788889999"], id: "777788889999", partition: "aws-cn" },
    { given: DETAILS, args: ["--regions", "cn-north-1"], id: "444455556666", partition: "aws-cn" },
    {
      given: lines("none"),
      args: ["--regions", "us-gov-west-1"],
      id: "111122223333",
      partition: "aws-us-gov",
    },
  ])("evaluates for $id in $partition", async ({ given, args, id, partition }) => {
    expect((await scan(given, args)).evaluatedAs).toEqual([{ id, partition }]);
  });

  it("refuses Regions of another partition than the account's", async () => {
    const { code, io } = await scan(DETAILS, ["--regions", "us-east-1"]);
    expect(code).toBe(3);
    expect(io.err()).toContain(
      "`--regions` names Regions of aws, and p.jsonl:1 is of aws-cn: name Regions of that partition,",
    );
  });

  it.each([
    { regions: [], verdict: "scoped-full", share: 0.0588 },
    { regions: ["--regions", "eu-west-1"], verdict: "near-full", share: 1 },
    { regions: ["--regions", "eu-west-1,us-east-1"], verdict: "scoped-full", share: 0.5 },
  ])("counts the keys of the Regions $regions", async ({ regions, verdict, share }) => {
    const io = memoryIo({ cwd, stdin: [Buffer.from(KMS_ON("arn:aws:kms:eu-west-1:*:key/*"))] });
    await run(["scan", "-", "--output", "json", ...regions], io, [addScan]);
    const [row] = JSON.parse(io.out()).policies;
    expect(row).toMatchObject({ verdict, share: expect.closeTo(share, 3) });
  });
});

describe("scan: what was assumed", () => {
  const OWN = "arn:aws-us-gov:kms:*:444455556666:key/*";
  const NOTE =
    "evaluated as account 444455556666 in the partition aws-us-gov, which the document names: " +
    "use --account ID and --partition NAME for yours";

  async function scanned(resource: string, ...args: readonly string[]): Promise<string> {
    const io = memoryIo({ cwd, stdin: [Buffer.from(KMS_ON(resource))] });
    await run(["scan", "-", "--all", ...args], io, [addScan]);
    return io.out();
  }

  it.each(["human", "json", "jsonl", "sarif", "csv"])("is said in %s", async (output) => {
    expect(await scanned(OWN, "--output", output)).toContain(NOTE);
    const said = ["--account", "444455556666", "--partition", "aws-us-gov"];
    expect(await scanned(OWN, "--output", output, ...said)).not.toContain("evaluated as");
    expect(await scanned("*", "--output", output)).not.toContain("evaluated as");
  });

  it("has a field of its own for programs", async () => {
    expect(JSON.parse(await scanned(OWN, "--output", "jsonl"))).toMatchObject({
      verdict: "near-full",
      assumed: { account: "444455556666", partition: "aws-us-gov" },
    });
    expect(await scanned(OWN, "--output", "csv")).toMatch(
      /,1,account=444455556666 partition=aws-us-gov\r\n$/,
    );
    const said = ["--account", "444455556666", "--partition", "aws-us-gov"];
    expect(JSON.parse(await scanned(OWN, "--output", "jsonl", ...said))).not.toHaveProperty("assumed");
    expect(await scanned(OWN, "--output", "csv", ...said)).toMatch(/,1,\r\n$/);
  });
});

describe("scan --output jsonl", () => {
  const ASSUMED = '"assumed":{"account":"111122223333","partition":"aws"}}';

  it("prints one object a finding, each with every member", async () => {
    const { io } = await scan(lines("full", "none", "near-full"), ["--output", "jsonl"]);
    expect(io.out().split("\n")).toEqual([
      '{"id":"full","source":"p.jsonl:1","kind":"document","verdict":"full","vacuous":false,"severity":"CRITICAL",' +
        '"reason":"everything","evidence":[{"path":"Statement[0]","sid":"Keys","effect":"Allow","actions":["kms:*"],' +
        '"resources":["*"],"conditions":[],"contributes":"every action on every key"},{"path":"Statement[1]",' +
        '"effect":"Deny","actions":["kms:Decrypt"],"resources":["arn:aws:kms:*:*:key/a"],"conditions":[{"operator":' +
        '"Bool","key":"aws:MultiFactorAuthPresent","values":["false"]}],"contributes":"has a condition"}],' +
        '"missingActions":[],' +
        ASSUMED,
      '{"id":"near-full","source":"p.jsonl:3","kind":"document","verdict":"near-full","vacuous":false,' +
        '"severity":"CRITICAL","reason":"nearly","evidence":[],"missingActions":["kms:ListKeys"],' +
        ASSUMED,
      "",
    ]);
    expect(io.err()).toBe("");
  });

  it("prints clean ones too with --all, in the order of reading", async () => {
    const { io } = await scan(lines("none", "full"), ["--output", "jsonl", "--all"]);
    const [first, second] = io.out().split("\n");
    expect(first).toBe(
      '{"id":"none","source":"p.jsonl:1","kind":"document","verdict":"none","vacuous":false,"severity":null,' +
        '"reason":"no statement allows a KMS action","evidence":[],"missingActions":[],' +
        ASSUMED,
    );
    expect(second).toContain('"id":"full"');
  });

  it("prints nothing where there is no finding", async () => {
    expect((await scan(lines("none"), ["--output", "jsonl"])).io.out()).toBe("");
  });

  it("makes what cannot be read an invalid row that names file, line and problem", async () => {
    const { io } = await scan(`${lines("none")}{oops\n${lines("full")}`, ["--output", "jsonl"]);
    const [first, second] = io.out().split("\n");
    expect(first).toBe(
      '{"id":"p.jsonl","source":"p.jsonl:2","kind":"document","verdict":"invalid","vacuous":false,' +
        '"severity":"HIGH","reason":"`p.jsonl:2` is not JSON: Expected property name or \'}\' in JSON at column 2",' +
        '"evidence":[],"missingActions":[]}',
    );
    expect(second).toContain('"source":"p.jsonl:3"');
  });

  it("writes what a terminal would obey or hide as JSON escapes, with the same meaning", async () => {
    const id = "a\u001b[2J\u009b2J\u202e\u{e0041}\ud800é";
    const given = `${JSON.stringify({ id, document: "full" })}\n${lines("none")}`;
    const { io } = await scan(given, ["--output", "jsonl"]);
    expect(io.out()).toMatch(/^\{"id":"a\\u001b\[2J\\u009b2J\\u202e\\udb40\\udc41\\ud800é",/);
    expect(JSON.parse(io.out())).toMatchObject({ id });
  });
});

describe("scan --output json", () => {
  it("wraps the rows with a summary of everything evaluated", async () => {
    const { io, code } = await scan(lines("full", "none", "invalid", "none"), ["--output", "json"]);
    const report: unknown = JSON.parse(io.out());
    expect(report).toEqual({
      summary: {
        policies: 4,
        findings: 2,
        byVerdict: {
          full: 1,
          "near-full": 0,
          "conditional-full": 0,
          escalation: 0,
          "scoped-full": 0,
          invalid: 1,
          none: 2,
        },
      },
      policies: [
        expect.objectContaining({ id: "full", verdict: "full" }),
        expect.objectContaining({ id: "invalid", verdict: "invalid" }),
      ],
    });
    expect(code).toBe(2);
  });

  it("is JSON where there is no row", async () => {
    const { io } = await scan(lines("none"), ["--output", "json"]);
    expect(JSON.parse(io.out())).toMatchObject({ summary: { policies: 1, findings: 0 }, policies: [] });
  });
});

describe("scan --output csv", () => {
  it("prints RFC 4180 with the statements that decided", async () => {
    const { io } = await scan(lines("full", "scoped-full", "none"), ["--output", "csv", "--all"]);
    expect(io.out()).toBe(
      "id,source,kind,verdict,vacuous,severity,reason,statements,actions,resources,missingActions,share,assumed\r\n" +
        "full,p.jsonl:1,document,full,false,CRITICAL,everything,Statement[0],kms:*,*,,,account=111122223333 partition=aws\r\n" +
        "scoped-full,p.jsonl:2,document,scoped-full,false,MEDIUM,all keys of 1 of 4 Regions,,,,,0.25,account=111122223333 partition=aws\r\n" +
        "none,p.jsonl:3,document,none,false,,no statement allows a KMS action,,,,,,account=111122223333 partition=aws\r\n",
    );
  });

  it.each([
    { id: "=HYPERLINK(1)", field: "'=HYPERLINK(1)" },
    { id: "+1", field: "'+1" },
    { id: "-1", field: "'-1" },
    { id: "@SUM(1,2)", field: '"\'@SUM(1,2)"' },
    { id: "＝1+1", field: "'＝1+1" },
    { id: "a=b", field: "a=b" },
    { id: 'say "x", twice', field: '"say ""x"", twice"' },
    { id: "two\r\nlines", field: "two\\u000d\\u000alines" },
    { id: "\t=1", field: "\\u0009=1" },
  ])("keeps $id from being a formula or a new record", async ({ id, field }) => {
    const given = `${JSON.stringify({ id, document: "full" })}\n${lines("none")}`;
    const { io } = await scan(given, ["--output", "csv"]);
    expect(io.out().split("\r\n")[1]).toBe(
      `${field},p.jsonl:1,document,full,false,CRITICAL,everything,Statement[0],kms:*,*,,,account=111122223333 partition=aws`,
    );
  });
});

describe("scan --output human", () => {
  it("prints the worst first, with proof, summary and next command", async () => {
    const { io } = await scan(lines("near-full", "none", "full", "vacuous"));
    expect(io.out()).toBe(`CRITICAL full  full
  document in p.jsonl:3
  everything
    Statement[0] (Sid Keys): Allow kms:* on *
      every action on every key
    Statement[1]: Deny kms:Decrypt on arn:aws:kms:*:*:key/a
      if Bool aws:MultiFactorAuthPresent: false
      has a condition

CRITICAL conditional-full (vacuous)  vacuous
  document in p.jsonl:4
  full under conditions

CRITICAL near-full  near-full
  document in p.jsonl:1
  nearly
  not granted: kms:ListKeys

4 policies: 1 full, 1 near-full, 1 conditional-full, 1 none
3 of 3 findings fail the scan: at or above near-full, or invalid
next: narrow the statements above, then npx --no kms-guard scan p.jsonl
`);
  });

  it("says that all is well", async () => {
    const { io } = await scan(lines("none"));
    expect(io.out()).toBe(`No policy grants full KMS access.
1 policy: 1 none
next: npx --no kms-guard scan p.jsonl --all   lists every policy
`);
  });

  it("repeats whose account it was in the next command", async () => {
    const args = ["--account", "444455556666", "--regions", "us-east-1, us-west-2"];
    expect((await scan(lines("none"), args)).io.out()).toContain(
      "\nnext: npx --no kms-guard scan p.jsonl --account 444455556666 --regions us-east-1,us-west-2 --all ",
    );
  });

  it("lists the clean ones with --all, last", async () => {
    const { io } = await scan(lines("none", "invalid"), ["--all"]);
    expect(io.out()).toBe(`HIGH invalid  invalid
  document in p.jsonl:2
  no Effect

none  none  p.jsonl:1
2 policies: 1 invalid, 1 none
1 of 1 finding fails the scan: at or above near-full, or invalid
next: repair what is invalid, then npx --no kms-guard scan p.jsonl
`);
  });

  it("lists the problems that an invalid document's reason has no place for", async () => {
    const { io } = await scan(lines("broken"));
    expect(io.out()).toContain("  ten problems\n    Statement[8]: is null\n    is null\n\n");
    const { io: json } = await scan(lines("broken", "invalid"), ["--output", "jsonl"]);
    const [broken, other] = json.out().trimEnd().split("\n");
    expect(JSON.parse(broken ?? "")).toMatchObject({ verdict: "invalid", problems: PROBLEMS });
    expect(JSON.parse(other ?? "")).not.toHaveProperty("problems");
  });

  it("says both where some are to be narrowed and others to be repaired", async () => {
    const { io } = await scan(lines("full", "invalid"));
    expect(io.out()).toContain(
      "\nnext: narrow the statements above and repair what is invalid, then npx --no kms-guard scan p.jsonl\n",
    );
  });

  it("prints the severity and the share in words", async () => {
    const { io } = await scan(lines("scoped-full", "escalation"));
    expect(io.out()).toContain(
      "HIGH escalation  escalation\n  document in p.jsonl:2\n  gives itself the rest\n",
    );
    expect(io.out()).toContain("MEDIUM scoped-full  scoped-full\n");
    expect(io.out()).toContain("  all keys of 1 of 4 Regions\n");
    expect(io.out()).toContain("2 policies: 1 escalation, 1 scoped-full\n");
  });

  it("names what a managed policy is attached to", async () => {
    const arn = "arn:aws:iam::111122223333:policy/p";
    const attached = { AttachedManagedPolicies: [{ PolicyArn: arn }] };
    const details = {
      Policies: [{ Arn: arn, PolicyVersionList: [{ IsDefaultVersion: true, Document: "full" }] }],
      GroupDetailList: [{ Arn: "arn:aws:iam::111122223333:group/Ops", ...attached }],
      UserDetailList: [{ Arn: "arn:aws:iam::111122223333:user/ann", GroupList: ["Ops"], ...attached }],
    };
    const { io } = await scan(JSON.stringify(details));
    expect(io.out()).toContain("CRITICAL full  arn:aws:iam::111122223333:policy/p\n  managed in p.jsonl:1\n");
    expect(io.out()).toContain("  attached to user/ann, group/Ops (1 user)\n");
  });

  it("shows control characters of names instead of sending them", async () => {
    const given = `${JSON.stringify({ id: "a\u001b[31m\nb\u202e", document: "full" })}\n${lines("none")}`;
    const { io } = await scan(given);
    expect(io.out()).toContain("CRITICAL full  a\\u001b[31m\\u000ab\\u202e\n");
  });

  it.each([
    { given: "a terminal", isTTY: true, env: {}, coloured: true },
    { given: "a pipe", isTTY: false, env: {}, coloured: false },
    { given: "a pipe with FORCE_COLOR", isTTY: false, env: { FORCE_COLOR: "1" }, coloured: false },
    { given: "a terminal with NO_COLOR", isTTY: true, env: { NO_COLOR: "1" }, coloured: false },
    { given: "a dumb terminal", isTTY: true, env: { TERM: "dumb" }, coloured: false },
  ])("uses colour or not on $given", async ({ isTTY, env, coloured }) => {
    const settings = { env, isTTY: { stdin: false, stdout: isTTY, stderr: false } };
    const { io } = await scan(lines("full"), [], settings);
    expect(io.out().includes("\u001b[")).toBe(coloured);
  });
});

describe("scan: what goes to stderr", () => {
  it("shows progress on a terminal alone, and takes it away", async () => {
    const atTerminal = { stdin: false, stdout: false, stderr: true };
    let nowMs = 0;
    const clock = {
      nowMs: () => {
        nowMs += 90;
        return nowMs;
      },
      sleepMs: async () => {},
    };
    const shown = await scan(lines("none", "none", "none"), [], { isTTY: atTerminal, clock });
    expect(shown.io.err()).toBe("\r\u001b[2Kevaluated 2 policies\r\u001b[2K");
    expect((await scan(lines("none", "none", "none"), [], { clock })).io.err()).toBe("");
  });

  it("notes the files that it skipped in a folder", async () => {
    for (const name of ["a", "b", "c", "d\u001b"]) writeFileSync(join(cwd, name), "words");
    const { code, io } = await scan(lines("none"), ["."]);
    expect(code).toBe(0);
    expect(io.err()).toBe("note: skipped 4 files without a policy: `a`, `b`, `c` and 1 more\n");
  });

  it("warns of an account that is not whole", async () => {
    const { io } = await scan('{"Policies":[],"IsTruncated":true}', ["--output", "jsonl"]);
    expect(io.err()).toContain("warning: `p.jsonl` is not the whole account");
    expect(io.out()).toBe("");
  });
});

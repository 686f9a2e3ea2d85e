import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Io } from "../io/io.ts";
import { memoryIo } from "../io/memory-io.fixture.ts";
import { run } from "../program.ts";
import { addReplay } from "./command.ts";

const KMS_STAR = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}';
const HARMLESS = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}';
const TEAM_X = "arn:aws:iam::111122223333:policy/TeamX";
const MALLORY = { userName: "mallory" };

type Fields = Readonly<Record<string, unknown>>;

let cwd: string;
let events: number;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "kms-guard-replay-"));
  events = 0;
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

/** A record of one IAM call at so many minutes past nine, with an id of its own. */
function record(minutes: number, eventName: string, requestParameters: unknown, rest: Fields = {}): Fields {
  events += 1;
  return {
    eventVersion: "1.11",
    userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/eve", accountId: "111122223333" },
    eventTime: `2026-03-02T09:${String(minutes).padStart(2, "0")}:00Z`,
    eventSource: "iam.amazonaws.com",
    eventName,
    awsRegion: "us-east-1",
    requestParameters,
    responseElements: null,
    eventID: `event-${events}`,
    eventType: "AwsApiCall",
    recipientAccountId: "111122223333",
    ...rest,
  };
}

const createTeamX = (minutes: number, policyDocument = KMS_STAR): Fields =>
  record(
    minutes,
    "CreatePolicy",
    { policyName: "TeamX", policyDocument },
    { responseElements: { policy: { arn: TEAM_X, defaultVersionId: "v1" } } },
  );
const attachTeamX = (minutes: number, rest: Fields = {}): Fields =>
  record(minutes, "AttachUserPolicy", { ...MALLORY, policyArn: TEAM_X }, rest);
const detachTeamX = (minutes: number): Fields =>
  record(minutes, "DetachUserPolicy", { ...MALLORY, policyArn: TEAM_X });
const decrypt = (minutes: number): Fields =>
  record(minutes, "Decrypt", null, { eventSource: "kms.amazonaws.com" });

const lines = (...values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(join(cwd, path, ".."), { recursive: true });
  writeFileSync(join(cwd, path), content);
}

async function kmsGuard(args: readonly string[], settings: Partial<Omit<Io, "stdin">> = {}, stdin = "") {
  const io = memoryIo({ cwd, ...settings, stdin: [Buffer.from(stdin)] });
  const code = await run(["replay", ...args], io, [addReplay]);
  return { code, out: io.out(), err: io.err() };
}

/** Replays records from JSON Lines, and answers the lines of `--output jsonl`, the summary apart. */
async function replay(records: readonly unknown[], args: readonly string[] = []) {
  put("a.jsonl", lines(...records));
  const { code, out, err } = await kmsGuard(["a.jsonl", "--output", "jsonl", ...args]);
  const rows = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const { summary } = rows.pop();
  return { code, err, rows, summary, outcomes: rows.map((row) => `${row.eventName} ${row.outcome}`) };
}

const NOTHING = {
  records: 0,
  triggers: 0,
  findings: 0,
  wouldContain: 0,
  notOurs: 0,
  malformed: 0,
  unresolved: 0,
  duplicates: 0,
  late: 0,
};

describe("replay: what the guard would have done", () => {
  it("reports a grant with its finding, and contains nothing in monitor mode", async () => {
    const { code, rows, summary } = await replay([createTeamX(0), attachTeamX(1), decrypt(2)]);
    expect(rows[1]).toMatchObject({
      eventId: "event-2",
      eventName: "AttachUserPolicy",
      eventTime: "2026-03-02T09:01:00Z",
      outcome: "finding",
      reason: "full kms:* granted by managed policy TeamX to user mallory",
      account: "111122223333",
      source: "a.jsonl:2",
      wouldContain: true,
      finding: {
        schemaVersion: "1",
        status: "open",
        verdict: "full",
        severity: "CRITICAL",
        policy: { kind: "managed", arn: TEAM_X, versionId: "v1" },
        attachments: [{ type: "user", name: "mallory" }],
        trigger: { kind: "replay", eventName: "AttachUserPolicy", eventId: "event-2" },
        decision: { mode: "monitor", action: "alert" },
        timing: { eventTime: "2026-03-02T09:01:00Z" },
      },
    });
    expect(rows[1].finding.containment).toBeUndefined();
    expect(summary).toEqual({
      ...NOTHING,
      records: 3,
      triggers: 2,
      findings: 2,
      wouldContain: 1,
      notOurs: 1,
    });
    expect(code).toBe(2);
  });

  it("decides to contain in enforce mode, and counts the same", async () => {
    const { rows, summary } = await replay([createTeamX(0), attachTeamX(1)], ["--mode", "enforce"]);
    expect(rows.map((row) => row.finding.decision)).toMatchObject([
      { mode: "enforce", action: "alert", reason: "attached to nobody yet" },
      { mode: "enforce", action: "contain" },
    ]);
    expect(summary).toMatchObject({ findings: 2, wouldContain: 1 });
  });

  it("leaves history as it was: what would have been detached is still attached at the next event", async () => {
    const group = record(2, "AttachGroupPolicy", { groupName: "Ops", policyArn: TEAM_X });
    const { rows } = await replay([createTeamX(0), attachTeamX(1), group], ["--mode", "enforce"]);
    expect(rows[2].finding.attachments).toMatchObject([{ name: "mallory" }, { name: "Ops" }]);
  });

  it("ends clean with 0 where nothing grants too much", async () => {
    const { code, outcomes, summary } = await replay([createTeamX(0, HARMLESS), attachTeamX(1)]);
    expect(outcomes).toEqual(["CreatePolicy clean", "AttachUserPolicy clean"]);
    expect(summary).toEqual({ ...NOTHING, records: 2, triggers: 2 });
    expect(code).toBe(0);
  });

  it("shows what a new version changed", async () => {
    const version = record(
      1,
      "CreatePolicyVersion",
      { policyArn: TEAM_X, policyDocument: KMS_STAR, setAsDefault: true },
      { responseElements: { policyVersion: { versionId: "v2", isDefaultVersion: true } } },
    );
    const { rows } = await replay([createTeamX(0, HARMLESS), version]);
    expect(rows[1].finding.change).toMatchObject({ previousVersionId: "v1", previousVerdict: "none" });
  });

  it("puts the weightiest of several findings first, and keeps the others", async () => {
    const someKeys = KMS_STAR.replace('"*"}', '"arn:aws:kms:eu-west-1:111122223333:key/*"}');
    const put = (minutes: number, policyName: string, policyDocument: string) =>
      record(minutes, "PutGroupPolicy", { groupName: "Ops", policyName, policyDocument });
    const join = record(3, "AddUserToGroup", { groupName: "Ops", ...MALLORY });
    const { rows, summary } = await replay([put(0, "some", someKeys), put(1, "all", KMS_STAR), join]);
    expect(rows[2].finding).toMatchObject({ verdict: "full", policy: { name: "all" } });
    expect(rows[2].moreFindings).toMatchObject([{ verdict: "scoped-full", policy: { name: "some" } }]);
    expect(summary).toMatchObject({ findings: 3, wouldContain: 2 });
  });

  it.each([
    { failOn: "full", code: 2 },
    { failOn: "scoped-full", code: 2 },
  ])("ends with $code on a full grant at --fail-on $failOn", async ({ failOn, code }) => {
    expect((await replay([createTeamX(0)], ["--fail-on", failOn])).code).toBe(code);
  });

  it("ends with 0 where every finding is milder than --fail-on, 2 where it is not", async () => {
    const someKeys = KMS_STAR.replace('"*"}', '"arn:aws:kms:eu-west-1:111122223333:key/*"}');
    expect((await replay([createTeamX(0, someKeys)])).code).toBe(0);
    expect((await replay([createTeamX(0, someKeys)], ["--fail-on", "scoped-full"])).code).toBe(2);
  });

  it.each([
    { failOn: "escalation", code: 2 },
    { failOn: "scoped-full", code: 2 },
    { failOn: "conditional-full", code: 0 },
  ])("ends with $code on an escalation at --fail-on $failOn", async ({ failOn, code }) => {
    const administrator = KMS_STAR.replace("kms:*", "kms:PutKeyPolicy");
    const { rows, ...answer } = await replay([createTeamX(0, administrator)], ["--fail-on", failOn]);
    expect(answer.code).toBe(code);
    expect(rows).toMatchObject([{ finding: { verdict: "escalation", severity: "HIGH" } }]);
  });
});

describe("replay --regions", () => {
  const ONE_REGION = KMS_STAR.replace('"*"}', '"arn:aws:kms:eu-west-1:111122223333:key/*"}');

  it.each([
    { args: [], verdict: "scoped-full", share: 0.0588 },
    { args: ["--regions", "eu-west-1,us-east-1"], verdict: "scoped-full", share: 0.5 },
    { args: ["--regions", "eu-west-1"], verdict: "near-full", share: 1 },
  ])("counts the keys of these Regions: $args", async ({ args, verdict, share }) => {
    const { rows } = await replay([createTeamX(0, ONE_REGION)], args);
    expect(rows).toMatchObject([{ finding: { verdict, share: expect.closeTo(share, 3) } }]);
  });

  it("says the severity and the share in words, and repeats the Regions in the next command", async () => {
    put("a.jsonl", lines(createTeamX(0, ONE_REGION)));
    const { out } = await kmsGuard(["a.jsonl", "--regions", "eu-west-1,us-east-1"]);
    expect(out).toContain("  HIGH scoped-full  ");
    expect(out).toContain("all keys of 1 of 2 Regions, such as");
    expect(out).toContain(
      "next: npx --no kms-guard replay a.jsonl --regions eu-west-1,us-east-1 --output jsonl ",
    );
  });

  it("refuses Regions of another partition than an account's", async () => {
    put("a.jsonl", lines(createTeamX(0)));
    const { code, err } = await kmsGuard(["a.jsonl", "--regions", "cn-north-1"]);
    expect(code).toBe(3);
    expect(err).toContain(
      "`--regions` names Regions of aws-cn, and account 111122223333 is of aws: name Regions of that partition,",
    );
  });
});

describe("replay: which events count", () => {
  it.each([
    { given: "a failed call", other: { errorCode: "AccessDenied" }, reason: "failed with `AccessDenied`" },
    {
      given: "another service's",
      other: { eventSource: "iot.amazonaws.com" },
      reason: "of `iot.amazonaws.com`",
    },
  ])("lists $given of a listed name as not ours, without believing it", async ({ other, reason }) => {
    const { code, rows, summary } = await replay([createTeamX(0, HARMLESS), attachTeamX(1, other)]);
    expect(rows[1]).toMatchObject({ eventId: "event-2", outcome: "not-ours", source: "a.jsonl:2" });
    expect(rows[1].reason).toContain(reason);
    expect(summary).toEqual({ ...NOTHING, records: 2, triggers: 1, notOurs: 1 });
    expect(code).toBe(0);
  });

  it("only counts what has nothing to do with policies, new users and roles too", async () => {
    const { outcomes, summary } = await replay([
      decrypt(0),
      record(1, "ListUsers", null),
      record(2, "CreateUser", MALLORY),
    ]);
    expect(outcomes).toEqual([]);
    expect(summary).toEqual({ ...NOTHING, records: 3, notOurs: 3 });
  });

  it("drops the copies of an event", async () => {
    const attach = attachTeamX(1);
    const event = { "detail-type": "AWS API Call via CloudTrail", source: "aws.iam", detail: attach };
    const { outcomes, summary } = await replay([createTeamX(0, HARMLESS), attach, attach, event]);
    expect(outcomes).toEqual(["CreatePolicy clean", "AttachUserPolicy clean"]);
    expect(summary).toEqual({ ...NOTHING, records: 4, triggers: 2, duplicates: 2 });
  });

  it("takes events in the order of their time", async () => {
    const { outcomes } = await replay([detachTeamX(2), attachTeamX(1), createTeamX(0)]);
    expect(outcomes).toEqual(["CreatePolicy finding", "AttachUserPolicy finding", "DetachUserPolicy clean"]);
  });

  it("lets a policy be made before it is attached within the same second", async () => {
    expect((await replay([attachTeamX(0), createTeamX(0)])).outcomes).toEqual([
      "CreatePolicy finding",
      "AttachUserPolicy finding",
    ]);
  });

  it("keeps the accounts of an archive apart", async () => {
    const other = { recipientAccountId: "444455556666" };
    const { rows } = await replay([createTeamX(0), attachTeamX(1, other)]);
    expect(rows).toMatchObject([
      { account: "111122223333", outcome: "finding" },
      { account: "444455556666", outcome: "unresolved" },
    ]);
  });

  it("reports an IAM record that cannot be read, and goes on", async () => {
    const { code, rows, summary } = await replay([
      record(0, "AttachUserPolicy", MALLORY),
      createTeamX(1, HARMLESS),
    ]);
    expect(rows).toMatchObject([
      { eventId: "event-1", outcome: "malformed", source: "a.jsonl:1" },
      { eventId: "event-2", outcome: "clean" },
    ]);
    expect(rows[0].reason).toContain("requestParameters.policyArn");
    expect(summary).toEqual({ ...NOTHING, records: 2, triggers: 1, malformed: 1 });
    expect(code).toBe(1);
  });
});

describe("replay: what the archive does not say", () => {
  it.each([
    {
      given: "a policy written before it begins",
      events: () => [attachTeamX(0)],
      reason: `the default version of ${TEAM_X} is not known`,
    },
    {
      given: "a group filled before it begins",
      events: () => [record(0, "AddUserToGroup", { groupName: "Ops", ...MALLORY })],
      reason: "the policies of group Ops before the archive begins are not known",
    },
    {
      given: "parameters that CloudTrail left out",
      events: () => [record(0, "PutUserPolicy", { omitted: true, originalSize: 140_000 })],
      reason: "the record does not say what it changed",
    },
  ])("is unresolved, never clean: $given", async ({ events: given, reason }) => {
    const { code, rows, summary, err } = await replay(given());
    expect(rows).toMatchObject([{ outcome: "unresolved", reason }]);
    expect(summary).toEqual({ ...NOTHING, records: 1, triggers: 1, unresolved: 1 });
    expect(err).toBe(
      "warning: 1 event could not be evaluated: the archive says too little; next: " +
        "aws iam get-account-authorization-details > account.json && " +
        "npx --no kms-guard replay a.jsonl --account account.json\n",
    );
    expect(code).toBe(0);
  });

  it("finds a version of a policy written before it begins, and says that its holders are not known", async () => {
    const version = { policyArn: TEAM_X, policyDocument: KMS_STAR, setAsDefault: true };
    const created = { responseElements: { policyVersion: { versionId: "v2", isDefaultVersion: true } } };
    const widening = record(0, "CreatePolicyVersion", version, created);
    const { rows } = await replay([widening]);
    expect(rows).toMatchObject([{ outcome: "finding", finding: { verdict: "full", attachments: [] } }]);
    expect(rows[0].reason).toMatch(
      /; the attachments of policy TeamX before the archive begins are not known$/,
    );
    const { out } = await kmsGuard(["a.jsonl"]);
    expect(out).toContain(
      "    unknown: the attachments of policy TeamX before the archive begins are not known\n",
    );
  });

  it("knows the holders of a policy that it saw being made, and of any in a snapshot's account", async () => {
    const { rows } = await replay([createTeamX(0), attachTeamX(1)]);
    expect(rows.map(({ reason }) => reason)).toEqual([
      "full kms:* granted by managed policy TeamX, attached to nobody yet",
      "full kms:* granted by managed policy TeamX to user mallory",
    ]);
  });

  it("leaves what a snapshot does not say to a scan of the account", async () => {
    put(
      "account.json",
      JSON.stringify({ UserDetailList: [{ Arn: "arn:aws:iam::111122223333:user/mallory" }] }),
    );
    const { err } = await replay(
      [record(0, "PutUserPolicy", { omitted: true }), record(1, "PutUserPolicy", { omitted: true })],
      ["--account", "account.json"],
    );
    expect(err).toContain(
      "warning: 2 events could not be evaluated: the archive says too little; next: npx --no kms-guard scan --live\n",
    );
  });

  it("knows the policies of a group that it saw being created", async () => {
    const { outcomes } = await replay([
      record(0, "CreateGroup", { groupName: "Ops" }),
      record(1, "AddUserToGroup", { groupName: "Ops", ...MALLORY }),
    ]);
    expect(outcomes).toEqual(["AddUserToGroup clean"]);
  });

  it("does not take a group that was renamed for one it saw being made", async () => {
    const renamed = { groupName: "Ops", newGroupName: "Platform", newPath: "/team/" };
    const made = [record(0, "CreateGroup", { groupName: "Ops" }), record(1, "UpdateGroup", renamed)];
    expect((await replay(made)).outcomes).toEqual(["UpdateGroup clean"]);
    expect((await replay(made.slice(1))).outcomes).toEqual(["UpdateGroup unresolved"]);
  });

  it("needs no document to tell that a detached AWS policy is gone", async () => {
    const policyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const { outcomes } = await replay([
      record(0, "AttachUserPolicy", { ...MALLORY, policyArn }),
      record(1, "DetachUserPolicy", { ...MALLORY, policyArn }),
    ]);
    expect(outcomes).toEqual(["AttachUserPolicy unresolved", "DetachUserPolicy clean"]);
  });

  it("is in a snapshot of the account", async () => {
    put(
      "account.json",
      JSON.stringify({
        UserDetailList: [{ UserName: "mallory", Arn: "arn:aws:iam::111122223333:user/mallory" }],
        GroupDetailList: [{ GroupName: "Ops", Arn: "arn:aws:iam::111122223333:group/Ops" }],
        RoleDetailList: [],
        Policies: [
          {
            Arn: TEAM_X,
            PolicyName: "TeamX",
            DefaultVersionId: "v3",
            PolicyVersionList: [{ VersionId: "v3", IsDefaultVersion: true, Document: JSON.parse(KMS_STAR) }],
          },
        ],
      }),
    );
    const given = [attachTeamX(0), record(1, "AddUserToGroup", { groupName: "Ops", ...MALLORY })];
    const { rows, outcomes } = await replay(given, ["--account", "account.json"]);
    expect(outcomes).toEqual(["AttachUserPolicy finding", "AddUserToGroup clean"]);
    expect(rows[0].finding.policy.versionId).toBe("v3");
  });

  it.each([
    { given: "is not there", content: undefined, error: "does not exist" },
    { given: "is something else", content: "{}", error: "is not an account snapshot" },
    { given: "is broken", content: '{"UserDetailList":', error: "is not JSON" },
    { given: "is of nobody", content: '{"UserDetailList":[]}', error: "has no ARN with the account id" },
    { given: "is empty", content: "", error: "is empty" },
  ])("ends with 1 and says what to do if the snapshot $given", async ({ content, error }) => {
    if (content !== undefined) put("account.json", content);
    put("a.jsonl", lines(createTeamX(0)));
    const { code, out, err } = await kmsGuard(["a.jsonl", "--account", "account.json"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^error: `account\.json(:1)?` /);
    expect(err).toContain(error);
    expect(err).toContain("aws iam get-account-authorization-details");
  });

  it("warns where the snapshot is not whole", async () => {
    put("account.json", JSON.stringify({ Policies: [{ Arn: TEAM_X }], IsTruncated: true }));
    const { err } = await replay([decrypt(0)], ["--account", "account.json"]);
    expect(err).toContain("warning: `account.json` is not the whole account");
    expect(err).toContain(
      "warning: `account.json` has an entry that cannot be read: Policies[0].DefaultVersionId",
    );
  });
});

describe("replay: input and output", () => {
  it("reads folders of packed log files, lookup-events output and events as one archive", async () => {
    put("logs/2026/03/02/b.json.gz", gzipSync(JSON.stringify({ Records: [attachTeamX(1), decrypt(1)] })));
    put("logs/2026/03/02/c.json.gz", gzipSync(JSON.stringify({ Records: [createTeamX(0)] })));
    put("lookup.json", JSON.stringify({ Events: [{ CloudTrailEvent: JSON.stringify(detachTeamX(3)) }] }));
    const event = { source: "aws.iam", account: "111122223333", detail: attachTeamX(2) };
    put("event.json", JSON.stringify(event, undefined, 2));
    const { code, out } = await kmsGuard(["logs", "lookup.json", "event.json", "--output", "json"]);
    const answer = JSON.parse(out);
    expect(answer.events.map((row: Fields) => `${row.source} ${row.outcome}`)).toEqual([
      "logs/2026/03/02/c.json.gz Records[0] finding",
      "logs/2026/03/02/b.json.gz Records[0] finding",
      "event.json finding",
      "lookup.json Events[0] clean",
    ]);
    expect(answer.summary).toMatchObject({ records: 5, triggers: 4, findings: 3, notOurs: 1 });
    expect(code).toBe(2);
  });

  it("reads standard input", async () => {
    const { code, out } = await kmsGuard(["-", "--output", "jsonl"], {}, lines({ record: createTeamX(0) }));
    expect(JSON.parse(out.split("\n")[0] ?? "")).toMatchObject({ outcome: "finding", source: "-" });
    expect(code).toBe(2);
  });

  it("names file, line and problem of what cannot be read, does the rest, and ends with 1", async () => {
    put("a.jsonl", `${lines(createTeamX(0, HARMLESS))}{"eventID":\n${lines(decrypt(1))}`);
    const { code, out, err } = await kmsGuard(["nope.json", "a.jsonl", "--output", "jsonl"]);
    expect(err).toMatch(/^error: `nope\.json` does not exist\nerror: `a\.jsonl:2` is not JSON: /);
    const rows = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows).toMatchObject([
      { outcome: "malformed", source: "nope.json", reason: "does not exist" },
      { outcome: "malformed", source: "a.jsonl:2" },
      { outcome: "clean", source: "a.jsonl:1" },
      { summary: { records: 3, triggers: 1, notOurs: 1, malformed: 2 } },
    ]);
    expect(code).toBe(1);
  });

  it("ends with 2 where there are findings, though not all could be read", async () => {
    put("a.jsonl", lines(createTeamX(0)));
    expect((await kmsGuard(["nope.json", "a.jsonl"])).code).toBe(2);
  });

  it("does not flood stderr with broken lines", async () => {
    put("a.jsonl", `${lines(decrypt(0), decrypt(1))}${"{\n".repeat(30)}`);
    const { err } = await kmsGuard(["a.jsonl"]);
    expect(err.match(/is not JSON/g)).toHaveLength(20);
    expect(err).toContain("error: 10 more could not be read");
  });

  it("prints the timeline, the summary and the next command", async () => {
    put(
      "my logs.jsonl",
      lines(
        createTeamX(0, HARMLESS),
        attachTeamX(1),
        record(2, "PutUserPolicy", {
          ...MALLORY,
          policyName: "keys",
          policyDocument: KMS_STAR,
        }),
      ),
    );
    const { out } = await kmsGuard(["my logs.jsonl"]);
    expect(out).toBe(
      `2026-03-02T09:02:00Z  PutUserPolicy in 111122223333  my logs.jsonl:3
  CRITICAL full  full kms:* granted by inline policy keys to user mallory
    allows all 56 KMS actions on every key, without a condition
    policy keys, by arn:aws:iam::111122223333:user/eve
    would alert, and contain in enforce mode

Would have alerted once; in enforce mode, contained 1.
3 of 3 records can change a grant: 1 with findings, 2 clean, 0 unresolved
0 not ours, 0 malformed, 0 duplicates
next: npx --no kms-guard replay 'my logs.jsonl' --mode enforce   shows what would have been contained, and why
`,
    );
  });

  it("says in enforce mode what would be taken away, and points to a snapshot where it could not tell", async () => {
    put(
      "a.jsonl",
      lines(
        createTeamX(0),
        attachTeamX(1),
        record(2, "AttachUserPolicy", {
          ...MALLORY,
          policyArn: "arn:aws:iam::111122223333:policy/Other",
        }),
      ),
    );
    const { out } = await kmsGuard(["a.jsonl", "--mode", "enforce"]);
    expect(out).toContain("would alert: attached to nobody yet");
    expect(out).toContain("would contain: `full` is contained in enforce mode");
    expect(out).toContain(
      "unresolved  the default version of arn:aws:iam::111122223333:policy/Other is not known",
    );
    expect(out).toContain(
      "next: aws iam get-account-authorization-details > account.json && " +
        "npx --no kms-guard replay a.jsonl --account account.json",
    );
  });

  it("keeps control characters of records from the terminal", async () => {
    const evil = "\u001b[2J";
    const attach = record(0, "PutUserPolicy", { userName: evil, policyName: evil, policyDocument: KMS_STAR });
    const broken = { ...record(1, "AttachUserPolicy", {}), eventTime: evil };
    put("a.jsonl", lines(attach, broken));
    for (const output of ["human", "json", "jsonl"]) {
      const { out, err } = await kmsGuard(["a.jsonl", "--output", output]);
      expect(out + err).not.toContain("\u001b");
    }
  });

  it("shows progress on a terminal alone", async () => {
    put("a.jsonl", lines(...Array.from({ length: 2_001 }, () => decrypt(0))));
    let nowMs = 0;
    const clock = { nowMs: () => (nowMs += 1_000), sleepMs: async () => {} };
    const shown = await kmsGuard(["a.jsonl"], {
      clock,
      isTTY: { stdin: false, stdout: false, stderr: true },
    });
    expect(shown.err).toMatch(/2000 records, \d+ a second, 0 files done, 0 findings/);
    expect((await kmsGuard(["a.jsonl"], { clock })).err).toBe("");
  });

  it.each([
    { args: [] },
    { args: ["a.jsonl", "--mode", "attack"] },
    { args: ["a.jsonl", "--output", "sarif"] },
    { args: ["a.jsonl", "--fail-on", "bad"] },
    { args: ["a.jsonl", "--regions", "useast1"] },
    { args: ["-", "-"] },
    { args: ["-", "--account", "-"] },
  ])("answers wrong usage $args with 3", async ({ args }) => {
    const { code, out } = await kmsGuard(args);
    expect({ code, out }).toEqual({ code: 3, out: "" });
  });
});

import { randomBytes } from "node:crypto";
import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { ContainmentStep, StepOutcome } from "@kms-guard/core/containment/steps.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { AUDIENCES } from "@kms-guard/core/notifications/should-notify.ts";
import { sortStored } from "@kms-guard/guard/records.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { exemptionsIn, findRecord, recordOf } from "@kms-guard/testing/fakes/stored.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoFindings } from "./dynamo-findings.ts";
import { DONE, EXEMPTION, FINDING, PLAN } from "./finding.fixture.ts";
import { FINDINGS_TABLE } from "./table.ts";

const TABLE = "kms-guard-findings";
const ID = FINDING.id;
const DAY_MS = 24 * 60 * 60 * 1000;

let moto: Moto;
let client: DynamoDBClient;
let nowMs: number;
let findings: ReturnType<typeof dynamoFindings>;

beforeAll(async () => {
  moto = await startMoto();
  client = new DynamoDBClient({
    endpoint: moto.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "none" },
  });
});
afterAll(async () => {
  client?.destroy();
  await moto?.stop();
});
beforeEach(async () => {
  await moto.reset();
  await createTable();
  nowMs = Date.parse("2026-03-04T05:06:15Z");
  findings = dynamoFindings({
    client: async () => client,
    tableName: TABLE,
    account: FINDING.account,
    clock: { nowMs: () => nowMs },
  });
});

test("what decides something is read strongly consistent: the finding and the exemptions", async () => {
  const queries: unknown[] = [];
  client.middlewareStack.add(
    (next) => (args) => {
      queries.push(args.input);
      return next(args);
    },
    { step: "initialize", name: "records" },
  );
  await findRecord(findings, ID);
  await exemptionsIn(findings);
  client.middlewareStack.remove("records");
  expect(queries).toMatchObject([{ ConsistentRead: true }, { ConsistentRead: true }]);
});

describe("opening", () => {
  test("a new finding is opened and reads back as it was", async () => {
    expect(await findings.open(FINDING, PLAN)).toEqual({ kind: "opened" });
    expect(await findRecord(findings, ID)).toEqual({
      finding: FINDING,
      plan: PLAN,
      outcomes: [],
      notified: [],
    });
  });

  test("a finding that is open already is answered with its record, unchanged", async () => {
    await findings.open(FINDING, PLAN);
    await findings.recordOutcome(ID, outcome(0));
    expect(await findings.open({ ...FINDING, title: "read later" }, [])).toEqual({
      kind: "already-open",
      record: { finding: FINDING, plan: PLAN, outcomes: [outcome(0)], notified: [] },
    });
  });

  test("of invocations at the same time one opens, the others get the record", async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => findings.open(FINDING, PLAN)));
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual([
      "already-open",
      "already-open",
      "already-open",
      "already-open",
      "opened",
    ]);
  });

  test("a finding that was never opened is not there", async () => {
    expect(await findRecord(findings, "kg-ffffffffffffffff")).toBeUndefined();
  });
});

describe("size", () => {
  test("an inline document of 131,072 characters comes back byte for byte, in plan and outcome", async () => {
    const document = `{"Version":"2012-10-17",\r\n\t"Statement":[]${" ".repeat(131_033)}}`;
    const step: ContainmentStep = {
      action: "delete-role-policy",
      target: { principal: { type: "role", name: "Deployer" }, policyName: "keys" },
      document,
    };
    const done: StepOutcome = { ...step, outcome: "done", at: "2026-03-04T05:06:13.000Z" };
    const finding = { ...FINDING, change: { diff: document } };
    await findings.open(finding, [step]);
    await findings.recordOutcome(ID, done);
    await findings.close({ ...finding, status: "contained", containment: { steps: [done] } });
    const record = await findRecord(findings, ID);
    expect(record?.plan).toEqual([step]);
    expect(record?.outcomes).toEqual([done]);
    expect(record?.finding.change?.diff === document).toBe(true);
  });

  test("a finding and a plan far over 400 KB, which do not compress, come back whole", async () => {
    const names = Array.from({ length: 12_000 }, () => randomBytes(32).toString("hex"));
    const finding: Finding = {
      ...FINDING,
      attachments: names.map((name) => ({ type: "role", name, state: "standing" })),
    };
    const plan: ContainmentStep[] = names.map((name) => ({
      action: "detach-role-policy",
      target: {
        principal: { type: "role", name },
        policyArn: "arn:aws:iam::111122223333:policy/TeamX",
      },
    }));
    await findings.open(finding, plan);
    await findings.close({ ...finding, status: "contained" });
    const record = await findRecord(findings, ID);
    expect(record?.finding.attachments.map(({ name }) => name).join() === names.join()).toBe(true);
    expect(record?.plan.map(({ target }) => target.principal.name).join() === names.join()).toBe(true);
  });
});

describe("outcomes", () => {
  beforeEach(() => findings.open(FINDING, PLAN));

  test("are in the plan's order, whatever order they came in", async () => {
    await findings.recordOutcome(ID, outcome(1));
    await findings.recordOutcome(ID, outcome(0));
    expect((await findRecord(findings, ID))?.outcomes).toEqual([outcome(0), outcome(1)]);
  });

  test("are of their own steps where another could not be recorded", async () => {
    await findings.recordOutcome(ID, outcome(1));
    expect((await findRecord(findings, ID))?.outcomes).toEqual([outcome(1)]);
  });

  test("a failure gives way to what the retry came to", async () => {
    await findings.recordOutcome(ID, {
      ...outcome(0),
      outcome: "failed",
      error: "Throttling: Rate exceeded",
    });
    await findings.recordOutcome(ID, outcome(0));
    expect((await findRecord(findings, ID))?.outcomes).toEqual([outcome(0)]);
  });

  test("`done` stands when a twin finds the attachment gone", async () => {
    await findings.recordOutcome(ID, outcome(0));
    await findings.recordOutcome(ID, {
      ...outcome(0),
      outcome: "already",
      at: "2026-03-04T05:06:14.000Z",
    });
    expect((await findRecord(findings, ID))?.outcomes).toEqual([outcome(0)]);
  });
});

describe("closing", () => {
  test("keeps the finding as it ended, and its plan", async () => {
    await findings.open(FINDING, PLAN);
    const ended: Finding = { ...FINDING, status: "contained", containment: { steps: DONE } };
    await findings.close(ended);
    expect(await findRecord(findings, ID)).toEqual({
      finding: ended,
      plan: PLAN,
      outcomes: [],
      notified: [],
    });
  });

  test("a finding that was not opened is refused by name", async () => {
    await expect(findings.close(FINDING)).rejects.toThrow(
      "finding kg-00112233445566aa is not in table kms-guard-findings: it has to be opened first",
    );
    expect(await findRecord(findings, ID)).toBeUndefined();
  });
});

describe("listing", () => {
  beforeEach(async () => {
    await findings.open(received("kg-000000000000000a", "2026-03-04T05:00:00.000Z"), []);
    await findings.open(received("kg-000000000000000b", "2026-03-06T05:00:00.000Z"), []);
    await findings.open(received("kg-000000000000000c", "2026-03-05T05:00:00.000Z"), PLAN);
    await findings.close({
      ...received("kg-000000000000000c", "2026-03-05T05:00:00.000Z"),
      status: "contained",
    });
  });

  test("newest first", async () => {
    expect(await listed()).toEqual(["kg-000000000000000b", "kg-000000000000000c", "kg-000000000000000a"]);
  });

  test("by the status they have now", async () => {
    expect(await listed({ status: "contained" })).toEqual(["kg-000000000000000c"]);
    expect(await listed({ status: "open" })).toEqual(["kg-000000000000000b", "kg-000000000000000a"]);
    expect(await listed({ status: "restored" })).toEqual([]);
  });

  test("no more than asked for, counted after the status", async () => {
    expect(await listed({ limit: 1 })).toEqual(["kg-000000000000000b"]);
    expect(await listed({ status: "contained", limit: 1 })).toEqual(["kg-000000000000000c"]);
    expect(await listed({ limit: 0 })).toEqual([]);
  });

  test("more than one request's worth", async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `kg-00000000000001${10 + index}`);
    for (const [index, id] of ids.entries()) {
      await findings.open(received(id, `2026-04-01T05:00:${10 + index}.000Z`), []);
    }
    expect((await listed()).slice(0, 25)).toEqual(ids.toReversed());
  });
});

describe("a notification", () => {
  beforeEach(() => findings.open(FINDING, PLAN));
  const claim = () => findings.claimNotification(ID, "open", AUDIENCES);

  test("is claimed though the answer to the claim was lost and the client sent it again", async () => {
    let isLost = false;
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        if (isLost) return answer;
        isLost = true;
        throw Object.assign(new Error("socket hang up"), { name: "TimeoutError" });
      },
      { step: "deserialize", name: "losesOneAnswer", priority: "high" },
    );
    const claimed = await claim();
    client.middlewareStack.remove("losesOneAnswer");
    expect([claimed, isLost]).toEqual([AUDIENCES, true]);
    expect(await claim()).toEqual([]);
  });

  test("whose run was cut off can be claimed before Lambda's retry a minute later", async () => {
    await claim();
    nowMs += 49_999;
    expect(await claim()).toEqual([]);
    nowMs += 1;
    expect(await claim()).toEqual(AUDIENCES);
  });

  test("that everybody has is never claimed again", async () => {
    await claim();
    await findings.closeNotification(ID, "open", AUDIENCES, true);
    nowMs += 365 * DAY_MS;
    expect(await claim()).toEqual([]);
  });
});

test("nothing in the table expires", async () => {
  await findings.open(FINDING, PLAN);
  await findings.recordOutcome(ID, outcome(0));
  await findings.claimNotification(ID, "contained", AUDIENCES);
  await findings.closeNotification(ID, "contained", AUDIENCES, true);
  await findings.addExemption(EXEMPTION);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: TABLE }));
  expect(Items.length).toBeGreaterThan(3);
  expect(Items.filter((item) => item.expiresAtSeconds !== undefined)).toEqual([]);
});

describe("exemptions", () => {
  test("added, listed and removed", async () => {
    expect(await exemptionsIn(findings)).toEqual([]);
    const second = { ...EXEMPTION, id: "ex-2", ticket: "SEC-7" };
    await findings.addExemption(EXEMPTION);
    await findings.addExemption(second);
    expect(await exemptionsIn(findings)).toEqual([EXEMPTION, second]);
    expect(await findings.removeExemption("ex-1")).toBe(true);
    expect(await findings.removeExemption("ex-1")).toBe(false);
    expect(await exemptionsIn(findings)).toEqual([second]);
  });

  test("one replaces another of the same id: a restore that is repeated has one exemption", async () => {
    await findings.addExemption(EXEMPTION);
    await findings.addExemption({ ...EXEMPTION, expiresAt: "2026-04-02T00:00:00Z" });
    expect(await exemptionsIn(findings)).toEqual([{ ...EXEMPTION, expiresAt: "2026-04-02T00:00:00Z" }]);
  });

  test.each([
    ["of no account, as before accounts were told apart", '{"id":"by-hand"}', "account: Invalid key"],
    ["cut short", '{"id":"by-h', "Unterminated string"],
    ["without its text", undefined, "it holds no text"],
  ])("one %s is unreadable, by name, and the others are read", async (_, exemption, problem) => {
    await findings.addExemption(EXEMPTION);
    const key = { pk: `EXEMPTIONS#${FINDING.account}`, sk: "EXEMPTION#by-hand" };
    await putItem(exemption === undefined ? key : { ...key, exemption });
    expect(await findings.exemptions()).toEqual([
      {
        kind: "unreadable",
        id: "by-hand",
        problem: expect.stringContaining(
          `\`exemption\` of item \`EXEMPTION#by-hand\` cannot be read: ${problem}`,
        ),
      },
      { kind: "record", record: EXEMPTION },
    ]);
  });
});

describe("a damaged finding", () => {
  const otherwise = (change: object) => JSON.stringify({ ...FINDING, ...change });
  const [step] = PLAN;

  test.each([
    ["another schema", { finding: '{"schemaVersion":"2"}' }, "schemaVersion: Invalid type"],
    ["a status that is not known", { finding: otherwise({ status: "held" }) }, "status: Invalid type"],
    [
      "a verdict that is not known",
      { finding: otherwise({ verdict: "half-full" }) },
      "verdict: Invalid type",
    ],
    [
      "a trigger that is not known",
      { finding: otherwise({ trigger: { kind: "hub" } }) },
      "trigger.kind: Invalid type",
    ],
    ["a member that is missing", { finding: otherwise({ links: undefined }) }, "links: Invalid key"],
    ["no JSON", { finding: "kms:*" }, "Unexpected token"],
    ["JSON that is cut", { finding: otherwise({}).slice(0, 400) }, "Unterminated string"],
    [
      "a step that is not known",
      { plan: JSON.stringify([{ ...step, action: "set-default-policy-version" }]) },
      "0",
    ],
  ])("%s is unreadable, by name", async (_, texts, problem) => {
    const written = { finding: JSON.stringify(FINDING), plan: "[]", ...texts };
    await putItem({ pk: `FINDING#${FINDING.account}#${ID}`, sk: "FINDING", ...INDEXED, ...written });
    const unreadable = {
      kind: "unreadable",
      id: ID,
      problem: expect.stringMatching(new RegExp(`of item \`FINDING\` cannot be read: ${problem}`)),
    };
    expect(await findings.get(ID)).toEqual(unreadable);
    expect(await sortStored(findings.list())).toEqual({ records: [], unreadable: [unreadable] });
    expect(await findings.open(FINDING, PLAN)).toEqual(unreadable);
  });

  test("an outcome of an action that is not known", async () => {
    await findings.open(FINDING, PLAN);
    const stepOutcome = JSON.stringify({ ...outcome(0), action: "set-default-policy-version" });
    await putItem({ pk: `FINDING#${FINDING.account}#${ID}`, sk: "OUTCOME#00000", stepOutcome });
    expect(await findings.get(ID)).toMatchObject({ kind: "unreadable", id: ID });
  });

  test("a status that this version does not know is listed, whatever status is asked for", async () => {
    await findings.open({ ...FINDING, id: "kg-000000000000000a", status: "resolved" }, []);
    await putItem({
      ...{ pk: `FINDING#${FINDING.account}#${ID}`, sk: "FINDING", ...INDEXED, status: "held" },
      ...{ finding: otherwise({ status: "held" }), plan: "[]" },
    });
    expect(await sortStored(findings.list({ status: ["open", "restored"] }))).toMatchObject({
      records: [],
      unreadable: [{ id: ID }],
    });
  });
});

/** Where the index has the finding. */
const INDEXED = {
  kind: `FINDING#${FINDING.account}`,
  at: `${FINDING.timing.receivedAt}#${ID}`,
  status: "open",
};

function outcome(step: number): StepOutcome {
  const done = DONE[step];
  if (done === undefined) throw new Error(`PLAN has no step ${step}`);
  return done;
}

function received(id: string, receivedAt: string): Finding {
  return { ...FINDING, id, timing: { receivedAt } };
}

async function listed(query?: { status?: Finding["status"]; limit?: number }): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of findings.list(query)) ids.push(recordOf(item).finding.id);
  return ids;
}

async function putItem(texts: Record<string, string>): Promise<void> {
  const Item = Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }]));
  await client.send(new PutItemCommand({ TableName: TABLE, Item }));
}

async function createTable(): Promise<void> {
  const { partitionKey, sortKey, index } = FINDINGS_TABLE;
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" as const },
    { AttributeName: range, KeyType: "RANGE" as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [partitionKey, sortKey, index.partitionKey, index.sortKey].map(
        (AttributeName) => ({ AttributeName, AttributeType: "S" }),
      ),
      KeySchema: keys(partitionKey, sortKey),
      GlobalSecondaryIndexes: [
        {
          IndexName: index.name,
          KeySchema: keys(index.partitionKey, index.sortKey),
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [...index.include] },
        },
      ],
    }),
  );
}

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportPermissions } from "@kms-guard/adapters/deployment/permissions.ts";
import { DONE, EXEMPTION, FINDING, PLAN } from "@kms-guard/adapters/findings/finding.fixture.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { motoCalls } from "@kms-guard/sandbox/moto/moto-calls.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { writeLog } from "../moto/history-log.ts";
import { actAs, OperatedGuard } from "../moto/operated-guard.ts";
import { roleWith } from "../moto/role-with.ts";

/** `kms-guard report` on a real table, log group and file system. */

let moto: Moto;
let guard: OperatedGuard;
let folder: string;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());
beforeEach(async () => {
  guard = await OperatedGuard.deploy(moto);
  folder = await mkdtemp(join(tmpdir(), "kms-guard-report-"));
});
afterEach(async () => {
  await guard.close();
  await rm(folder, { recursive: true });
});

const Q1 = ["--from", "2026-01-01", "--to", "2026-03-31"];
const CONTAINED: Finding = { ...FINDING, status: "contained", containment: { steps: DONE } };

/** A finding at its time; the table's order is that of their times. */
function foundAt(receivedAt: string, id: string): Finding {
  return { ...CONTAINED, id, timing: { receivedAt } };
}

interface Report {
  readonly findings: readonly { readonly id: string; readonly timeline: readonly unknown[] }[];
  readonly exemptions: readonly { readonly id: string; readonly state: string }[];
  readonly coverage: { readonly sweeps: unknown; readonly records: unknown; readonly events?: unknown };
  readonly unknown: readonly string[];
}

async function report(...args: string[]): Promise<Report> {
  const { code, out } = await guard.run(["report", ...args, "--output", "json"]);
  expect(code).toBe(0);
  return JSON.parse(out());
}

describe("the period", () => {
  test("has the findings from its start on and before its end, oldest first; a last day is whole", async () => {
    await guard.records(foundAt("2025-12-31T23:59:59.999Z", "kg-0000000000000001"));
    await guard.records(foundAt("2026-03-31T23:59:59.999Z", "kg-0000000000000003"));
    await guard.records(foundAt("2026-01-01T00:00:00.000Z", "kg-0000000000000002"));
    await guard.records(foundAt("2026-04-01T00:00:00.000Z", "kg-0000000000000004"));
    const { findings } = await report(...Q1);
    expect(findings.map(({ id }) => id)).toEqual(["kg-0000000000000002", "kg-0000000000000003"]);
  });

  test("is the last 90 days where nothing else is said", async () => {
    const daysAgo = (days: number) => new Date(guard.clock.nowMs() - days * 86_400_000).toISOString();
    await guard.records(foundAt(daysAgo(91), "kg-0000000000000001"));
    await guard.records(foundAt(daysAgo(89), "kg-0000000000000002"));
    expect((await report()).findings.map(({ id }) => id)).toEqual(["kg-0000000000000002"]);
    expect((await report("--since", "7d")).findings).toEqual([]);
  });

  test("may hold more findings than DynamoDB gives at once", async () => {
    const ids = Array.from({ length: 130 }, (_, index) => `kg-${String(index).padStart(16, "0")}`);
    await Promise.all(
      ids.map((id, index) =>
        guard.ports.findings.open(foundAt(new Date(Date.UTC(2026, 1, 1, 0, index)).toISOString(), id), []),
      ),
    );
    expect((await report(...Q1)).findings.map(({ id }) => id)).toEqual(ids);
  });
});

describe("a finding of the report", () => {
  test("is whole where DynamoDB keeps it in parts", async () => {
    // What gzip cannot make smaller.
    const resources = Array.from({ length: 40_000 }, (_, index) =>
      Math.sin(index + 1)
        .toString(36)
        .slice(2, 14),
    );
    const evidence = FINDING.evidence.map((entry) => ({ ...entry, resources }));
    await guard.records({ ...CONTAINED, evidence });
    expect((await report(...Q1)).findings).toMatchObject([{ evidence }]);
  });

  test("has the steps of a containment that was interrupted", async () => {
    const [step] = DONE;
    if (step === undefined) throw new Error("the fixture has no step");
    await guard.ports.findings.open(FINDING, PLAN);
    await guard.ports.findings.recordOutcome(FINDING.id, step);
    expect((await report(...Q1)).findings).toMatchObject([
      { status: "open", containment: { steps: [step] } },
    ]);
  });
});

test("a finding that cannot be read is named on stderr and in the report, beside the others", async () => {
  await guard.records(foundAt("2026-02-01T00:00:00.000Z", "kg-0000000000000001"));
  const [id, at] = ["kg-0000000000000002", "2026-02-02T00:00:00.000Z"];
  await guard.writesItem({
    ...{ pk: `FINDING#111122223333#${id}`, sk: "FINDING", kind: "FINDING#111122223333", at: `${at}#${id}` },
    ...{ status: "held", finding: JSON.stringify({ ...foundAt(at, id), status: "held" }), plan: "[]" },
  });
  const { code, out, err } = await guard.run(["report", ...Q1, "--output", "json"]);
  expect(code).toBe(0);
  expect(err()).toContain(`note: record ${id} of the findings table cannot be read: `);
  const { findings, unknown }: Report = JSON.parse(out());
  expect(findings.map((finding) => finding.id)).toEqual(["kg-0000000000000001"]);
  expect(unknown[0]).toContain(`What record ${id} of the findings table says: it cannot be read`);
});

describe("coverage", () => {
  test("counts sweeps by what the function logs", async () => {
    const logGroupName = "/aws/lambda/kms-guard-prod-sweep";
    await motoCalls(moto.endpoint).json("logs", "CreateLogGroup", { logGroupName });
    const at = new Date(guard.clock.nowMs() - 3_600_000).toISOString();
    await writeLog(moto.endpoint, logGroupName, [
      {
        at,
        message:
          '{"level":"INFO","message":"sweep: clean","outcome":"clean","reason":"schedule","findings":0}',
      },
      {
        at,
        message:
          '{"level":"INFO","message":"sweep: finding","outcome":"finding","reason":"schedule","findings":2}',
      },
      { at, message: '{"level":"INFO","message":"finding: open","findingId":"kg-1"}' },
      { at, message: "REPORT RequestId: 1" },
    ]);
    expect((await report("--since", "7d")).coverage.sweeps).toMatchObject({
      count: 2,
      firstAt: at,
      lastAt: at,
    });
  });

  test("has no number of events where CloudWatch has none, and says that this is not 0", async () => {
    const { coverage, unknown } = await report("--since", "7d");
    expect(coverage.events).toBeUndefined();
    expect(unknown).toContain(
      "How many IAM events the guard saw: CloudWatch has no count of the period. That is not the same as none.",
    );
  });

  test("goes on without the number of events where it may not be read", async () => {
    await guard.records(CONTAINED);
    await guard.refusing(({ action }) =>
      action === "GetMetricStatistics"
        ? { status: 400, code: "AccessDeniedException", message: "not you" }
        : undefined,
    );
    const { findings, coverage, unknown } = await report(...Q1);
    expect(findings).toHaveLength(1);
    expect(coverage.events).toBeUndefined();
    expect(unknown[0]).toMatch(
      /^How many IAM events the guard saw: the count cannot be read \(these credentials /,
    );
  });

  test("says what it could not read, and goes on", async () => {
    await guard.records(CONTAINED);
    await guard.refusing(({ service }) =>
      service === "logs" ? { status: 400, code: "AccessDeniedException", message: "not you" } : undefined,
    );
    const { findings, coverage, unknown } = await report(...Q1);
    expect(findings).toHaveLength(1);
    expect(coverage.records).toBeUndefined();
    expect(unknown).toContainEqual(
      expect.stringContaining("the alert history cannot be read (these credentials are not allowed to"),
    );
    expect(unknown).toContainEqual(
      expect.stringContaining("How many sweeps ran: their log cannot be read ("),
    );
  });

  test("remarks on an exemption that nobody was told of", async () => {
    await guard.ports.findings.addExemption(EXEMPTION);
    expect((await report(...Q1)).exemptions).toMatchObject([
      { id: "ex-1", state: "lapsed", remark: "the history has no notice that it was added" },
    ]);
  });
});

describe("the file", () => {
  test("is written whole, under its own name alone", async () => {
    await guard.records({ ...CONTAINED, title: "<script>alert(1)</script>" });
    const file = join(folder, "q1 report.html");
    const { code, out, err } = await guard.run(["report", ...Q1, "--html", file]);
    expect({ code, out: out() }).toEqual({ code: 0, out: "" });
    expect(err()).toContain(
      "findings: 1, exemptions: 0, from 2026-01-01T00:00:00.000Z to 2026-04-01T00:00:00.000Z",
    );
    expect(err()).toContain(`next: open '${file}' in a browser, or print it\n`);
    const page = await readFile(file, "utf8");
    expect(page).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).not.toContain("<script");
    expect(await readdir(folder)).toEqual(["q1 report.html"]);
  });

  test("cannot be where there is no folder", async () => {
    const { code, err } = await guard.run(["report", ...Q1, "--html", join(folder, "gone", "r.html")]);
    expect(code).toBe(1);
    expect(err()).toContain("r.html` cannot be written: ENOENT");
  });
});

test("CSV has a line a finding", async () => {
  await guard.records(CONTAINED);
  const { out } = await guard.run(["report", ...Q1, "--output", "csv"]);
  const [, line] = out().split("\r\n");
  expect(line).toBe(
    "kg-00112233445566aa,contained,full,false,CRITICAL,managed,arn:aws:iam::111122223333:policy/TeamX,," +
      "0f0e0d0c0b0a09080706050403020100f0e0d0c0b0a090807060504030201000," +
      '"Statement[0] allows kms:* on every key, without a condition",enforce,contain,full in enforce mode,' +
      "removed from 2 principals,,event,CreatePolicyVersion,5b1c5a5e-0000-4000-8000-000000000001," +
      "2026-03-04T05:06:07Z,arn:aws:iam::111122223333:user/alex,192.0.2.7,2026-03-04T05:06:12.345Z,," +
      "role/Deployer group/Developers",
  );
});

test.each([
  { service: "dynamodb", code: "ThrottlingException", cure: "AWS is throttling" },
  { service: "dynamodb", code: "ExpiredTokenException", cure: "the AWS credentials have expired" },
])("without the table there is no report: $code", async ({ service: refused, code, cure }) => {
  await guard.refusing(({ service }) =>
    service === refused ? { status: 400, code, message: "said AWS" } : undefined,
  );
  const file = join(folder, "report.html");
  const result = await guard.run(["report", "--html", file]);
  expect(result.code).toBe(1);
  expect(result.err()).toContain(cure);
  expect(await readdir(folder)).toEqual([]);
});

test("the permissions of `reportPermissions` are enough", async () => {
  await guard.records(CONTAINED);
  await motoCalls(moto.endpoint).json("logs", "CreateLogGroup", {
    logGroupName: "/aws/lambda/kms-guard-prod-sweep",
  });
  const permissions = reportPermissions({
    partition: "aws",
    account: "111122223333",
    tableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/kms-guard-prod-Findings",
    historyLogGroupArn: "arn:aws:logs:us-east-1:111122223333:log-group:/kms-guard/prod/history",
    sweepLogGroupArn: "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/kms-guard-prod-sweep",
  });
  actAs(await roleWith(moto, permissions));
  const { findings, unknown } = await report("--since", "2026-01-01");
  expect(findings).toHaveLength(1);
  // While moto enforces, it takes nothing that comes in CloudWatch's JSON for allowed.
  expect(unknown.filter((sentence) => sentence.includes("cannot be read"))).toEqual([
    expect.stringMatching(/^How many IAM events the guard saw: /),
  ]);
});

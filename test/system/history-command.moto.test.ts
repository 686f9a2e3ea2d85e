import { historyPermissions } from "@kms-guard/adapters/deployment/permissions.ts";
import { DONE, FINDING } from "@kms-guard/adapters/findings/finding.fixture.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { envelope, writeLog } from "../moto/history-log.ts";
import { actAs, OperatedGuard } from "../moto/operated-guard.ts";
import { roleWith } from "../moto/role-with.ts";

/** `kms-guard history` on a real log group. */

let moto: Moto;
let guard: OperatedGuard;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());
beforeEach(async () => {
  guard = await OperatedGuard.deploy(moto);
});
afterEach(() => guard.close());

const CONTAINED: Finding = {
  ...FINDING,
  status: "contained",
  containment: { steps: DONE },
  timing: {
    ...FINDING.timing,
    containedAt: "2026-03-04T05:06:13.000Z",
    publishedAt: "2026-03-04T05:06:13.400Z",
  },
};
const RESTORED: Finding = {
  ...CONTAINED,
  status: "restored",
  containment: {
    steps: [
      ...DONE,
      {
        action: "attach-role-policy",
        target: {
          principal: { type: "role", name: "Deployer" },
          policyArn: "arn:aws:iam::111122223333:policy/TeamX",
        },
        outcome: "done",
        at: "2026-03-04T05:20:00.000Z",
      },
    ],
  },
  timing: { ...CONTAINED.timing, publishedAt: "2026-03-04T05:20:01.000Z" },
};
const OPEN: Finding = {
  ...FINDING,
  id: "kg-ffff000011112222",
  verdict: "scoped-full",
  severity: "MEDIUM",
  policy: {
    kind: "inline",
    name: "own",
    principal: { type: "role", name: "Build" },
    documentSha256: "00",
  },
  trigger: { kind: "sweep" },
  decision: { mode: "monitor", action: "alert", reason: "monitor mode only alerts" },
  timing: { receivedAt: "2026-03-05T04:00:00.000Z", publishedAt: "2026-03-05T04:00:02.000Z" },
};

async function someHistory(): Promise<void> {
  await guard.told(CONTAINED, RESTORED, OPEN);
}

describe("the history", () => {
  test("shows every finding once, as it was last told, newest first", async () => {
    await someHistory();
    const { code, out, err } = await guard.run(["history", "--since", "2026-01-01"]);
    expect({ code, err: err() }).toEqual({ code: 0, err: "" });
    await expect(out()).toMatchFileSnapshot("../golden/history.txt");
  });

  test("as JSON Lines is the findings, one a line", async () => {
    await someHistory();
    const { out } = await guard.run(["history", "--output", "jsonl"]);
    const lines: unknown[] = out()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([OPEN, RESTORED]);
  });

  test("as JSON is the findings and the notices", async () => {
    await someHistory();
    await guard.ports.alerts.programs.publishNotice({
      schemaVersion: "1",
      id: "kn-1",
      kind: "malformed-record",
      severity: "HIGH",
      title: "a record",
      reason: "it cannot be read",
      account: "111122223333",
      region: "us-east-1",
      at: "2026-03-05T05:00:00.000Z",
      data: { problems: [] },
      nextSteps: [],
    });
    const { out } = await guard.run(["history", "--since", "2026-01-01", "--output", "json"]);
    expect(JSON.parse(out())).toMatchObject({
      schemaVersion: "1",
      since: "2026-01-01T00:00:00Z",
      findings: [{ id: OPEN.id }, { id: CONTAINED.id, status: "restored" }],
      notices: [{ id: "kn-1" }],
    });
  });

  test.each([
    { args: ["--status", "open"], ids: [OPEN.id] },
    { args: ["--status", "contained"], ids: [] },
    { args: ["--policy", "teamx"], ids: [FINDING.id] },
    { args: ["--policy", "policy/TeamX"], ids: [FINDING.id] },
    { args: ["--actor", "USER/alex"], ids: [FINDING.id] },
    { args: ["--actor", "alex", "--status", "open"], ids: [] },
  ])("has only what $args asks for", async ({ args, ids }) => {
    await someHistory();
    const { out } = await guard.run(["history", "--output", "jsonl", ...args]);
    const found = out()
      .split("\n")
      .filter((line) => line !== "")
      .map((line): Finding => JSON.parse(line));
    expect(found.map(({ id }) => id)).toEqual(ids);
  });

  test("says that there is nothing, and where to look next", async () => {
    const { code, out } = await guard.run(["history", "--since", "2026-01-01"]);
    expect({ code, out: out() }).toEqual({
      code: 0,
      out:
        "No findings since 2026-01-01T00:00:00Z (log group /kms-guard/prod/history).\n" +
        "next: npx --no kms-guard doctor   checks whether the guard sees events\n",
    });
    expect((await guard.run(["history", "--stage", "prod"])).out()).toContain(
      "next: npx --no kms-guard history --since 90d --stage prod\n",
    );
  });

  test("says that there is something, though not what was asked for", async () => {
    await someHistory();
    const { out } = await guard.run(["history", "--since", "2026-01-01", "--actor", "nobody"]);
    expect(out()).toBe(
      "2 findings since 2026-01-01T00:00:00Z, but none matches the filters.\nnext: npx --no kms-guard history --since 2026-01-01\n",
    );
  });

  test("leaves out what it cannot read, and says so", async () => {
    await someHistory();
    const now = new Date(guard.clock.nowMs()).toISOString();
    await writeLog(moto.endpoint, guard.environment.historyLogGroup, [
      { at: now, message: "mallory was here" },
      { at: now, message: envelope("KMS Guard Finding", now, { ...FINDING, status: "fine" }) },
    ]);
    const { code, out, err } = await guard.run(["history", "--output", "jsonl"]);
    expect(code).toBe(0);
    expect(out().trimEnd().split("\n")).toHaveLength(2);
    expect(err()).toContain(
      "note: 2 events of log group /kms-guard/prod/history cannot be read and are skipped (",
    );
  });
});

describe("what Logs Insights has indexed by now", () => {
  const ofLogs = (calls: readonly { service: string; action: string }[]) =>
    calls.filter(({ service }) => service === "logs").map(({ action }) => action);
  const ids = (out: string) => [...out.matchAll(/"id":"(kg-[0-9a-f]+)"/g)].map(([, id]) => id);

  /** One finding told three days ago, another just now. */
  async function oldAndNew(): Promise<void> {
    const at = new Date(guard.clock.nowMs() - 3 * 86_400_000).toISOString();
    const message = envelope("KMS Guard Finding", at, CONTAINED);
    await writeLog(moto.endpoint, guard.environment.historyLogGroup, [{ at, message }]);
    await guard.told(OPEN);
  }

  test("is asked of it, and only what is newer is read page by page", async () => {
    await oldAndNew();
    const { calls } = await guard.refusing(() => undefined);
    const { out } = await guard.run(["history", "--since", "30d", "--output", "jsonl"]);
    expect(ids(out())).toEqual([OPEN.id, CONTAINED.id]);
    expect(ofLogs(calls)).toEqual(["StartQuery", "GetQueryResults", "FilterLogEvents"]);
  });

  test("is read page by page where it may not be asked", async () => {
    await oldAndNew();
    const { calls } = await guard.refusing(({ action }) =>
      action === "StartQuery" ? { status: 400, code: "AccessDeniedException", message: "no" } : undefined,
    );
    const { out } = await guard.run(["history", "--since", "30d", "--output", "jsonl"]);
    expect(ids(out())).toEqual([OPEN.id, CONTAINED.id]);
    expect(ofLogs(calls)).toEqual(["StartQuery", ...Array.from({ length: 5 }, () => "FilterLogEvents")]);
  });

  test("is not asked of it for the last two hours", async () => {
    await oldAndNew();
    const { calls } = await guard.refusing(() => undefined);
    const { out } = await guard.run(["history", "--since", "1h", "--output", "jsonl"]);
    expect(ids(out())).toEqual([OPEN.id]);
    expect(ofLogs(calls)).toEqual(["FilterLogEvents"]);
  });
});

describe("what is refused", () => {
  test.each([
    { code: "ExpiredTokenException", cure: "the AWS credentials have expired" },
    { code: "AccessDeniedException", cure: "these credentials are not allowed to do this" },
    { code: "ThrottlingException", cure: "AWS is throttling" },
    { code: "ResourceNotFoundException", cure: "a resource of the deployment is not there" },
  ])("$code of CloudWatch is one line that says what to do", async ({ code: refusal, cure }) => {
    await guard.refusing(({ service }) =>
      service === "logs" ? { status: 400, code: refusal, message: "said AWS" } : undefined,
    );
    const { code, out, err } = await guard.run(["history"]);
    expect({ code, out: out() }).toEqual({ code: 1, out: "" });
    expect(err()).toContain(cure);
    expect(err().trimEnd()).not.toContain("\n");
  });
});

describe("permissions", () => {
  const PERMISSIONS = historyPermissions({
    partition: "aws",
    account: "111122223333",
    historyLogGroupArn: "arn:aws:logs:us-east-1:111122223333:log-group:/kms-guard/prod/history",
  });

  test("those of `historyPermissions` are enough", async () => {
    await someHistory();
    actAs(await roleWith(moto, PERMISSIONS));
    expect((await guard.run(["history"])).code).toBe(0);
  });

  // moto refuses in XML what CloudWatch would refuse in JSON; the words of that are above.
  test("those on the log group are among what it takes", async () => {
    actAs(
      await roleWith(
        moto,
        PERMISSIONS.filter(({ sid }) => sid !== "ReadHistory"),
      ),
    );
    expect((await guard.run(["history"])).code).toBe(1);
  });
});

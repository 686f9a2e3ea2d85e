import { FINDING } from "@kms-guard/adapters/findings/finding.fixture.ts";
import type { HistoryEntry } from "@kms-guard/adapters/history/history-entry.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { describe, expect, test } from "vitest";
import { readHistory } from "./notification-log.ts";

function told(status: Finding["status"], at: string, publishedAt?: string): HistoryEntry {
  const timing = { ...FINDING.timing, ...(publishedAt !== undefined && { publishedAt }) };
  return { kind: "finding", at, finding: { ...FINDING, status, timing } };
}

async function* given(...entries: HistoryEntry[]): AsyncGenerator<HistoryEntry> {
  yield* entries;
}

const CONTAINED = told("contained", "2026-03-04T05:06:14Z", "2026-03-04T05:06:14.200Z");
const RESTORED = told("restored", "2026-03-04T05:20:00Z", "2026-03-04T05:20:00.100Z");

describe("what was told of a finding", () => {
  test.each([
    { order: "as it happened", entries: [CONTAINED, RESTORED] },
    { order: "the other way round", entries: [RESTORED, CONTAINED] },
    { order: "with one of them twice", entries: [RESTORED, CONTAINED, RESTORED, CONTAINED] },
  ])("is its latest status and every notification, given $order", async ({ entries }) => {
    const { findings } = await readHistory(given(...entries));
    expect([...findings.keys()]).toEqual([FINDING.id]);
    const { finding, notifications } = findings.get(FINDING.id) ?? {};
    expect(finding?.status).toBe("restored");
    expect(notifications?.map(({ status, at }) => [status, at])).toEqual([
      ["contained", "2026-03-04T05:06:14.200Z"],
      ["restored", "2026-03-04T05:20:00.100Z"],
    ]);
  });

  test("goes by AWS's clock where the operator's is behind the guard's", async () => {
    const behind = told("restored", "2026-03-04T05:20:00Z", "2026-03-04T04:00:00.000Z");
    const { findings } = await readHistory(given(behind, CONTAINED));
    expect(findings.get(FINDING.id)?.finding.status).toBe("restored");
  });

  test("goes by who told it within one second of AWS's", async () => {
    const open = told("open", "2026-03-04T05:06:14Z", "2026-03-04T05:06:14.100Z");
    const { findings } = await readHistory(given(CONTAINED, open));
    expect(findings.get(FINDING.id)?.finding.status).toBe("contained");
  });

  test("counts what cannot be read, and says why the first could not", async () => {
    const { findings, unreadable } = await readHistory(
      given({ kind: "unreadable", problem: "no JSON" }, CONTAINED, { kind: "unreadable", problem: "other" }),
    );
    expect(unreadable).toEqual({ count: 2, first: "no JSON" });
    expect(findings.size).toBe(1);
  });

  test("is nothing where nothing was told", async () => {
    const { findings, notices, unreadable } = await readHistory(given());
    expect({ findings: findings.size, notices, unreadable }).toEqual({
      findings: 0,
      notices: [],
      unreadable: { count: 0 },
    });
  });
});

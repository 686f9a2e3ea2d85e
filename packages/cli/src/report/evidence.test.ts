import { FINDING } from "@kms-guard/adapters/findings/finding.fixture.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { describe, expect, test } from "vitest";
import { evidenceFrom, type Sources } from "./evidence.ts";

const DAY_MS = 86_400_000;
const FROM_MS = Date.parse("2026-03-01T00:00:00Z");
const SOURCES: Sources = {
  fromMs: FROM_MS,
  toMs: FROM_MS + 10 * DAY_MS,
  nowMs: FROM_MS + 20 * DAY_MS,
  stage: "prod",
  settings: {
    mode: "enforce",
    account: { id: "111122223333", partition: "aws" },
    service: KMS,
    region: "us-east-1",
    containAt: "near-full",
    awsManaged: "alert",
    protectedPrincipals: ["role/BreakGlass"],
    maxAttachments: 10,
    ownRoleArns: [],
  },
  by: "arn:aws:iam::111122223333:user/auditor",
  findings: [],
  unreadable: [],
  exemptions: [],
  history: { notifications: new Map(), earlier: [], notices: [], unreadable: 0 },
  sweepsMs: [],
  events: { finding: 2, clean: 40, "not-ours": 7, malformed: 1 },
};

function found(id: string, mode: Finding["decision"]["mode"], receivedAt: string): Finding {
  return { ...FINDING, id, decision: { ...FINDING.decision, mode }, timing: { receivedAt } };
}

describe("the mode over time", () => {
  test("is what findings were decided in, in spans", () => {
    const findings = [
      found("kg-1", "monitor", "2026-03-01T10:00:00.000Z"),
      found("kg-2", "monitor", "2026-03-02T10:00:00.000Z"),
      found("kg-3", "enforce", "2026-03-03T10:00:00.000Z"),
      found("kg-4", "monitor", "2026-03-04T10:00:00.000Z"),
    ];
    expect(
      evidenceFrom({ ...SOURCES, findings }).modes.map(({ mode, firstAt, lastAt, findings: count }) =>
        [mode, firstAt.slice(0, 10), lastAt.slice(0, 10), count].join(" "),
      ),
    ).toEqual([
      "monitor 2026-03-01 2026-03-02 2",
      "enforce 2026-03-03 2026-03-03 1",
      "monitor 2026-03-04 2026-03-04 1",
    ]);
  });
});

describe("coverage", () => {
  test("counts findings by what they came from", () => {
    const findings: Finding[] = [FINDING, { ...FINDING, id: "kg-2", trigger: { kind: "sweep" } }];
    expect(evidenceFrom({ ...SOURCES, findings }).coverage.findingsBy).toEqual({
      event: 1,
      sweep: 1,
      scan: 0,
      replay: 0,
    });
  });

  test("says how long the account went without a sweep, the period's ends included", () => {
    const sweepsMs = [FROM_MS + DAY_MS, FROM_MS + 2 * DAY_MS, FROM_MS + 6 * DAY_MS];
    expect(evidenceFrom({ ...SOURCES, sweepsMs }).coverage.sweeps).toEqual({
      count: 3,
      firstAt: "2026-03-02T00:00:00.000Z",
      lastAt: "2026-03-07T00:00:00.000Z",
      longestGapMs: 4 * DAY_MS,
    });
    expect(evidenceFrom(SOURCES).coverage.sweeps).toEqual({ count: 0, longestGapMs: 10 * DAY_MS });
  });

  test("counts the events that the guard saw, by what they came to", () => {
    expect(evidenceFrom(SOURCES).coverage.events).toEqual({
      count: 50,
      byOutcome: { finding: 2, clean: 40, "not-ours": 7, malformed: 1 },
    });
  });

  test("has no number of events where none is known, which is not 0", () => {
    for (const events of [undefined, { problem: "AccessDenied" }]) {
      expect(evidenceFrom({ ...SOURCES, events }).coverage).not.toHaveProperty("events");
    }
  });

  test("compares the two records of the period", () => {
    const findings = [FINDING, { ...FINDING, id: "kg-untold" }];
    const history = {
      notifications: new Map([
        [FINDING.id, []],
        ["kg-lost", []],
      ]),
      earlier: ["kg-old"],
      notices: [],
      unreadable: 0,
    };
    expect(evidenceFrom({ ...SOURCES, findings, history }).coverage.records).toEqual({
      onlyTold: ["kg-lost"],
      untold: ["kg-untold"],
      earlier: ["kg-old"],
    });
  });
});

describe("what is not known", () => {
  /** What nobody records comes last. */
  const ALWAYS = 3;
  const gaps = (sources: Partial<Sources>) =>
    evidenceFrom({ ...SOURCES, ...sources }).unknown.slice(0, -ALWAYS);

  test("is only what nobody records, where everything could be read", () => {
    expect(evidenceFrom(SOURCES).unknown).toHaveLength(ALWAYS);
    expect(evidenceFrom(SOURCES).unknown[0]).toMatch(/^IAM events that AWS did not deliver: /);
  });

  test("has what could not be read, and why", () => {
    expect(
      gaps({ history: { problem: "AccessDenied" }, sweepsMs: { problem: "no such log group" } }),
    ).toEqual([
      "When findings were published, and notices of exemptions: the alert history cannot be read (AccessDenied).",
      "How many sweeps ran: their log cannot be read (no such log group).",
    ]);
    expect(evidenceFrom({ ...SOURCES, history: { problem: "x" } }).coverage.records).toBeUndefined();
  });

  test("has each record of the findings table that cannot be read", () => {
    const problem = "`finding` of item `FINDING` cannot be read: status: Invalid type";
    expect(gaps({ unreadable: [{ kind: "unreadable", id: "kg-1", problem }] })).toEqual([
      `What record kg-1 of the findings table says: it cannot be read (${problem}).`,
    ]);
  });

  test("has the number of events, where there is no count or it cannot be read", () => {
    expect(gaps({ events: undefined })).toEqual([
      "How many IAM events the guard saw: CloudWatch has no count of the period. That is not the same as none.",
    ]);
    expect(gaps({ events: { problem: "AccessDenied" } })).toEqual([
      "How many IAM events the guard saw: the count cannot be read (AccessDenied).",
    ]);
  });

  test("has events from before their count is kept", () => {
    const sweepsMs = { problem: "x" };
    expect(gaps({ sweepsMs, fromMs: SOURCES.nowMs - 456 * DAY_MS })).toContain(
      "IAM events that the guard saw more than 455 days ago: their count is not kept for longer.",
    );
    expect(gaps({ sweepsMs, fromMs: SOURCES.nowMs - 455 * DAY_MS })).toHaveLength(1);
  });

  test("has events of the history that make no sense", () => {
    expect(gaps({ history: { notifications: new Map(), earlier: [], notices: [], unreadable: 3 } })).toEqual([
      "What 3 events of the alert history say: they cannot be read.",
    ]);
  });

  test("has sweeps from before their log begins", () => {
    expect(gaps({ fromMs: SOURCES.nowMs - 91 * DAY_MS })).toEqual([
      "Sweeps more than 90 days ago: their log is not kept for longer.",
    ]);
    expect(gaps({ fromMs: SOURCES.nowMs - 90 * DAY_MS })).toEqual([]);
  });
});

import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { FINDING } from "@kms-guard/testing/examples/team-x.ts";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { createObserver } from "./observer.ts";

const written: string[] = [];
// Before the logger is made, which writes to what the streams are then.
for (const stream of [process.stdout, process.stderr]) {
  vi.spyOn(stream, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
}
afterEach(() => written.splice(0));
afterAll(() => vi.restoreAllMocks());

const clock = { nowMs: () => Date.parse("2026-11-23T03:00:13.500Z") };
const observer = createObserver("prod", clock);

type Line = Readonly<Record<string, unknown>>;

/** What was written so far: each line is one JSON object. */
function lines(): readonly Line[] {
  return written.map((text): Line => {
    expect(text).toMatch(/^\{[^\n]*\}\n$/);
    return JSON.parse(text);
  });
}

const logged = () => lines().filter((line) => "level" in line);

/** The metrics so far, without what all of them have. */
const measured = () =>
  lines()
    .filter((line) => "_aws" in line)
    .map(({ _aws, service, stage, ...values }) => {
      expect(_aws).toMatchObject({ CloudWatchMetrics: [{ Namespace: "KmsGuard" }] });
      expect({ service, stage }).toEqual({ service: "kms-guard", stage: "prod" });
      return values;
    });

const CONTAINED: Finding = {
  ...FINDING,
  status: "contained",
  timing: { ...FINDING.timing, containedAt: "2026-11-23T03:00:10Z" },
};

test("a sweep is one line that the report finds, and no event", () => {
  observer.sweep("scheduled sweep", 2);
  observer.sweep("scheduled sweep", 0);
  expect(logged()).toMatchObject([
    { message: "sweep: finding", outcome: "finding", reason: "scheduled sweep", findings: 2 },
    { message: "sweep: clean", outcome: "clean", reason: "scheduled sweep", findings: 0 },
  ]);
  expect(measured()).toEqual([]);
});

test("an event is one line with its id as a key, and counted by outcome", () => {
  observer.event("not-ours", { eventId: "e-1", eventName: "CreateUser", reason: "not a call" });
  expect(logged()).toEqual([
    expect.objectContaining({
      level: "INFO",
      message: "event: not-ours",
      service: "kms-guard",
      outcome: "not-ours",
      eventId: "e-1",
      eventName: "CreateUser",
      reason: "not a call",
    }),
  ]);
  expect(measured()).toEqual([{ outcome: "not-ours", Events: 1 }]);
});

test("a record that cannot be read is a warning", () => {
  observer.event("malformed", { eventId: undefined, reason: "eventID is undefined" });
  expect(logged()).toEqual([expect.objectContaining({ level: "WARN", outcome: "malformed" })]);
  expect(measured()).toEqual([{ outcome: "malformed", Events: 1 }]);
});

test("what the caller wrote into an event cannot forge a line of the log", () => {
  observer.event("clean", { eventId: "e-1", reason: 'x"}\n{"level":"ERROR","message":"forged\u001b[2J' });
  expect(logged()).toEqual([
    expect.objectContaining({
      message: "event: clean",
      reason: 'x"}\n{"level":"ERROR","message":"forged\u001b[2J',
    }),
  ]);
  expect(written[0]).not.toContain("\u001b");
});

test("a metric names its dimensions and its unit, as CloudWatch has it", () => {
  observer.event("clean", {});
  expect(lines()[1]).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: "KmsGuard",
          Dimensions: [["service", "stage", "outcome"]],
          Metrics: [{ Name: "Events", Unit: "Count" }],
        },
      ],
    },
    service: "kms-guard",
    stage: "prod",
    outcome: "clean",
    Events: 1,
  });
});

test("a line has its time", () => {
  observer.event("clean", {});
  expect(logged()[0]?.timestamp).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
});

test.each([
  [{}, ["INFO", "WARN"]],
  [{ POWERTOOLS_LOG_LEVEL: "WARN" }, ["WARN"]],
  [{ POWERTOOLS_LOG_LEVEL: "SILENT" }, []],
  [{ AWS_LAMBDA_LOG_LEVEL: "FATAL" }, []],
])("with %o there are lines of %o, and every count", (variables, levels) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const observer = createObserver("prod", clock);
  written.splice(0);
  observer.event("clean", {});
  observer.event("malformed", {});
  expect(logged().map(({ level }) => level)).toEqual(levels);
  expect(measured()).toHaveLength(2);
});

test("a finding is one line with its ids as keys and no document, and counted by verdict and mode", () => {
  const open: Finding = { ...FINDING, status: "open", change: { diff: "-secret" } };
  observer.finding(open);
  expect(logged()).toEqual([
    expect.objectContaining({
      message: "finding: open",
      findingId: "kg-0123456789abcdef",
      eventId: "0a1b2c3d-0000-4000-8000-000000000001",
      eventName: "CreatePolicyVersion",
      verdict: "full",
      status: "open",
      mode: "enforce",
      policy: "arn:aws:iam::111122223333:policy/TeamX",
    }),
  ]);
  expect(written.join()).not.toContain("secret");
  expect(measured()).toEqual([{ verdict: "full", mode: "enforce", Findings: 1 }]);
});

test("a containment is counted, and timed from the call on", () => {
  observer.finding(CONTAINED);
  expect(measured()).toEqual([
    { verdict: "full", mode: "enforce", Findings: 1 },
    { status: "contained", Containments: 1 },
    { EventToContainment: 10_000 },
  ]);
});

test("a containment that failed is counted, and has no time", () => {
  observer.finding({ ...FINDING, status: "containment-failed" });
  expect(measured().slice(1)).toEqual([{ status: "containment-failed", Containments: 1 }]);
});

test("what a sweep contained has no event to be timed from", () => {
  const { eventTime: _, ...timing } = CONTAINED.timing;
  observer.finding({ ...CONTAINED, trigger: { kind: "sweep" }, timing });
  expect(measured().slice(1)).toEqual([{ status: "contained", Containments: 1 }]);
});

test("an alert is timed once people were notified, unless it says that the finding is resolved", () => {
  observer.notified(CONTAINED);
  expect(measured()).toEqual([{ EventToAlert: 13_500 }]);
  observer.notified({ ...CONTAINED, status: "resolved" });
  expect(measured()).toHaveLength(1);
});

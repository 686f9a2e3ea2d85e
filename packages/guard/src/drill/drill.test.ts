import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { describe, expect, test } from "vitest";
import type { FindingRecord, WriteResult } from "../ports.ts";
import type { Canary, CanaryStep } from "./canary.ts";
import { type DrillReport, type DrillRequest, drill } from "./drill.ts";

const POLICY_ARN = "arn:aws:iam::111122223333:policy/kms-guard-drill-1";
const START_MS = Date.parse("2026-03-02T09:00:00.000Z");

/** An account with a guard that answers `afterMs` after a call; its clock goes on by sleeping. */
class Drilled {
  nowMs = START_MS;
  readonly steps: CanaryStep[] = [];
  readonly there = new Set<"policy" | "role" | "attachment">();
  readonly refusals = new Map<CanaryStep, WriteResult[]>();
  readonly interruption = new AbortController();
  mode: DrillRequest["mode"] = "enforce";
  afterMs = 2_000;
  onStep: (step: CanaryStep) => void = () => {};
  readonly #records: { readonly fromMs: number; readonly record: FindingRecord }[] = [];

  readonly canary: Canary = {
    policyName: "kms-guard-drill-1",
    policyArn: POLICY_ARN,
    roleName: "kms-guard-drill-1",
    perform: async (step) => {
      this.steps.push(step);
      this.onStep(step);
      const refusal = this.refusals.get(step)?.shift();
      if (refusal !== undefined) return refusal;
      return { outcome: this.#perform(step) };
    },
    isAttached: async () => this.there.has("attachment"),
  };

  #perform(step: CanaryStep): "done" | "already" {
    const [make, what] = STEPS[step];
    const outcome = this.there.has(what) === make ? "already" : "done";
    if (make) this.there.add(what);
    else this.there.delete(what);
    if (step === "create-policy") this.tells({ status: "open" });
    if (step === "attach-role-policy") {
      const isContained = this.mode === "enforce";
      this.tells({
        status: isContained ? "contained" : "open",
        attachments: [{ ...ROLE, state: isContained ? "contained" : "standing" }],
      });
      if (isContained) this.there.delete("attachment");
    }
    return outcome;
  }

  tells(finding: Partial<Finding>): void {
    const fromMs = this.nowMs + this.afterMs;
    const at = new Date(fromMs).toISOString();
    const timing = { receivedAt: at, ...(finding.status === "contained" && { containedAt: at }) };
    const whole: Finding = { ...FINDING, id: `kg-${this.#records.length}`, ...finding, timing };
    this.#records.unshift({
      fromMs,
      record: { finding: whole, plan: [], outcomes: [], notified: [whole.status] },
    });
  }

  run(request: Partial<DrillRequest> = {}): Promise<DrillReport> {
    const clock = {
      nowMs: () => this.nowMs,
      sleepMs: async (durationMs: number) => {
        this.nowMs += durationMs;
      },
    };
    const known = () => this.#records.filter(({ fromMs }) => fromMs <= this.nowMs);
    return drill(
      {
        ...{ canary: this.canary, clock },
        findings: {
          async *list(query) {
            expect(query).toEqual({ subject: `111122223333/${POLICY_ARN.toLowerCase()}` });
            yield* known().map(({ record }) => ({ kind: "record" as const, record }));
          },
        },
        publishedAtMs: async ({ id }) => known().find(({ record }) => record.finding.id === id)?.fromMs,
      },
      {
        ...{
          account: "111122223333",
          mode: this.mode,
          attach: false,
          timeoutMs: 10_000,
          interrupted: this.interruption.signal,
        },
        onProgress: async () => {},
        ...request,
      },
    );
  }
}

const STEPS = {
  "create-policy": [true, "policy"],
  "create-role": [true, "role"],
  "attach-role-policy": [true, "attachment"],
  "detach-role-policy": [false, "attachment"],
  "delete-role": [false, "role"],
  "delete-policy": [false, "policy"],
} as const;

const ROLE = { type: "role", name: "kms-guard-drill-1" } as const;

const FINDING: Finding = {
  schemaVersion: "1",
  id: "kg-0",
  status: "open",
  service: "kms",
  verdict: "full",
  vacuous: false,
  severity: "CRITICAL",
  title: "",
  reason: "",
  account: "111122223333",
  partition: "aws",
  region: "us-east-1",
  policy: { kind: "managed", arn: POLICY_ARN, name: "kms-guard-drill-1", documentSha256: "" },
  evidence: [],
  missingActions: [],
  attachments: [],
  trigger: { kind: "event" },
  decision: { mode: "enforce", action: "alert", reason: "attached to nobody yet" },
  timing: { receivedAt: "" },
  nextSteps: [],
  links: {},
};

const denied: WriteResult = { outcome: "failed", error: "AccessDenied: not you", retryable: false };
const unsettled: WriteResult = { outcome: "failed", error: "DeleteConflict: attached", retryable: true };

test("measures from the call to the alert, and removes the policy", async () => {
  const drilled = new Drilled();
  const report = await drilled.run();
  expect(report).toMatchObject({ ending: { kind: "passed" }, left: [] });
  expect(report.alert).toMatchObject({
    ...{ call: "CreatePolicy", calledAtMs: START_MS, atMs: START_MS + 2_000, isSeenOnly: false },
    finding: { id: "kg-0" },
  });
  expect(report.attachment).toBeUndefined();
  expect(drilled.steps).toEqual(["create-policy", "delete-policy"]);
  expect([...drilled.there]).toEqual([]);
});

test("in enforce mode measures until the policy is detached, and removes both", async () => {
  const drilled = new Drilled();
  const { ending, attachment, left } = await drilled.run({ attach: true });
  expect({ ending, left }).toEqual({ ending: { kind: "passed" }, left: [] });
  expect(attachment).toMatchObject({
    ...{ call: "AttachRolePolicy", calledAtMs: START_MS + 2_000, atMs: START_MS + 4_000, isSeenOnly: false },
    finding: { id: "kg-1", status: "contained" },
  });
  expect([...drilled.there]).toEqual([]);
});

test("in monitor mode it is the alert alone that is expected", async () => {
  const drilled = new Drilled();
  drilled.mode = "monitor";
  const { ending, attachment } = await drilled.run({ attach: true });
  expect(ending).toEqual({ kind: "passed" });
  expect(attachment).toMatchObject({ finding: { id: "kg-1", status: "open" }, atMs: START_MS + 4_000 });
  expect([...drilled.there]).toEqual([]);
});

test("an alert by a clock that is behind is as late as it was seen", async () => {
  const drilled = new Drilled();
  drilled.afterMs = -5_000;
  const { alert } = await drilled.run();
  expect(alert).toMatchObject({ isSeenOnly: true, atMs: START_MS });
});

describe("it has failed, and leaves nothing,", () => {
  test("where no alert comes in time", async () => {
    const drilled = new Drilled();
    drilled.afterMs = 11_000;
    expect(await drilled.run({ attach: true })).toEqual({
      ending: { kind: "late", what: "alert" },
      left: [],
    });
    expect(drilled.steps).toEqual(["create-policy", "delete-policy"]);
  });

  test("where the guard tells and detaches nothing, with what it said", async () => {
    const drilled = new Drilled();
    drilled.onStep = (step) => {
      if (step === "attach-role-policy") drilled.mode = "monitor";
    };
    const { ending, left } = await drilled.run({ attach: true, mode: "enforce" });
    expect(ending).toMatchObject({
      ...{ kind: "late", what: "containment" },
      finding: { id: "kg-1", decision: { reason: "attached to nobody yet" } },
    });
    expect(left).toEqual([]);
    expect([...drilled.there]).toEqual([]);
  });

  test("where the guard says that it has detached, and it has not", async () => {
    const drilled = new Drilled();
    const canary = { ...drilled.canary, isAttached: async () => true };
    Object.assign(drilled, { canary });
    const { ending } = await drilled.run({ attach: true });
    expect(ending).toMatchObject({ kind: "late", what: "containment", finding: { status: "contained" } });
    expect([...drilled.there]).toEqual([]);
  });

  test("where IAM refuses, and tries to remove only what may be there", async () => {
    const drilled = new Drilled();
    drilled.refusals.set("create-policy", [denied]);
    expect(await drilled.run()).toEqual({
      ending: { kind: "refused", step: "create-policy", error: "AccessDenied: not you" },
      left: [],
    });
    expect(drilled.steps).toEqual(["create-policy"]);

    const later = new Drilled();
    later.refusals.set("create-role", [denied]);
    const { ending } = await later.run({ attach: true });
    expect(ending).toMatchObject({ kind: "refused", step: "create-role" });
    expect([...later.there]).toEqual([]);
  });

  test("where something breaks", async () => {
    const drilled = new Drilled();
    const error = new Error("no credentials");
    drilled.onStep = (step) => {
      if (step === "create-role") throw error;
    };
    const { ending, left } = await drilled.run({ attach: true });
    expect({ ending, left }).toEqual({ ending: { kind: "broke", error }, left: [] });
    expect([...drilled.there]).toEqual([]);
  });

  test.each<CanaryStep>(["create-policy", "create-role", "attach-role-policy"])(
    "where it is interrupted during %s",
    async (interrupted) => {
      const drilled = new Drilled();
      drilled.onStep = (step) => {
        if (step === interrupted) drilled.interruption.abort();
      };
      const { ending, left } = await drilled.run({ attach: true });
      expect({ ending, left }).toEqual({ ending: { kind: "interrupted" }, left: [] });
      expect([...drilled.there]).toEqual([]);
    },
  );

  test("where it is interrupted before it has begun", async () => {
    const drilled = new Drilled();
    drilled.interruption.abort();
    expect(await drilled.run()).toEqual({ ending: { kind: "interrupted" }, left: [] });
    expect(drilled.steps).toEqual([]);
  });
});

describe("of what it has made", () => {
  test("it tries again what IAM does not let go of yet", async () => {
    const drilled = new Drilled();
    drilled.refusals.set("delete-role", [unsettled]);
    drilled.refusals.set("delete-policy", [unsettled, unsettled]);
    const { left } = await drilled.run({ attach: true });
    expect(left).toEqual([]);
    expect([...drilled.there]).toEqual([]);
  });

  test("it looks again for what IAM does not know of yet", async () => {
    const drilled = new Drilled();
    drilled.refusals.set("delete-policy", [{ outcome: "already" }]);
    expect(await drilled.run()).toMatchObject({ left: [] });
    expect([...drilled.there]).toEqual([]);
  });

  test("it takes for removed what somebody else has removed", async () => {
    const drilled = new Drilled();
    drilled.onStep = (step) => {
      if (step === "delete-policy") drilled.there.delete("policy");
    };
    expect(await drilled.run()).toMatchObject({ ending: { kind: "passed" }, left: [] });
  });

  test("it names what it may not remove, and why", async () => {
    const drilled = new Drilled();
    drilled.refusals.set(
      "delete-role",
      Array.from({ length: 9 }, () => denied),
    );
    const { ending, left } = await drilled.run({ attach: true });
    expect(ending).toEqual({ kind: "passed" });
    expect(left).toEqual([{ step: "delete-role", why: "AccessDenied: not you" }]);
    expect([...drilled.there]).toEqual(["role"]);
  });

  test("it names all that is left where nothing can be removed any more", async () => {
    const drilled = new Drilled();
    drilled.onStep = (step) => {
      if (step.startsWith("de")) throw new Error("the session has expired");
    };
    drilled.mode = "monitor";
    const { left } = await drilled.run({ attach: true });
    expect(left.map(({ step }) => step)).toEqual(["detach-role-policy", "delete-role", "delete-policy"]);
    expect(left.map(({ why }) => why)).toEqual(Array.from({ length: 3 }, () => "the session has expired"));
  });
});

import { FINDING, PERMISSION_SET, TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it } from "vitest";
import type { Decision } from "../containment/decision.ts";
import { containmentPlan } from "../containment/plan.ts";
import type { StepOutcome } from "../containment/steps.ts";
import type { Finding } from "./finding.ts";
import { transition } from "./lifecycle.ts";
import { nextStepsFor } from "./next-steps.ts";

const { containment: _, ...withoutContainment } = FINDING;
const OPEN: Finding = {
  ...withoutContainment,
  status: "open",
  attachments: FINDING.attachments.map((attachment) => ({ ...attachment, state: "standing" })),
  nextSteps: [],
};
const PLAN = containmentPlan(TEAM_X, TEAM_X.attachments);
const DETACH_MALLORY =
  "aws iam detach-user-policy --user-name 'mallory' --policy-arn 'arn:aws:iam::111122223333:policy/TeamX'";
const DETACH_DEPLOY =
  "aws iam detach-role-policy --role-name 'Deploy' --policy-arn 'arn:aws:iam::111122223333:policy/TeamX'";
const DETACH_ADMINS =
  "aws iam detach-group-policy --group-name 'Admins' --policy-arn 'arn:aws:iam::111122223333:policy/TeamX'";
const SHOW = "npx --no kms-guard show kg-0123456789abcdef";
const RESTORE = "npx --no kms-guard restore kg-0123456789abcdef";
const EXEMPT = "npx --no kms-guard exempt add kg-0123456789abcdef --reason '...' --owner '...' --days 30";

function outcomes(...names: readonly StepOutcome["outcome"][]): readonly StepOutcome[] {
  return names.flatMap((outcome, index) => {
    const step = PLAN[index];
    return step === undefined ? [] : [{ ...step, outcome, at: `2026-11-23T03:00:0${index}Z` }];
  });
}

const decided = (decision: Decision) => transition(OPEN, { kind: "decided", decision });

const contained = (steps: readonly StepOutcome[]) =>
  transition(
    { ...OPEN, decision: { mode: "enforce", action: "contain", reason: "full" } },
    { kind: "contained", plan: PLAN, outcomes: steps, before: [], from: "open" },
  );

describe("decided", () => {
  it("to alert leaves it open, with the commands for a person first", () => {
    const finding = decided({
      action: "alert",
      reason: "monitor mode only alerts",
      plan: PLAN,
      principals: [],
    });
    expect(finding.status).toBe("open");
    expect(finding.decision).toEqual({
      mode: "enforce",
      action: "alert",
      reason: "monitor mode only alerts",
    });
    expect(finding.nextSteps).toEqual([DETACH_MALLORY, DETACH_DEPLOY, DETACH_ADMINS, SHOW, EXEMPT]);
  });

  it("exempt is the end of it, with nothing to take away", () => {
    const finding = decided({
      action: "exempt",
      reason: "exempt by ex-1",
      plan: [],
      principals: TEAM_X.attachments.map((principal) => ({
        principal,
        state: "exempt",
        until: "2026-12-01T00:00:00Z",
      })),
    });
    expect(finding.status).toBe("exempt");
    expect(finding.nextSteps).toEqual([SHOW, "npx --no kms-guard exempt list"]);
  });
});

describe("contained", () => {
  it("is whole when every step is done or was so already", () => {
    const finding = contained(outcomes("already", "done", "done"));
    expect(finding.status).toBe("contained");
    expect(finding.containment).toEqual({ steps: outcomes("already", "done", "done") });
    expect(finding.timing.containedAt).toBe("2026-11-23T03:00:02Z");
    expect(finding.nextSteps).toEqual([RESTORE, SHOW, EXEMPT]);
  });

  it.each<[string, readonly StepOutcome[]]>([
    ["failed", outcomes("done", "failed", "done")],
    ["was not tried", outcomes("done", "skipped", "done")],
  ])("has failed when one step %s, and begins with what is left to do", (_, steps) => {
    const finding = contained(steps);
    expect(finding.status).toBe("containment-failed");
    expect(finding.timing.containedAt).toBeUndefined();
    expect(finding.nextSteps).toEqual([DETACH_DEPLOY, RESTORE, SHOW, EXEMPT]);
  });

  it("has failed when a step has no outcome", () => {
    const finding = contained(outcomes("done", "done"));
    expect(finding.status).toBe("containment-failed");
    expect(finding.nextSteps).toEqual([DETACH_ADMINS, RESTORE, SHOW, EXEMPT]);
  });

  it("has nothing to restore where nothing was done", () => {
    const finding = contained(outcomes("already", "already", "already"));
    expect(finding.status).toBe("contained");
    expect(finding.nextSteps).toEqual([SHOW, EXEMPT]);
  });
});

describe("reassessed", () => {
  const at = "2026-11-23T03:00:00.000Z";
  const found: Finding = { ...OPEN, verdict: "conditional-full", severity: "HIGH" };
  const reassessed = (known: Finding, assessed: Finding) =>
    transition(
      {
        ...known,
        status: "exempt",
        attachments: known.attachments.map((other) => ({ ...other, state: "exempt" })),
      },
      { kind: "reassessed", assessed, planned: [], isRetry: false, nowMs: Date.parse(at) },
    );

  it("is a step more severe from the third time of its grant on, once", () => {
    const known: Finding = {
      ...found,
      severity: "CRITICAL",
      recurrence: { count: 3, firstAt: at, lastAt: at, toldAt: at, raisedFrom: "HIGH" },
    };
    expect(reassessed(known, found)).toMatchObject({
      severity: "CRITICAL",
      recurrence: { raisedFrom: "HIGH" },
    });
    expect(reassessed(reassessed(known, found), { ...found, severity: "MEDIUM" })).toMatchObject({
      severity: "HIGH",
      recurrence: { raisedFrom: "MEDIUM" },
    });
  });

  it("is as severe as its verdict the second time", () => {
    const known: Finding = { ...found, recurrence: { count: 2, firstAt: at, lastAt: at, toldAt: at } };
    expect(reassessed(known, found).severity).toBe("HIGH");
    expect(reassessed(known, found).recurrence).not.toHaveProperty("raisedFrom");
  });
});

describe("nextStepsFor", () => {
  it.each(["restored", "resolved"] as const)("has no command for what is %s", (status) => {
    expect(nextStepsFor({ ...OPEN, status }, PLAN)).toEqual([SHOW]);
  });

  it("says where a permission set's role is to be changed, once a set", () => {
    const other = { ...PERMISSION_SET, name: "AWSReservedSSO_DataTeam_fedcba9876543210" };
    expect(
      nextStepsFor(
        { ...OPEN, attachments: [PERMISSION_SET, other].map((role) => ({ ...role, state: "protected" })) },
        [],
      ),
    ).toEqual([
      "remove policy `TeamX` from permission set `DataTeam` in IAM Identity Center, then provision it again",
      SHOW,
      EXEMPT,
    ]);
  });

  it("has ten commands at most, and says how many more there are", () => {
    const attachments = Array.from(
      { length: 12 },
      (_, index) => ({ type: "user", name: `u${index}` }) as const,
    );
    const steps = nextStepsFor(OPEN, containmentPlan({ ...TEAM_X, attachments }, attachments));
    expect(steps.slice(9, 12)).toEqual([
      "aws iam detach-user-policy --user-name 'u9' --policy-arn 'arn:aws:iam::111122223333:policy/TeamX'",
      "and 2 more like these: one for each attachment of the finding",
      SHOW,
    ]);
  });
});

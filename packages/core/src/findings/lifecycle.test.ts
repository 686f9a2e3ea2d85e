import { FINDING, PERMISSION_SET, TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it } from "vitest";
import type { Decision } from "../containment/decision.ts";
import { containmentPlan, type StepOutcome } from "../containment/steps.ts";
import { FINDING_STATUSES, type Finding, type FindingStatus } from "./finding.ts";
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
    { kind: "contained", plan: PLAN, outcomes: steps },
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

  it("knows an outcome by its step where the one before has none", () => {
    const finding = contained(outcomes("already", "done", "done").slice(1));
    expect(finding.attachments.map(({ state }) => state)).toEqual(["failed", "contained", "contained"]);
    expect(finding.nextSteps).toEqual([DETACH_MALLORY, RESTORE, SHOW, EXEMPT]);
  });

  it.each([
    ["done", "contained"],
    ["failed", "failed"],
  ] as const)("has a principal of whose two policies the second is %s as %s", (outcome, state) => {
    const [first, ...others] = PLAN;
    if (first === undefined) throw new Error("no step");
    const { principal } = first.target;
    const second = { action: "detach-user-policy", target: { principal, policyArn: "arn:second" } } as const;
    const plan = [first, second, ...others];
    const at = "2026-11-23T03:00:01Z";
    const steps: readonly StepOutcome[] = [...outcomes("done", "done", "done"), { ...second, outcome, at }];
    const finding = transition(OPEN, { kind: "contained", plan, outcomes: steps });
    expect(finding.attachments[0]?.state).toBe(state);
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

/** What may follow each status: the rows of the table in lifecycle.ts. */
const MAY_BECOME: Readonly<Record<FindingStatus, readonly FindingStatus[]>> = {
  open: ["restored", "exempt", "contained", "containment-failed", "resolved"],
  "containment-failed": ["open", "exempt", "contained", "restored", "resolved"],
  contained: ["open", "exempt", "restored"],
  exempt: ["open", "resolved"],
  restored: ["open", "exempt", "resolved"],
  resolved: ["open", "exempt"],
};
const STATE_FOR = {
  open: "standing",
  "containment-failed": "failed",
  contained: "contained",
  exempt: "exempt",
  restored: "restored",
  resolved: "gone",
} as const;

describe("the table of transitions", () => {
  const PAIRS = FINDING_STATUSES.flatMap((from) => FINDING_STATUSES.map((to) => [from, to] as const));
  const isAllowed = ([from, to]: readonly [FindingStatus, FindingStatus]) =>
    from === to || MAY_BECOME[from].includes(to);
  /** A decision on no principal: the status follows from the attachment's state. */
  const become = (from: FindingStatus, to: FindingStatus) =>
    transition(
      { ...OPEN, status: from, attachments: [{ type: "user", name: "mallory", state: STATE_FOR[to] }] },
      { kind: "decided", decision: { action: "alert", reason: "as it is", plan: [], principals: [] } },
    ).status;

  it.each(PAIRS.filter(isAllowed))("allows %s to become %s", (from, to) => {
    expect(become(from, to)).toBe(to);
  });

  it.each(PAIRS.filter((pair) => !isAllowed(pair)))("does not allow %s to become %s", (from, to) => {
    expect(() => become(from, to)).toThrow(`finding kg-0123456789abcdef cannot go from ${from} to ${to}`);
  });
});

describe("the state of each attachment", () => {
  const UNTIL = "2026-12-01T00:00:00Z";
  const states = ({ attachments }: Finding) =>
    attachments.map(({ name, state, until }) => [name, state, ...(until === undefined ? [] : [until])]);

  it("after a decision is what was decided on its principal", () => {
    const finding = decided({
      action: "contain",
      reason: "full",
      plan: PLAN.slice(0, 1),
      principals: [
        { principal: { type: "user", name: "mallory" }, state: "standing" },
        { principal: { type: "role", name: "Deploy" }, state: "protected" },
        { principal: { type: "group", name: "Admins" }, state: "exempt", until: UNTIL },
      ],
    });
    expect(states(finding)).toEqual([
      ["mallory", "standing"],
      ["Deploy", "protected"],
      ["Admins", "exempt", UNTIL],
    ]);
    expect(finding.status).toBe("open");
  });

  it("after a decision on others stays", () => {
    const finding = decided({
      action: "alert",
      reason: "alert",
      plan: [],
      principals: [{ principal: { type: "role", name: "mallory" }, state: "exempt", until: UNTIL }],
    });
    expect(states(finding)).toEqual([
      ["mallory", "standing"],
      ["Deploy", "standing"],
      ["Admins", "standing"],
    ]);
  });

  it("after a containment is contained where its step worked, and failed where it did not", () => {
    expect(states(contained(outcomes("done", "failed", "already")))).toEqual([
      ["mallory", "contained"],
      ["Deploy", "failed"],
      ["Admins", "contained"],
    ]);
  });

  it("after a containment stays where it was exempt or protected", () => {
    const [step] = PLAN;
    if (step === undefined) throw new Error("no step");
    const finding = transition(
      {
        ...OPEN,
        decision: { mode: "enforce", action: "contain", reason: "full" },
        attachments: [
          { type: "user", name: "mallory", state: "standing" },
          { type: "role", name: "Deploy", state: "protected" },
          { type: "group", name: "Admins", state: "exempt", until: UNTIL },
        ],
      },
      { kind: "contained", plan: [step], outcomes: outcomes("done") },
    );
    expect(states(finding)).toEqual([
      ["mallory", "contained"],
      ["Deploy", "protected"],
      ["Admins", "exempt", UNTIL],
    ]);
    // The role still has it.
    expect(finding.status).toBe("open");
  });

  const restored = (outcome: StepOutcome["outcome"]) =>
    transition(contained(outcomes("done", "done", "done")), {
      kind: "restored",
      before: outcomes("done", "done", "done"),
      outcomes: [
        {
          action: "attach-role-policy",
          target: {
            principal: { type: "role", name: "Deploy" },
            policyArn: "arn:aws:iam::111122223333:policy/TeamX",
          },
          outcome,
          at: "2026-11-23T04:00:00Z",
        },
      ],
      until: UNTIL,
    });

  it("after a restore is restored until then, for the principal that got it back", () => {
    const finding = restored("done");
    expect(states(finding)).toEqual([
      ["mallory", "contained"],
      ["Deploy", "restored", UNTIL],
      ["Admins", "contained"],
    ]);
    expect(finding.status).toBe("restored");
  });

  it("after a restore that failed is as before", () => {
    const finding = restored("failed");
    expect(states(finding)).toEqual([
      ["mallory", "contained"],
      ["Deploy", "contained"],
      ["Admins", "contained"],
    ]);
    expect(finding.status).toBe("contained");
  });

  it("after a resolution is gone, where the guard did not contain it", () => {
    const finding = transition(contained(outcomes("done", "failed", "done")), {
      kind: "resolved",
      resolution: { reason: "the policy is gone", at: "2026-11-23T04:00:00Z" },
    });
    expect(states(finding)).toEqual([
      ["mallory", "contained"],
      ["Deploy", "gone"],
      ["Admins", "contained"],
    ]);
    expect(finding).toMatchObject({
      status: "resolved",
      resolution: { reason: "the policy is gone" },
      nextSteps: [SHOW],
    });
  });
});

describe("a finding whose only principal is protected", () => {
  it.each(["alert", "exempt"] as const)("is open, though the decision is %s", (action) => {
    const principal = { type: "user", name: "mallory" } as const;
    const one: Finding = { ...OPEN, attachments: [{ ...principal, state: "standing" }] };
    const decision: Decision = {
      action,
      reason: "r",
      plan: [],
      principals: [{ principal, state: "protected" }],
    };
    expect(transition(one, { kind: "decided", decision }).status).toBe("open");
  });
});

describe("a finding of which a step failed", () => {
  it("stays failed when its containment is tried again, until the step works", () => {
    const failed = contained(outcomes("done", "failed", "done"));
    const assessed: Finding = {
      ...OPEN,
      attachments: OPEN.attachments.slice(1, 2),
      decision: { mode: "enforce", action: "contain", reason: "full" },
    };
    const change = { kind: "reassessed", assessed, planned: PLAN, isRetry: true, nowMs: 0 } as const;
    const again = transition(failed, change);
    expect(again.status).toBe("containment-failed");
    expect(again.attachments.map(({ state }) => state)).toEqual(["contained", "failed", "contained"]);
  });
});

describe("a finding that is assessed again", () => {
  const NOW = "2026-11-24T00:00:00.000Z";
  const ROLE = { type: "role", name: "Build", id: "AROAEXAMPLEOLD" } as const;
  const REMADE = { type: "role", name: "Build", id: "AROAEXAMPLENEW" } as const;
  const known = (
    state: keyof typeof STATES,
    attachment: Finding["attachments"][number] | typeof ROLE = ROLE,
  ) => ({ ...OPEN, status: STATES[state], attachments: [{ ...attachment, state }] }) satisfies Finding;
  const STATES = {
    standing: "open",
    failed: "containment-failed",
    exempt: "exempt",
    restored: "restored",
  } as const;
  const assessedAs = (
    state: "standing" | "exempt",
    principal: typeof ROLE | typeof REMADE = ROLE,
  ): Finding => ({
    ...OPEN,
    status: STATES[state],
    decision: { mode: "monitor", action: state === "exempt" ? "exempt" : "alert", reason: "as decided" },
    attachments: [{ ...principal, state }],
  });
  const again = (finding: Finding, assessed: Finding, isRetry = false) =>
    transition(finding, { kind: "reassessed", assessed, planned: [], isRetry, nowMs: Date.parse(NOW) });

  it.each(["exempt", "restored"] as const)("is reopened when it was %s and its time has ended", (state) => {
    const finding = again(known(state), assessedAs("standing"));
    expect(finding.status).toBe("open");
    expect(finding.timing.reopenedAt).toBe(NOW);
  });

  it.each([
    ["restored", "exempt"],
    ["exempt", "exempt"],
    ["standing", "standing"],
    ["failed", "standing"],
  ] as const)("is the finding as it was, where it was %s and is assessed as %s", (state, now) => {
    const before = known(state);
    expect(again(before, assessedAs(now))).toBe(before);
  });

  it("is reopened for a role that was made again under the same name: its id is another", () => {
    const finding = again(known("standing"), assessedAs("standing", REMADE));
    expect(finding.timing.reopenedAt).toBe(NOW);
    expect(finding.attachments).toEqual([{ ...REMADE, state: "standing" }]);
  });

  it("is as it was on a retry of its own event", () => {
    const before = known("restored");
    expect(again(before, assessedAs("standing"), true)).toBe(before);
  });

  it("keeps its id and its trigger", () => {
    const other: Finding = {
      ...assessedAs("standing"),
      id: "kg-ffffffffffffffff",
      trigger: { kind: "sweep" },
    };
    expect(again(known("restored"), other)).toMatchObject({ id: OPEN.id, trigger: OPEN.trigger });
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

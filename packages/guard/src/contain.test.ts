import { InMemoryFindings } from "@kms-guard/adapters/memory/in-memory-findings.ts";
import type { Decision } from "@kms-guard/core/containment/decision.ts";
import {
  type ContainmentStep,
  containmentPlan,
  type StepOutcome,
} from "@kms-guard/core/containment/steps.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { ManagedPolicy, PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { ADMINS, DEPLOY, FINDING, KMS_STAR, MALLORY, TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import { findRecord } from "@kms-guard/testing/fakes/stored.ts";
import { TestClock } from "@kms-guard/testing/fakes/test-clock.ts";
import { describe, expect, it, test } from "vitest";
import { contain, isContained, performSteps, verifyContainment } from "./contain.ts";
import type { PolicyWriter, WriteResult } from "./ports.ts";

const OPEN: Finding = { ...FINDING, status: "open" };
const planFor = (...principals: ManagedPolicy["attachments"]) => containmentPlan(TEAM_X, principals);
const attachedTo = (...attachments: ManagedPolicy["attachments"]): ManagedPolicy => ({
  ...TEAM_X,
  attachments,
});
const containing = (plan: readonly ContainmentStep[]): Decision => ({
  action: "contain",
  reason: "`full` is contained",
  plan,
  principals: [],
});
const ALERT: Decision = { action: "alert", reason: "exempt by now", plan: [], principals: [] };

const inShort = ({ target, outcome, error }: StepOutcome) =>
  `${target.principal.name} ${outcome}${error === undefined ? "" : `: ${error}`}`;

/** A record with this plan and these outcomes, and a log of what is recorded and performed, in order. */
async function recorded(
  plan: readonly ContainmentStep[],
  outcomes: readonly StepOutcome["outcome"][] = [],
  perform: () => Promise<WriteResult> = async () => ({ outcome: "done" }),
) {
  const log: string[] = [];
  const findings = new InMemoryFindings();
  const clock = new TestClock();
  await findings.open(OPEN, plan);
  for (const [index, outcome] of outcomes.entries()) {
    const step = plan[index];
    if (step === undefined) throw new Error(`no step ${index}`);
    await findings.recordOutcome(OPEN.id, { ...step, outcome, at: "2026-03-02T09:00:00.000Z" });
  }
  const record = async () => {
    const found = await findRecord(findings, OPEN.id);
    if (found === undefined) throw new Error("no record");
    return found;
  };
  const recording = {
    recordOutcome: async (id: string, outcome: StepOutcome) => {
      log.push(`recorded ${inShort(outcome)}`);
      return findings.recordOutcome(id, outcome);
    },
  };
  const writer: PolicyWriter = {
    isUnchanged: async () => true,
    perform: async ({ target }) => {
      log.push(`performed ${target.principal.name}`);
      return perform();
    },
  };
  const run = async (
    decision: Decision,
    snapshot: Parameters<typeof contain>[3],
    { isNew = false, answer = writer.perform, recordOutcome = recording.recordOutcome } = {},
  ) =>
    contain(
      {
        writer: { ...writer, perform: answer },
        findings: Object.assign(Object.create(findings), { recordOutcome }),
        clock,
      },
      { record: await record(), isNew, isConfirmed: false },
      decision,
      snapshot,
    );
  return { log, record, run };
}

describe("what is written down before it is done", () => {
  it("is each step that is added to the record's plan", async () => {
    const { log, run } = await recorded(planFor(MALLORY), ["done"]);
    const { plan, isEnded, failures } = await run(containing(planFor(DEPLOY)), {
      policy: attachedTo(DEPLOY),
    });
    expect(log).toEqual([
      "recorded Deploy skipped: not tried yet",
      "performed Deploy",
      "recorded Deploy done",
    ]);
    expect(plan).toEqual(planFor(MALLORY, DEPLOY));
    expect({ isEnded, failures }).toEqual({ isEnded: true, failures: [] });
  });

  it("is each planned step that another run may have tried", async () => {
    const { log, run } = await recorded(planFor(MALLORY));
    await run(containing(planFor(MALLORY)), { policy: attachedTo(MALLORY) });
    expect(log).toEqual([
      "recorded mallory skipped: not tried yet",
      "performed mallory",
      "recorded mallory done",
    ]);
  });

  it("keeps no step from being performed where it cannot be recorded, and calls for another run", async () => {
    const { log, run } = await recorded(planFor(MALLORY));
    const throttled = async () => Promise.reject(new Error("Throttled"));
    const { outcomes, failures } = await run(
      containing(planFor(MALLORY)),
      { policy: attachedTo(MALLORY) },
      { isNew: true, recordOutcome: throttled },
    );
    expect(log).toEqual(["performed mallory"]);
    expect(outcomes.map(inShort)).toEqual(["mallory done"]);
    expect(failures.map(({ message }) => message)).toEqual([
      `an outcome of ${OPEN.id} could not be recorded: Throttled`,
    ]);
  });

  it("is not written twice: a new record has its plan already", async () => {
    const { log, run } = await recorded(planFor(MALLORY));
    await run(containing(planFor(MALLORY)), { policy: attachedTo(MALLORY) }, { isNew: true });
    expect(log).toEqual(["performed mallory", "recorded mallory done"]);
  });
});

describe("a run that is cut off after it detached an added principal", () => {
  const ALREADY = async (): Promise<WriteResult> => ({ outcome: "already" });

  it("leaves a record by which the next run counts it as done: it can be restored", async () => {
    const { log, record, run } = await recorded(planFor(MALLORY), ["done"]);
    const cutOff = () => new Promise<never>(() => undefined);
    void run(containing(planFor(DEPLOY)), { policy: attachedTo(DEPLOY) }, { answer: cutOff });
    await expect.poll(() => log).toEqual(["recorded Deploy skipped: not tried yet"]);
    expect((await record()).outcomes.map(inShort)).toEqual(["mallory done", "Deploy skipped: not tried yet"]);

    const { outcomes } = await run(
      containing(planFor(DEPLOY)),
      { policy: attachedTo(DEPLOY) },
      { answer: ALREADY },
    );
    expect(outcomes.map(inShort)).toEqual(["mallory done", "Deploy done"]);
    expect((await record()).outcomes.map(inShort)).toEqual(["mallory done", "Deploy done"]);
  });

  it("counts as done where its planned step has no outcome and the attachment is gone", async () => {
    const { run, log } = await recorded(planFor(MALLORY));
    const { outcomes, isEnded } = await run(containing(planFor(DEPLOY)), { policy: attachedTo(DEPLOY) });
    expect(outcomes.map(inShort)).toEqual(["mallory done", "Deploy done"]);
    expect(isEnded).toBe(true);
    expect(log).not.toContain("performed mallory");
  });

  it("leaves nothing to count where it had written no step: what is gone then was gone", async () => {
    const { run } = await recorded(planFor(MALLORY), [], ALREADY);
    const { outcomes } = await run(
      containing(planFor(MALLORY)),
      { policy: attachedTo(MALLORY) },
      { isNew: true },
    );
    expect(outcomes.map(inShort)).toEqual(["mallory already"]);
  });
});

describe("a planned step", () => {
  it("is skipped when its attachment is no longer to be contained", async () => {
    const { log, run } = await recorded(planFor(MALLORY, DEPLOY));
    const { outcomes } = await run(containing(planFor(DEPLOY)), { policy: attachedTo(MALLORY, DEPLOY) });
    expect(outcomes.map(inShort)).toEqual(["mallory skipped: `full` is contained", "Deploy done"]);
    expect(log).not.toContain("performed mallory");
  });

  it("is skipped when the decision is to alert", async () => {
    const { log, run } = await recorded(planFor(MALLORY));
    const { outcomes } = await run(ALERT, { policy: attachedTo(MALLORY) });
    expect(outcomes.map(inShort)).toEqual(["mallory skipped: exempt by now"]);
    expect(log).toEqual(["recorded mallory skipped: exempt by now"]);
  });

  it("is done again when the principal has the policy again", async () => {
    const { log, run } = await recorded(planFor(MALLORY), ["done"]);
    await run(containing(planFor(MALLORY)), { policy: attachedTo(MALLORY) });
    expect(log).toEqual(["performed mallory", "recorded mallory done"]);
  });

  it("that an earlier run did is left as it is, and the containment has ended", async () => {
    const { log, run } = await recorded(planFor(MALLORY), ["done"]);
    const { outcomes, isEnded } = await run(ALERT, { policy: attachedTo(ADMINS) });
    expect(log).toEqual([]);
    expect(outcomes.map(inShort)).toEqual(["mallory done"]);
    expect(isEnded).toBe(true);
  });

  it("that an earlier run did and somebody undid does not end the containment", async () => {
    const { log, run } = await recorded(planFor(MALLORY), ["done"]);
    const { isEnded } = await run(ALERT, { policy: attachedTo(MALLORY) });
    expect(log).toEqual([]);
    expect(isEnded).toBe(false);
  });

  it("that fails for a reason that may pass calls for another run; one that is refused does not", async () => {
    const refused = async (): Promise<WriteResult> => ({
      outcome: "failed",
      error: "AccessDenied",
      retryable: false,
    });
    const throttled = async (): Promise<WriteResult> => ({
      outcome: "failed",
      error: "Throttling",
      retryable: true,
    });
    const messagesOf = async (answer: () => Promise<WriteResult>) => {
      const { run } = await recorded(planFor(MALLORY), [], answer);
      const { failures } = await run(
        containing(planFor(MALLORY)),
        { policy: attachedTo(MALLORY) },
        { isNew: true },
      );
      return failures.map(({ message }) => message);
    };
    expect(await messagesOf(throttled)).toEqual(["detach-user-policy failed and may work later: Throttling"]);
    expect(await messagesOf(refused)).toEqual([]);
  });
});

describe("two runs at the same time that each add a step", () => {
  it("each leave an outcome to restore from", async () => {
    const { record, run } = await recorded(planFor(MALLORY), ["done"]);
    await Promise.all(
      [DEPLOY, ADMINS].map((principal) =>
        run(containing(planFor(principal)), { policy: attachedTo(principal) }),
      ),
    );
    expect((await record()).outcomes.map(inShort)).toEqual(["mallory done", "Deploy done", "Admins done"]);
  });
});

describe("when IAM could not be read", () => {
  const UNREAD = {
    policy: attachedTo(),
    notInForce: "seen in the event only",
    iamUnavailable: true,
  } as const;

  it("nothing is concluded from an attachment that is not seen", async () => {
    const { log, run } = await recorded(planFor(MALLORY));
    const { outcomes, isEnded } = await run(ALERT, UNREAD);
    expect(log).toEqual([]);
    expect(outcomes).toEqual([]);
    expect(isEnded).toBe(false);
  });

  it("not even that a containment has ended", async () => {
    const { run } = await recorded(planFor(MALLORY), ["done"]);
    expect((await run(ALERT, UNREAD)).isEnded).toBe(false);
    expect((await run(ALERT, { policy: attachedTo() })).isEnded).toBe(true);
  });
});

const detach = (name: string): ContainmentStep => ({
  action: "detach-user-policy",
  target: { principal: { type: "user", name }, policyArn: "arn:aws:iam::111122223333:policy/Tools" },
});
const LOST: WriteResult = { outcome: "failed", error: "ECONNRESET: socket hang up", retryable: true };
const REFUSED: WriteResult = { outcome: "failed", error: "AccessDenied: no", retryable: false };

/** What became of the steps, where IAM gives these answers to each user's detaching, one try after the other. */
async function performed(answers: Readonly<Record<string, readonly WriteResult[]>>, { isDone = false } = {}) {
  const left = new Map(Object.entries(answers).map(([name, results]) => [name, [...results]]));
  const steps = Object.keys(answers).map((name) => ({ step: detach(name), isDone }));
  const remembered: string[] = [];
  const writer = {
    async perform(step: { readonly target: ContainmentStep["target"] }) {
      const answer = left.get(step.target.principal.name)?.shift();
      if (answer === undefined) throw new Error("tried more often than expected");
      return answer;
    },
  };
  const results = await performSteps({ writer, clock: new TestClock() }, steps, async (_, outcome) => {
    remembered.push(`${outcome.target.principal.name} ${outcome.outcome}`);
  });
  return { outcomes: [...results.values()].map(({ outcome }) => outcome.outcome), remembered };
}

describe("the steps", () => {
  test("what a try finds gone after one whose answer was lost is what that one took", async () => {
    expect(await performed({ alice: [LOST, { outcome: "already" }] })).toEqual({
      outcomes: ["done"],
      remembered: ["alice failed", "alice done"],
    });
  });

  test("what somebody else has taken before stays theirs, though an answer was lost", async () => {
    const { outcomes } = await performed({ alice: [LOST, { outcome: "already" }] }, { isDone: true });
    expect(outcomes).toEqual(["already"]);
  });

  test("what the first try finds gone was gone", async () => {
    expect((await performed({ alice: [{ outcome: "already" }] })).outcomes).toEqual(["already"]);
  });

  test("one step's failure keeps no other from being tried, and only what may pass is tried again", async () => {
    expect(
      await performed({ alice: [LOST, { outcome: "done" }], bob: [REFUSED], carol: [{ outcome: "done" }] }),
    ).toEqual({
      outcomes: ["done", "failed", "done"],
      remembered: ["alice failed", "bob failed", "carol done", "alice done"],
    });
  });

  /** Four users, of whom IAM takes ten seconds each not to answer, or to answer. */
  async function performedBefore(secondsLeft: number, answer: WriteResult) {
    const clock = new TestClock();
    const tried: string[] = [];
    const writer = {
      async perform(step: { readonly target: ContainmentStep["target"] }) {
        tried.push(step.target.principal.name);
        await clock.sleepMs(10_000);
        return answer;
      },
    };
    const steps = ["alice", "bob", "carol", "dave"].map((name) => ({ step: detach(name) }));
    const deadlineMs = clock.nowMs() + secondsLeft * 1_000;
    const results = await performSteps({ writer, clock, deadlineMs }, steps, async () => undefined);
    return { tried, results: [...results.values()] };
  }

  test("no step is begun when the time is up: what is not tried may work later", async () => {
    const { tried, results } = await performedBefore(20, { outcome: "done" });
    expect(tried).toEqual(["alice", "bob"]);
    expect(results.map(({ outcome, retryable }) => ({ outcome: outcome.outcome, retryable }))).toEqual([
      { outcome: "done", retryable: false },
      { outcome: "done", retryable: false },
      { outcome: "failed", retryable: true },
      { outcome: "failed", retryable: true },
    ]);
    expect(results[2]?.outcome.error).toBe("not tried: the invocation's time is up");
  });

  test("every step is tried once while there is time, and none again when it is up", async () => {
    const { tried, results } = await performedBefore(40, LOST);
    expect(tried).toEqual(["alice", "bob", "carol", "dave"]);
    expect(results.every(({ retryable }) => retryable)).toBe(true);
  });
});

describe("the second look at a containment", () => {
  const { containment: _, ...UNTOUCHED } = FINDING;
  const CONTAINED: Finding = { ...FINDING, status: "contained" };

  it.each<[string, Finding, boolean]>([
    ["detached something", CONTAINED, true],
    ["found everything gone", { ...UNTOUCHED, status: "contained" }, false],
    ["failed", FINDING, false],
  ])("is for one that %s: %s", (_name, finding, expected) => {
    expect(isContained(finding)).toBe(expected);
  });

  /** The principals that have TeamX when the lag is over: those that got it during the wait. */
  async function seenAgain(finding: Finding, ...reattached: readonly PrincipalName[]) {
    const world = new GuardedAccount();
    world.iam.createUser("mallory");
    world.iam.createPolicy("TeamX", KMS_STAR);
    world.clock.duringSleep(() => {
      for (const principal of reattached) world.iam.attachPolicy(principal, TEAM_X.arn);
    });
    const found = await verifyContainment(world.ports, [finding]);
    const names: string[] = [];
    for await (const { policy } of found ?? []) names.push(policy.name);
    return { sleptMs: world.clock.sleptMs, names };
  }

  it("comes after the enforcement lag, and finds what is attached again", async () => {
    expect(await seenAgain(CONTAINED, MALLORY)).toEqual({ sleptMs: [5_000], names: ["TeamX"] });
  });

  it("finds nothing where the policy is attached to nobody", async () => {
    expect(await seenAgain(CONTAINED)).toEqual({ sleptMs: [5_000], names: [] });
  });

  it("is not waited for where nothing was contained", async () => {
    expect(await seenAgain(FINDING, MALLORY)).toEqual({ sleptMs: [], names: [] });
  });
});

import type { ContainmentStep } from "@kms-guard/core/containment/steps.ts";
import { TestClock } from "@kms-guard/testing/fakes/test-clock.ts";
import { expect, test } from "vitest";
import { performSteps } from "./perform-steps.ts";
import type { WriteResult } from "./ports.ts";

const detach = (name: string): ContainmentStep => ({
  action: "detach-user-policy",
  target: { principal: { type: "user", name }, policyArn: "arn:aws:iam::111122223333:policy/Tools" },
});
const LOST: WriteResult = { outcome: "failed", error: "ECONNRESET: socket hang up", retryable: true };
const REFUSED: WriteResult = { outcome: "failed", error: "AccessDenied: no", retryable: false };

/** What became of the steps, where IAM answers each user's detaching as it stands here, one try after the other. */
async function performed(answers: Readonly<Record<string, readonly WriteResult[]>>, { isDone = false } = {}) {
  const left = new Map(Object.entries(answers).map(([name, results]) => [name, [...results]]));
  const steps = Object.keys(answers).map((name, index) => ({ index, step: detach(name), isDone }));
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
  const steps = ["alice", "bob", "carol", "dave"].map((name, index) => ({ index, step: detach(name) }));
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

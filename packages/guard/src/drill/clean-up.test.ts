import { TestClock } from "@kms-guard/testing/fakes/test-clock.ts";
import { expect, test } from "vitest";
import type { WriteResult } from "../ports.ts";
import type { Canary, CanaryStep } from "./canary.ts";
import { cleanUp } from "./clean-up.ts";

/** What is performed, and what is left, where IAM answers this. */
async function cleanedUp(
  made: Parameters<typeof cleanUp>[1],
  answer: (step: CanaryStep) => WriteResult = () => ({ outcome: "done" }),
) {
  const performed: CanaryStep[] = [];
  const canary: Canary = {
    policyName: "canary",
    policyArn: "arn:aws:iam::111122223333:policy/canary",
    roleName: "canary",
    perform: async (step) => {
      performed.push(step);
      return answer(step);
    },
    isAttached: async () => false,
  };
  return { left: await cleanUp(canary, made, new TestClock()), performed };
}

test.each<[Parameters<typeof cleanUp>[1], readonly CanaryStep[]]>([
  [{}, []],
  [{ policy: "perhaps" }, ["delete-policy"]],
  [{ policy: "surely" }, ["delete-policy"]],
  [{ policy: "surely", role: "perhaps" }, ["detach-role-policy", "delete-role", "delete-policy"]],
])("of %j it removes %j", async (made, performed) => {
  expect(await cleanedUp(made)).toEqual({ left: [], performed });
});

test("what is refused is left, and not tried again", async () => {
  const refused: WriteResult = { outcome: "failed", error: "AccessDenied", retryable: false };
  expect(await cleanedUp({ policy: "surely" }, () => refused)).toEqual({
    left: [{ step: "delete-policy", why: "AccessDenied" }],
    performed: ["delete-policy"],
  });
});

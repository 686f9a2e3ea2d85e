import { COMBINED, DEPLOY, INLINE, KMS_STAR, MALLORY, TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it } from "vitest";
import type { PrincipalName } from "../policy/policy.ts";
import {
  type ContainmentStep,
  commandFor,
  containmentPlan,
  inPlanOrder,
  inverse,
  outcomeOf,
  restorePlan,
  type StepOutcome,
  stepKey,
} from "./steps.ts";

const policyArn = "arn:aws:iam::111122223333:policy/TeamX";
const user = { type: "user", name: "mallory" } as const;
const role = { type: "role", name: "Deploy" } as const;
const at = "2026-11-23T03:00:09Z";

describe("containmentPlan", () => {
  it("detaches a managed policy from each principal, in the policy's order", () => {
    expect(containmentPlan(TEAM_X, [DEPLOY, MALLORY])).toEqual([
      { action: "detach-user-policy", target: { principal: user, policyArn } },
      { action: "detach-role-policy", target: { principal: role, policyArn } },
    ]);
  });

  it("deletes an inline policy and keeps its text", () => {
    expect(containmentPlan(INLINE, [MALLORY])).toEqual([
      {
        action: "delete-user-policy",
        target: { principal: user, policyName: "everything" },
        document: KMS_STAR,
      },
    ]);
  });

  it("has no step where a person decides which of a principal's policies to take", () => {
    expect(containmentPlan(COMBINED, [DEPLOY])).toEqual([]);
  });

  it("has no step for who does not hold the policy, nor for a boundary", () => {
    expect(containmentPlan(INLINE, [DEPLOY])).toEqual([]);
    expect(containmentPlan({ ...TEAM_X, attachments: [], boundaryOf: [user] }, [MALLORY])).toEqual([]);
  });
});

describe("outcomes", () => {
  const detach = (principal: PrincipalName): ContainmentStep => ({
    action: "detach-user-policy",
    target: { principal, policyArn },
  });
  const done = (principal: PrincipalName): StepOutcome => ({ ...detach(principal), outcome: "done", at });
  const alice = { type: "user", name: "alice" } as const;

  it.each<[PrincipalName, StepOutcome["outcome"] | undefined]>([
    [alice, "done"],
    [{ ...alice, name: "Alice" }, "done"],
    [{ ...alice, id: "AIDAALICE" }, "done"],
    [{ ...alice, id: "AIDAOTHER" }, undefined],
    [{ ...alice, type: "role" }, undefined],
  ])("of alice's step answer for %j with %s", (principal, expected) => {
    const known = "id" in principal ? { ...alice, id: "AIDAALICE" } : alice;
    expect(outcomeOf([done(user), done(known)], detach(principal))?.outcome).toBe(expected);
  });

  it.each<[PrincipalName, string]>([
    [{ ...alice, name: "Alice" }, `detach-user-policy#user/alice##${policyArn}`],
    [{ ...alice, id: "AIDAALICE" }, `detach-user-policy#user/alice#AIDAALICE#${policyArn}`],
  ])("of the step on %j have the key %s", (principal, key) => {
    expect(stepKey(detach(principal))).toBe(key);
  });

  it("are in the plan's order, then in that of their times", () => {
    const later = { ...done({ ...user, name: "later" }), at: "2026-11-23T03:00:11Z" };
    const sooner = { ...done({ ...user, name: "sooner" }), at: "2026-11-23T03:00:10Z" };
    expect(inPlanOrder([detach(alice), detach(user)], [later, done(user), sooner, done(alice)])).toEqual([
      done(alice),
      done(user),
      sooner,
      later,
    ]);
  });
});

describe("the way back", () => {
  it("attaches what was detached and puts what was deleted", () => {
    expect(
      inverse({
        action: "detach-group-policy",
        target: { principal: { type: "group", name: "G" }, policyArn },
      }),
    ).toEqual({
      action: "attach-group-policy",
      target: { principal: { type: "group", name: "G" }, policyArn },
    });
    expect(
      inverse({
        action: "delete-role-policy",
        target: { principal: role, policyName: "p" },
        document: " {}\n",
      }),
    ).toEqual({ action: "put-role-policy", target: { principal: role, policyName: "p" }, document: " {}\n" });
  });

  it("undoes only what was done, last first", () => {
    const detach = (name: string, outcome: StepOutcome["outcome"]): StepOutcome => ({
      action: "detach-user-policy",
      target: { principal: { type: "user", name }, policyArn },
      outcome,
      at,
    });
    const outcomes = [
      detach("a", "done"),
      detach("b", "already"),
      detach("c", "failed"),
      detach("d", "skipped"),
      detach("e", "done"),
    ];
    expect(restorePlan(outcomes)).toEqual([
      { action: "attach-user-policy", target: { principal: { type: "user", name: "e" }, policyArn } },
      { action: "attach-user-policy", target: { principal: { type: "user", name: "a" }, policyArn } },
    ]);
  });

  it("does not undo a restore", () => {
    expect(
      restorePlan([
        { action: "attach-user-policy", target: { principal: user, policyArn }, outcome: "done", at },
      ]),
    ).toEqual([]);
  });
});

describe("commandFor", () => {
  it("says each step as the AWS CLI has it", () => {
    expect(commandFor({ action: "detach-role-policy", target: { principal: role, policyArn } })).toBe(
      "aws iam detach-role-policy --role-name 'Deploy' --policy-arn 'arn:aws:iam::111122223333:policy/TeamX'",
    );
    expect(
      commandFor({
        action: "delete-user-policy",
        target: { principal: user, policyName: "p" },
        document: "{}",
      }),
    ).toBe("aws iam delete-user-policy --user-name 'mallory' --policy-name 'p'");
    expect(
      commandFor({
        action: "put-group-policy",
        target: { principal: { type: "group", name: "G" }, policyName: "p" },
        document: '{"a":"it\'s"}',
      }),
    ).toBe(
      `aws iam put-group-policy --group-name 'G' --policy-name 'p' --policy-document '{"a":"it'\\''s"}'`,
    );
  });

  it("leaves a shell nothing to run in a name", () => {
    const name = "a'; rm -rf / #$(id)`id`";
    expect(
      commandFor({ action: "detach-user-policy", target: { principal: { type: "user", name }, policyArn } }),
    ).toBe(
      "aws iam detach-user-policy --user-name 'a'\\''; rm -rf / #$(id)`id`' --policy-arn 'arn:aws:iam::111122223333:policy/TeamX'",
    );
  });

  it("keeps a name that begins with a hyphen from being an option", () => {
    expect(
      commandFor({
        action: "detach-user-policy",
        target: { principal: { type: "user", name: "-x" }, policyArn },
      }),
    ).toBe(
      "aws iam detach-user-policy --user-name='-x' --policy-arn 'arn:aws:iam::111122223333:policy/TeamX'",
    );
  });
});

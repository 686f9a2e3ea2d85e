import { ENFORCE } from "@kms-guard/testing/examples/team-x.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Exemption } from "../exemptions/exemption.ts";
import type { Attachment, Policy, PrincipalName } from "../policy/policy.ts";
import { decide } from "./decide.ts";
import {
  type ContainmentStep,
  containmentPlan,
  type RestoreStep,
  restorePlan,
  type StepOutcome,
} from "./steps.ts";

const type = fc.constantFrom("user", "role", "group");
const name = fc.constantFrom("a", "b", "C", "AWSReservedSSO_Set_0123456789abcdef", "Guard");
const principal: fc.Arbitrary<PrincipalName> = fc.record({ type, name });
const arn = fc.constantFrom("arn:aws:iam::111122223333:policy/P", "arn:aws:iam::aws:policy/P");
const document = fc.constantFrom("{}", '{"Statement":[]}', "not JSON");
const attachments: fc.Arbitrary<readonly Attachment[]> = fc.uniqueArray(principal, {
  selector: ({ type, name }) => `${type}/${name}`,
});

const managed: fc.Arbitrary<Policy> = fc.record({
  kind: fc.constantFrom("managed", "aws-managed"),
  arn,
  name: fc.constant("P"),
  versionId: fc.constant("v1"),
  document,
  attachments,
  boundaryOf: fc.array(principal),
});
const inline: fc.Arbitrary<Policy> = fc.record({
  kind: fc.constant("inline"),
  name: fc.constantFrom("x", "y"),
  principal,
  document,
});
const policy = fc.oneof(managed, inline);

const exemption: fc.Arbitrary<Exemption> = fc.record(
  {
    id: fc.constantFrom("ex-1", "ex-2"),
    account: fc.constantFrom("111122223333", "444455556666"),
    policy: fc.record({ kind: fc.constant("managed"), arn }),
    principal,
    documentSha256: fc.constantFrom("0".repeat(64)),
    reason: fc.string(),
    owner: fc.string(),
    createdBy: fc.string(),
    createdAt: fc.string(),
    expiresAt: fc.constantFrom("2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "soon"),
  },
  { requiredKeys: ["id", "account", "policy", "reason", "owner", "createdBy", "createdAt", "expiresAt"] },
);

const settings = fc.record({
  mode: fc.constantFrom("monitor", "enforce"),
  containAt: fc.constantFrom("full", "near-full"),
  awsManaged: fc.constantFrom("alert", "contain"),
  protectedPrincipals: fc.subarray(["user/a", "role/b", "group/C"]),
  maxAttachments: fc.nat(6),
});
const verdict = fc.record({
  name: fc.constantFrom("full", "near-full", "conditional-full", "scoped-full", "invalid", "none"),
  vacuous: fc.boolean(),
});
const given = fc.record(
  { policy, verdict, principalOfEvent: principal },
  { requiredKeys: ["policy", "verdict"] },
);
const exemptions = fc.oneof(fc.array(exemption), fc.constant("unreadable" as const));
const nowMs = fc.integer({ min: 0, max: Date.parse("2035-01-01T00:00:00Z") });

const RUNS = { numRuns: fc.readConfigureGlobal().numRuns ?? 3000 };

it("never contains in monitor mode, on exemptions that cannot be read, or what cannot be evaluated", () => {
  fc.assert(
    fc.property(given, exemptions, settings, nowMs, (input, exempt, set, now) => {
      const { action, plan } = decide(input, exempt, { ...ENFORCE, ...set }, now);
      if (set.mode === "monitor" || exempt === "unreadable" || input.verdict.name === "invalid") {
        expect(action).not.toBe("contain");
      }
      if (action === "contain") {
        expect(plan.length).toBeGreaterThan(0);
        expect(plan.length).toBeLessThanOrEqual(set.maxAttachments);
      }
    }),
    RUNS,
  );
});

it("never plans a step on a boundary, on a role only AWS can change, or contains one that is protected", () => {
  fc.assert(
    fc.property(given, exemptions, settings, nowMs, (input, exempt, set, now) => {
      const { action, plan } = decide(input, exempt, { ...ENFORCE, ...set }, now);
      const holders = input.policy.kind === "inline" ? [input.policy.principal] : input.policy.attachments;
      for (const { target } of plan) {
        expect(holders).toContainEqual(target.principal);
        const role = `${target.principal.type}/${target.principal.name}`;
        expect(role).not.toBe("role/AWSReservedSSO_Set_0123456789abcdef");
        if (action === "contain") expect([...set.protectedPrincipals, "role/Guard"]).not.toContain(role);
      }
    }),
    RUNS,
  );
});

/** An account as the steps see it: what each principal holds, in words. */
class ModelAccount {
  readonly held = new Map<string, string>();

  perform(step: ContainmentStep | RestoreStep): StepOutcome["outcome"] {
    const { principal } = step.target;
    const key = JSON.stringify([
      principal,
      "policyArn" in step.target ? step.target.policyArn : step.target.policyName,
    ]);
    const takes = /^(detach|delete)/.test(step.action);
    if (takes === !this.held.has(key)) return "already";
    if (takes) this.held.delete(key);
    else this.held.set(key, "document" in step ? step.document : "attached");
    return "done";
  }
}

it("restoring what a containment did leaves the account as it was, whatever stood and whatever failed", () => {
  fc.assert(
    fc.property(policy, fc.array(fc.boolean(), { maxLength: 20 }), fc.boolean(), (given, fails, isHeld) => {
      const holders = given.kind === "inline" ? [given.principal] : given.attachments;
      const plan = containmentPlan(given, holders);
      const account = new ModelAccount();
      const identity = given.kind === "inline" ? given.name : given.arn;
      for (const { type, name } of isHeld ? holders : holders.slice(1)) {
        const what = given.kind === "inline" ? given.document : "attached";
        account.held.set(JSON.stringify([{ type, name }, identity]), what);
      }
      const before = new Map(account.held);
      const outcomes = plan.map((step, index): StepOutcome => {
        const outcome = fails[index] === true ? "failed" : account.perform(step);
        return { ...step, outcome, at: "2026-11-23T03:00:09Z" };
      });
      if (!outcomes.some(({ outcome }) => outcome === "done")) expect(account.held).toEqual(before);
      else expect(account.held).not.toEqual(before);
      for (const step of restorePlan(outcomes)) account.perform(step);
      expect(account.held).toEqual(before);
    }),
    RUNS,
  );
});

import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { exemptedPolicy } from "@kms-guard/core/findings/subject.ts";
import { targetOfFinding } from "@kms-guard/guard/exemption-target.ts";
import { COMBINED_FINDING, EXEMPTION, FINDING } from "@kms-guard/testing/examples/team-x.ts";
import { GuardedAccount } from "@kms-guard/testing/fakes/guarded-account.ts";
import picocolors from "picocolors";
import { expect, test } from "vitest";
import { coverText, exemptionText } from "./text.ts";

const PLAIN = picocolors.createColors(false);
const BEFORE_MS = Date.parse("2026-11-23T03:00:08Z");
const OPERATOR = {
  account: "111122223333",
  region: "us-east-1",
  access: { region: "us-east-1" },
  arn: "arn:aws:iam::111122223333:user/alex",
};

function line(text: string, label: string): string | undefined {
  return new RegExp(`^  ${label} +(.*)$`, "m").exec(text)?.[1];
}

const INLINE_OWN = { kind: "inline", name: "own", principal: { type: "role", name: "Build" } } as const;
const TOGETHER = exemptedPolicy(COMBINED_FINDING.policy);

test.each<[string, Partial<Exemption>, string]>([
  ["every principal", {}, "arn:aws:iam::111122223333:policy/TeamX"],
  ["only role Deploy", { principal: { type: "role", name: "Deploy" } }, "policy/TeamX"],
  ["only role Build", { policy: INLINE_OWN }, "inline policy own of role/Build"],
  ["only role Deploy", { policy: TOGETHER }, "the policies of role/Deploy together"],
])("in the list an exemption covers %s: %j", (covers, exemption, named) => {
  const text = exemptionText({ ...EXEMPTION, ...exemption }, BEFORE_MS, PLAIN);
  expect(line(text, "covers")).toBe(covers);
  expect(text.split("\n")[0]).toContain(named);
});

test("before it asks, an exemption of policies together says that it is of their texts", async () => {
  const { ports, settings } = new GuardedAccount();
  const target = await targetOfFinding(ports.policies, COMBINED_FINDING, { ...settings, nowMs: BEFORE_MS });
  const { policy, documentSha256 } = target;
  const exemption = { ...EXEMPTION, policy, documentSha256 };
  const text = coverText(exemption, target, { operator: OPERATOR, stage: "prod" }, PLAIN);
  expect(text).toContain("Exempt the policies of role/Deploy together\n");
  expect(line(text, "covers")).toBe("role Deploy, as long as its policies are the same");
  expect(line(text, "document")).toBe(`only with SHA-256 ${"c0".repeat(32)}`);
  expect(text).not.toContain("note:");
});

test("before it asks, an exemption says where the policy is gone", async () => {
  const { ports, settings } = new GuardedAccount();
  const target = await targetOfFinding(ports.policies, FINDING, { ...settings, nowMs: BEFORE_MS });
  const text = coverText(EXEMPTION, target, { operator: OPERATOR, stage: "prod" }, PLAIN);
  expect(text).toContain("note: the policy does not exist now: the exemption applies if it is created again");
});

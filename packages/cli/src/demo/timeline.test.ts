import type { StepOutcome } from "@kms-guard/core/containment/steps.ts";
import { expect, it } from "vitest";
import { stepText } from "./timeline.ts";

const principal = { type: "role", name: "orders-api" } as const;
const managed = { principal, policyArn: "arn:aws:iam::111122223333:policy/team/key-tools" };
const inline = { principal, policyName: "all-but-iam" };
const ended = { outcome: "done", at: "2026-11-23T02:14:56Z" } as const;

it.each<[StepOutcome, string]>([
  [{ action: "detach-role-policy", target: managed, ...ended }, "detached key-tools from role orders-api"],
  [{ action: "attach-role-policy", target: managed, ...ended }, "attached key-tools to role orders-api"],
  [
    { action: "delete-role-policy", target: inline, document: "{}", ...ended },
    "deleted inline all-but-iam from role orders-api",
  ],
  [
    { action: "put-role-policy", target: inline, document: "{}", ...ended },
    "put inline all-but-iam back on role orders-api",
  ],
  [
    {
      action: "detach-role-policy",
      target: managed,
      ...ended,
      outcome: "failed",
      error: "AccessDenied: no",
    },
    "failed: detach-role-policy key-tools, role orders-api: AccessDenied: no",
  ],
])("writes %j", (step, text) => {
  expect(stepText(step)).toBe(text);
});

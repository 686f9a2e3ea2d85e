import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Canary } from "@kms-guard/guard/drill/canary.ts";
import type { Reaction } from "@kms-guard/guard/drill/drill.ts";
import { expect, test } from "vitest";
import { resultText } from "./text.ts";

const canary: Canary = {
  policyName: "kms-guard-drill-1",
  policyArn: "arn:aws:iam::111122223333:policy/kms-guard-drill-1",
  roleName: "kms-guard-drill-1",
  perform: () => Promise.reject(new Error("not in a text")),
  isAttached: () => Promise.reject(new Error("not in a text")),
};
const drill = { canary, mode: "enforce", sameOptions: " --stage prod", timeoutS: 180 } as const;

const FINDING: Finding = {
  schemaVersion: "1",
  id: "kg-0123456789abcdef",
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
  policy: { kind: "managed", arn: "", name: "kms-guard-drill-1", documentSha256: "" },
  evidence: [],
  missingActions: [],
  attachments: [],
  trigger: { kind: "event" },
  decision: { mode: "enforce", action: "alert", reason: "role is protected\u001b" },
  timing: { receivedAt: "" },
  nextSteps: [],
  links: {},
};
const alert: Reaction = {
  ...{ call: "CreatePolicy", finding: FINDING, calledAtMs: 1_000, atMs: 5_240, isSeenOnly: false },
};
const attachment: Reaction = { ...alert, call: "AttachRolePolicy", atMs: 3_000, isSeenOnly: true };

test("a drill that was passed", () => {
  expect(resultText({ ending: { kind: "passed" }, alert, attachment, left: [] }, drill)).toBe(
    `alert        4.2 s after CreatePolicy, finding kg-0123456789abcdef
containment  at most 2.0 s after AttachRolePolicy, finding kg-0123456789abcdef
removed      everything that the drill created
next: npx --no kms-guard show kg-0123456789abcdef --stage prod
`,
  );
});

test("in monitor mode, that nothing is detached", () => {
  const text = resultText(
    { ending: { kind: "passed" }, alert, attachment, left: [] },
    { ...drill, mode: "monitor" },
  );
  expect(text).toContain(
    "alert        at most 2.0 s after AttachRolePolicy, finding kg-0123456789abcdef; monitor mode detaches nothing\n",
  );
});

test("a guard that did not answer, with what is left", () => {
  const left = [
    { step: "detach-role-policy", why: "AccessDenied: not you" },
    { step: "delete-role", why: "DeleteConflict: attached" },
    { step: "delete-policy", why: "AccessDenied: \u001b[2J" },
  ] as const;
  const ending = { kind: "late", what: "containment", finding: FINDING } as const;
  expect(resultText({ ending, left }, drill)).toBe(
    `FAILED       the guard detached nothing within 180 s: role is protected\\u001b
next: npx --no kms-guard show kg-0123456789abcdef --stage prod
next: npx --no kms-guard doctor --stage prod
LEFT         could not remove everything that the drill created:
  AccessDenied: not you
  DeleteConflict: attached
  AccessDenied: \\u001b[2J
next: aws iam detach-role-policy --role-name kms-guard-drill-1 --policy-arn arn:aws:iam::111122223333:policy/kms-guard-drill-1
next: aws iam delete-role --role-name kms-guard-drill-1
next: aws iam delete-policy --policy-arn arn:aws:iam::111122223333:policy/kms-guard-drill-1
`,
  );
});

import type { ContainmentStep, StepOutcome } from "@kms-guard/core/containment/steps.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";

/** A managed policy with kms:* on a role and a group, found by an event, nothing done yet. */
export const FINDING: Finding = {
  schemaVersion: "1",
  id: "kg-00112233445566aa",
  status: "open",
  service: "kms",
  verdict: "full",
  vacuous: false,
  severity: "CRITICAL",
  title: "CRITICAL full kms:* granted by policy TeamX",
  reason: "Statement[0] allows kms:* on every key, without a condition",
  account: "111122223333",
  partition: "aws",
  region: "us-east-1",
  policy: {
    kind: "managed",
    arn: "arn:aws:iam::111122223333:policy/TeamX",
    name: "TeamX",
    versionId: "v3",
    documentSha256: "0f0e0d0c0b0a09080706050403020100f0e0d0c0b0a090807060504030201000",
  },
  evidence: [
    {
      path: "Statement[0]",
      sid: "Keys",
      effect: "Allow",
      actions: ["kms:*"],
      resources: ["*"],
      conditions: [],
      contributes: "allows every KMS action on every key",
    },
  ],
  missingActions: [],
  attachments: [
    { type: "role", name: "Deployer", arn: "arn:aws:iam::111122223333:role/ci/Deployer", state: "standing" },
    { type: "group", name: "Developers", members: 3, state: "standing" },
  ],
  trigger: {
    kind: "event",
    eventName: "CreatePolicyVersion",
    eventId: "5b1c5a5e-0000-4000-8000-000000000001",
    eventTime: "2026-03-04T05:06:07Z",
    actor: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/alex", sourceIp: "192.0.2.7", mfa: false },
  },
  change: { previousVersionId: "v2", previousVerdict: "none", diff: "-kms:Decrypt\n+kms:*" },
  decision: { mode: "enforce", action: "contain", reason: "full in enforce mode" },
  timing: { eventTime: "2026-03-04T05:06:07Z", receivedAt: "2026-03-04T05:06:12.345Z" },
  nextSteps: ["npx --no kms-guard show kg-00112233445566aa"],
  links: { history: "https://us-east-1.console.aws.amazon.com/cloudwatch/home" },
};

export const PLAN: readonly ContainmentStep[] = [
  {
    action: "detach-role-policy",
    target: {
      principal: { type: "role", name: "Deployer" },
      policyArn: "arn:aws:iam::111122223333:policy/TeamX",
    },
  },
  {
    action: "detach-group-policy",
    target: {
      principal: { type: "group", name: "Developers" },
      policyArn: "arn:aws:iam::111122223333:policy/TeamX",
    },
  },
];

/** What each step of `PLAN` came to: taken away. */
export const DONE: readonly StepOutcome[] = PLAN.map((step) => ({
  ...step,
  outcome: "done",
  at: "2026-03-04T05:06:13.000Z",
}));

export const EXEMPTION: Exemption = {
  id: "ex-1",
  account: "111122223333",
  policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/KeyAdministration" },
  principal: { type: "role", name: "KeyAdmin" },
  reason: "key ceremony",
  owner: "security@example.com",
  createdBy: "arn:aws:iam::111122223333:user/alex",
  createdAt: "2026-03-01T00:00:00Z",
  expiresAt: "2026-04-01T00:00:00Z",
};

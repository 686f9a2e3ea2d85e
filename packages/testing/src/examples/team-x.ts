import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type {
  Attachment,
  CombinedPolicies,
  InlinePolicy,
  ManagedPolicy,
} from "@kms-guard/core/policy/policy.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";

/** An invented account, a policy of a team in it, and what is found and decided about it: for tests to vary. */

export const ENFORCE: GuardSettings = {
  mode: "enforce",
  account: { id: "111122223333", partition: "aws" },
  service: KMS,
  region: "us-east-1",
  containAt: "near-full",
  awsManaged: "alert",
  protectedPrincipals: [],
  maxAttachments: 20,
  ownRoleArns: ["arn:aws:iam::111122223333:role/kms-guard/Guard"],
};

export const KMS_STAR =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}';

/** `printf %s "$KMS_STAR" | sha256sum` */
export const KMS_STAR_SHA256 = "d3a6b24daed27fd68f28b9bc88890d647c763b95e863ef2225ae24b6b9bd0aa0";

export const MALLORY: Attachment = { type: "user", name: "mallory" };
export const DEPLOY: Attachment = {
  type: "role",
  name: "Deploy",
  arn: "arn:aws:iam::111122223333:role/ci/Deploy",
};
export const ADMINS: Attachment = { type: "group", name: "Admins", members: 12 };
export const PERMISSION_SET: Attachment = { type: "role", name: "AWSReservedSSO_DataTeam_0123456789abcdef" };

export const TEAM_X: ManagedPolicy = {
  kind: "managed",
  arn: "arn:aws:iam::111122223333:policy/TeamX",
  name: "TeamX",
  versionId: "v3",
  document: KMS_STAR,
  attachments: [MALLORY, DEPLOY, ADMINS],
  boundaryOf: [],
};

export const ADMINISTRATOR_ACCESS: ManagedPolicy = {
  ...TEAM_X,
  kind: "aws-managed",
  arn: "arn:aws:iam::aws:policy/AdministratorAccess",
  name: "AdministratorAccess",
};

export const INLINE: InlinePolicy = {
  kind: "inline",
  name: "everything",
  principal: MALLORY,
  document: KMS_STAR,
};

/** Harmless policies of a role that are full together. */
export const COMBINED: CombinedPolicies = {
  kind: "combined",
  name: "Deploy",
  principal: { ...DEPLOY, id: "AROADEPLOY" },
  documentSha256: "c0".repeat(32),
};

export const FULL: Verdict = {
  name: "full",
  vacuous: false,
  severity: "CRITICAL",
  reason: "one statement allows every KMS action on every key",
  evidence: [
    {
      path: "Statement",
      sid: "Keys",
      effect: "Allow",
      actions: ["kms:*"],
      resources: ["*"],
      conditions: [],
      counts: true,
      contributes: "allows every KMS action on every key",
    },
  ],
  missingActions: [],
};

export const EXEMPTION: Exemption = {
  id: "ex-1",
  account: "111122223333",
  policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/TeamX" },
  reason: "migration of the key store",
  owner: "team-x@example.com",
  createdBy: "arn:aws:iam::111122223333:user/security",
  createdAt: "2026-11-01T00:00:00Z",
  expiresAt: "2026-12-01T00:00:00Z",
};

/** After a containment of which one step failed. */
export const FINDING: Finding = {
  schemaVersion: "1",
  id: "kg-0123456789abcdef",
  status: "containment-failed",
  service: "kms",
  verdict: "full",
  vacuous: false,
  severity: "CRITICAL",
  title: "full kms:* granted by managed policy TeamX to 3 principals",
  reason: "one statement allows every KMS action on every key",
  account: "111122223333",
  partition: "aws",
  region: "us-east-1",
  policy: {
    kind: "managed",
    arn: "arn:aws:iam::111122223333:policy/TeamX",
    name: "TeamX",
    versionId: "v3",
    documentSha256: KMS_STAR_SHA256,
  },
  evidence: [
    {
      path: "Statement",
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
    { ...MALLORY, state: "contained" },
    { ...DEPLOY, state: "failed" },
    { ...ADMINS, state: "contained" },
  ],
  trigger: {
    kind: "event",
    eventName: "CreatePolicyVersion",
    eventId: "0a1b2c3d-0000-4000-8000-000000000001",
    eventTime: "2026-11-23T03:00:00Z",
    actor: {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/Deploy/run-17",
      roleArn: "arn:aws:iam::111122223333:role/ci/Deploy",
      sourceIp: "203.0.113.7",
      userAgent: "aws-cli/2.31.0",
      mfa: false,
    },
  },
  change: {
    previousVersionId: "v2",
    previousVerdict: "none",
    diff: '@@ -1 +1 @@\n-      "Action": "kms:Decrypt"\n+      "Action": "kms:*"',
  },
  decision: { mode: "enforce", action: "contain", reason: "`full` is contained in enforce mode" },
  containment: {
    steps: [
      {
        action: "detach-user-policy",
        target: {
          principal: { type: "user", name: "mallory" },
          policyArn: "arn:aws:iam::111122223333:policy/TeamX",
        },
        outcome: "done",
        at: "2026-11-23T03:00:09Z",
      },
      {
        action: "detach-role-policy",
        target: {
          principal: { type: "role", name: "Deploy" },
          policyArn: "arn:aws:iam::111122223333:policy/TeamX",
        },
        outcome: "failed",
        error: "AccessDenied: explicit deny in a service control policy",
        at: "2026-11-23T03:00:10Z",
      },
      {
        action: "detach-group-policy",
        target: {
          principal: { type: "group", name: "Admins" },
          policyArn: "arn:aws:iam::111122223333:policy/TeamX",
        },
        outcome: "already",
        at: "2026-11-23T03:00:10Z",
      },
    ],
  },
  timing: { eventTime: "2026-11-23T03:00:00Z", receivedAt: "2026-11-23T03:00:08.200Z" },
  nextSteps: [
    "aws iam detach-role-policy --role-name 'Deploy' --policy-arn 'arn:aws:iam::111122223333:policy/TeamX'",
    "npx --no kms-guard restore kg-0123456789abcdef",
    "npx --no kms-guard show kg-0123456789abcdef",
  ],
  links: {
    policy:
      "https://console.aws.amazon.com/iam/home#/policies/details/arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2FTeamX",
    event:
      "https://console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events/0a1b2c3d-0000-4000-8000-000000000001",
  },
};

const { containment: _, change: __, ...OF_POLICY } = FINDING;

export const COMBINED_FINDING: Finding = {
  ...OF_POLICY,
  id: "kg-00000000c0b19ed0",
  status: "open",
  title: "full kms:* granted by the policies of role Deploy together",
  policy: {
    kind: "combined",
    name: "Deploy",
    principal: { type: "role", name: "Deploy", id: "AROADEPLOY" },
    documentSha256: "c0".repeat(32),
  },
  attachments: [{ ...DEPLOY, id: "AROADEPLOY", state: "standing" }],
  decision: {
    mode: "enforce",
    action: "alert",
    reason: "a person decides which of the policies to take away",
  },
  nextSteps: [
    "aws iam list-attached-role-policies --role-name 'Deploy'",
    "aws iam list-role-policies --role-name 'Deploy'",
    "npx --no kms-guard show kg-00000000c0b19ed0",
    "npx --no kms-guard exempt add kg-00000000c0b19ed0 --reason '...' --owner '...' --days 30",
  ],
  links: { policy: "https://console.aws.amazon.com/iam/home#/roles/details/Deploy" },
};

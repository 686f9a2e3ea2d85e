import {
  ADMINISTRATOR_ACCESS,
  COMBINED_FINDING,
  DEPLOY,
  FINDING,
  INLINE,
  KMS_STAR,
  KMS_STAR_SHA256,
  TEAM_X,
} from "@kms-guard/testing/examples/team-x.ts";
import { expect, it } from "vitest";
import type { Finding } from "./finding.ts";
import { type CurrentPolicy, isUnresolved, resolutionReason } from "./resolution.ts";

const HARMLESS =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:ListKeys","Resource":"*"}}';
const OPEN: Finding = { ...FINDING, status: "open" };
const UNATTACHED: Finding = { ...OPEN, attachments: [] };
const { arn, name } = ADMINISTRATOR_ACCESS;
const AWS_MANAGED: Finding["policy"] = {
  kind: "aws-managed",
  arn,
  name,
  versionId: "v3",
  documentSha256: KMS_STAR_SHA256,
};
const OWN: Finding = {
  ...OPEN,
  policy: {
    kind: "inline",
    name: "everything",
    principal: INLINE.principal,
    documentSha256: KMS_STAR_SHA256,
  },
};
const ARMED: Finding = { ...UNATTACHED, notInForce: "armed: `v3` is stored" };
const unversioned = {
  kind: "managed",
  arn: TEAM_X.arn,
  name: TEAM_X.name,
  documentSha256: KMS_STAR_SHA256,
} as const;
const STRANGER = { type: "user", name: "eve" } as const;

it.each<[string, Finding, CurrentPolicy]>([
  ["its text is in force, and all of its principals have it", OPEN, { policy: TEAM_X }],
  [
    "one of its principals is left",
    OPEN,
    { policy: { ...TEAM_X, attachments: [{ type: "role", name: DEPLOY.name }] } },
  ],
  ["it had no principals, and its text is in force", UNATTACHED, { policy: TEAM_X }],
  ["an inline policy has its text", OWN, { policy: INLINE }],
  ["only one policy is known of several together", COMBINED_FINDING, { policy: undefined }],
  [
    "its text is stored, though another is in force",
    ARMED,
    { policy: { ...TEAM_X, versionId: "v4", document: HARMLESS }, storedText: KMS_STAR },
  ],
])("a finding is not resolved while %s", (_, finding, now) => {
  expect(resolutionReason(finding, now)).toBeUndefined();
});

it.each<[string, string, Finding, CurrentPolicy]>([
  ["the policy is gone", "the policy is gone", OPEN, { policy: undefined }],
  [
    "another version is in force",
    "version v4 is in force instead",
    OPEN,
    { policy: { ...TEAM_X, versionId: "v4", document: HARMLESS } },
  ],
  [
    "only another principal has it",
    "none of its principals has the policy any more",
    OPEN,
    { policy: { ...TEAM_X, attachments: [STRANGER] } },
  ],
  [
    "it is on an AWS managed policy and had no principals",
    "none of its principals has the policy any more",
    { ...UNATTACHED, policy: AWS_MANAGED },
    { policy: { ...ADMINISTRATOR_ACCESS, attachments: [] } },
  ],
  [
    "an inline policy has another text",
    "another text has replaced it",
    OWN,
    { policy: { ...INLINE, document: HARMLESS } },
  ],
  [
    "its version is no longer stored",
    "version v3 is no longer stored",
    ARMED,
    { policy: { ...TEAM_X, versionId: "v4" } },
  ],
  [
    "its version has another text",
    "version v3 is no longer stored",
    ARMED,
    { policy: TEAM_X, storedText: HARMLESS },
  ],
  [
    "no version has its text, and its own is not known",
    "no stored version has its text",
    { ...ARMED, policy: unversioned },
    { policy: { ...TEAM_X, versionId: "v4" } },
  ],
])("a finding is resolved when %s", (_, reason, finding, now) => {
  expect(resolutionReason(finding, now)).toBe(reason);
});

it.each<[Finding["status"], boolean]>([
  ["open", true],
  ["containment-failed", true],
  ["exempt", true],
  ["restored", true],
  ["contained", false],
  ["resolved", false],
])("a finding that is %s may still be a violation: %s", (status, expected) => {
  expect(isUnresolved({ ...FINDING, status })).toBe(expected);
});

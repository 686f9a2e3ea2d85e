import type { Notice } from "@kms-guard/core/notifications/notice.ts";

export const NOTICE: Notice = {
  schemaVersion: "1",
  id: "kn-0011223344556677",
  kind: "malformed-record",
  severity: "HIGH",
  title: "a CloudTrail record could not be read",
  reason: "requestParameters.policyArn is missing",
  account: "111122223333",
  region: "us-east-1",
  at: "2026-03-04T05:06:12.345Z",
  data: {
    eventName: "CreatePolicyVersion",
    problems: [{ path: "requestParameters.policyArn", message: "is missing" }],
  },
  nextSteps: ["npx --no kms-guard scan --live"],
};

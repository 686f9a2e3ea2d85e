import { COMBINED_FINDING, FINDING, INLINE } from "@kms-guard/testing/examples/team-x.ts";
import { expect, it } from "vitest";
import type { Finding } from "./finding.ts";
import { exemptedPolicy, subjectKey, subjectKeyOfCall, subjectName, subjectText } from "./subject.ts";

const documentSha256 = "1".repeat(64);
const arn = "arn:aws:iam::aws:policy/AdministratorAccess";

it.each<[Finding["policy"], { key: string; text: string; name: string; exempted: unknown }]>([
  [
    FINDING.policy,
    {
      key: "111122223333/arn:aws:iam::111122223333:policy/teamx",
      text: "managed arn:aws:iam::111122223333:policy/TeamX v3",
      name: "arn:aws:iam::111122223333:policy/TeamX",
      exempted: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/TeamX" },
    },
  ],
  [
    { kind: "aws-managed", arn, name: "AdministratorAccess", documentSha256 },
    {
      key: "111122223333/arn:aws:iam::aws:policy/administratoraccess",
      text: "aws-managed arn:aws:iam::aws:policy/AdministratorAccess",
      name: arn,
      exempted: { kind: "managed", arn },
    },
  ],
  [
    { kind: "inline", name: "Own", principal: { type: "role", name: "Build" }, documentSha256 },
    {
      key: "111122223333/role/build/Own",
      text: "inline Own of role Build",
      name: "Own",
      exempted: { kind: "inline", name: "Own", principal: { type: "role", name: "Build" } },
    },
  ],
  [
    COMBINED_FINDING.policy,
    {
      key: "111122223333/combined/role/deploy",
      text: "the policies of role Deploy together",
      name: "Deploy",
      exempted: {
        kind: "combined",
        principal: { type: "role", name: "Deploy", id: "AROADEPLOY" },
        documentSha256: "c0".repeat(32),
      },
    },
  ],
])("the subject of %j", (policy, { key, text, name, exempted }) => {
  expect(subjectKey("111122223333", policy)).toBe(key);
  expect(subjectText(policy)).toBe(text);
  expect(subjectName(policy)).toBe(name);
  expect(exemptedPolicy(policy)).toEqual(exempted);
});

it.each([
  [
    { kind: "attachment", policyArn: arn, principal: INLINE.principal } as const,
    "111122223333/arn:aws:iam::aws:policy/administratoraccess",
  ],
  [
    { kind: "inline-policy", policyName: "Own", principal: { type: "role", name: "Build" } } as const,
    "111122223333/role/build/Own",
  ],
  [{ kind: "principal", principal: INLINE.principal } as const, undefined],
  [{ kind: "account" } as const, undefined],
])("a call on %j affects the subject %s", (scope, key) => {
  expect(subjectKeyOfCall({ account: "111122223333", scope })).toBe(key);
});

import { COMBINED_FINDING, FINDING } from "@kms-guard/testing/examples/team-x.ts";
import { expect, it } from "vitest";
import type { Finding } from "./finding.ts";
import { nextStepsFor } from "./next-steps.ts";

const STEPS = FINDING.containment?.steps ?? [];
const SHOW = "npx --no kms-guard show kg-00000000c0b19ed0";
const EXEMPT = "npx --no kms-guard exempt add kg-00000000c0b19ed0 --reason '...' --owner '...' --days 30";
const ofUser: Finding = {
  ...COMBINED_FINDING,
  policy: {
    kind: "combined",
    name: "alice",
    principal: { type: "user", name: "alice" },
    documentSha256: "",
  },
};

it.each<[string, Finding, readonly string[]]>([
  [
    "a role whose policies are a violation together",
    COMBINED_FINDING,
    [
      "aws iam list-attached-role-policies --role-name 'Deploy'",
      "aws iam list-role-policies --role-name 'Deploy'",
      SHOW,
      EXEMPT,
    ],
  ],
  [
    "a user, whose groups have policies too",
    ofUser,
    [
      "aws iam list-attached-user-policies --user-name 'alice'",
      "aws iam list-user-policies --user-name 'alice'",
      "aws iam list-groups-for-user --user-name 'alice'",
      SHOW,
      EXEMPT,
    ],
  ],
  [
    "a role of which some were taken",
    { ...COMBINED_FINDING, status: "contained", containment: { steps: STEPS.slice(0, 1) } },
    ["npx --no kms-guard restore kg-00000000c0b19ed0", SHOW, EXEMPT],
  ],
  ["one that is exempt", { ...ofUser, status: "exempt" }, [SHOW, "npx --no kms-guard exempt list"]],
])("the next steps for %s", (_, finding, expected) => {
  expect(nextStepsFor(finding, [])).toEqual(expected);
});

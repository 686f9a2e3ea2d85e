import { expect, it } from "vitest";
import { evidenceLines } from "./evidence.ts";

const ALLOW = {
  path: "Statement[0]",
  effect: "Allow",
  actions: ["kms:*"],
  resources: ["*"],
  conditions: [],
  contributes: "every action on every key",
} as const;

it("says what the statement says, then what it contributes", () => {
  expect(evidenceLines(ALLOW)).toEqual(["Statement[0]: Allow kms:* on *", "  every action on every key"]);
});

it("names the Sid, and each condition on a line of its own", () => {
  const conditions = [
    { operator: "StringEquals", key: "aws:PrincipalOrgID", values: ["o-a", "o-b"] },
    { operator: "Bool", key: "aws:MultiFactorAuthPresent", values: ["true"] },
  ];
  expect(evidenceLines({ ...ALLOW, sid: "Keys", conditions })).toEqual([
    "Statement[0] (Sid Keys): Allow kms:* on *",
    "  if StringEquals aws:PrincipalOrgID: o-a or o-b",
    "  if Bool aws:MultiFactorAuthPresent: true",
    "  every action on every key",
  ]);
});

it("names at most so many of a list, and counts the others", () => {
  const actions = ["kms:Decrypt", "kms:Encrypt", "kms:Sign"];
  expect(evidenceLines({ ...ALLOW, actions }, 2)).toContain(
    "Statement[0]: Allow kms:Decrypt, kms:Encrypt and 1 more on *",
  );
  expect(evidenceLines({ ...ALLOW, actions }, 3)).toContain(
    "Statement[0]: Allow kms:Decrypt, kms:Encrypt, kms:Sign on *",
  );
});

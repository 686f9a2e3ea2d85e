import { readFileSync } from "node:fs";
import type { Diagnosis } from "@kms-guard/guard/doctor/diagnosis.ts";
import { createColors } from "picocolors";
import { expect, test } from "vitest";
import { diagnosesText, worstOf } from "./text.ts";

const PLAIN = createColors(false);
const DEPLOYMENT = { stage: "prod", region: "us-east-1", account: "111122223333", mode: "monitor" } as const;
const OK: Diagnosis = { check: "rule", state: "ok", seen: "kms-guard-prod-iam-events is enabled" };
const WARNING: Diagnosis = {
  check: "subscriptions",
  state: "warning",
  seen: "security@example.com has not confirmed",
  fix: "confirm it",
};
const FAIL: Diagnosis = { check: "trail", state: "fail", seen: "everything is stopped", fix: "aws x" };

test("a line a check, under it how to fix it, and a count", () => {
  const golden = readFileSync(new URL("../../../../test/golden/doctor.txt", import.meta.url), "utf8");
  expect(diagnosesText(DEPLOYMENT, [FAIL, OK, WARNING], PLAIN)).toBe(golden);
});

test("escape sequences are written out", () => {
  const seen = "a rule\u001b[2J of\nsomebody";
  expect(diagnosesText(DEPLOYMENT, [{ ...OK, seen }], PLAIN)).toContain(
    "a rule\\u001b[2J of\\u000asomebody\n",
  );
});

test.each([
  [[OK, WARNING, FAIL], "fail"],
  [[OK, WARNING], "warning"],
  [[OK], "ok"],
])("the overall state is that of the worst check", (checks, state) => {
  expect(worstOf(checks)).toBe(state);
});

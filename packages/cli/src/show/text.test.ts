import { COMBINED_FINDING, FINDING } from "@kms-guard/testing/examples/team-x.ts";
import picocolors from "picocolors";
import { expect, it } from "vitest";
import { policyText } from "../output/finding-text.ts";
import { findingText } from "./text.ts";

const PLAIN = picocolors.createColors(false);

it.each([
  ["managed arn:aws:iam::111122223333:policy/TeamX v3", "TeamX", FINDING],
  ["the policies of role Deploy together", "the policies of role Deploy together", COMBINED_FINDING],
])("shows %s, and in a table %s", (shown, short, finding) => {
  expect(findingText(finding, [], "", PLAIN)).toMatch(new RegExp(`^  Policy +${shown}$`, "m"));
  expect(policyText(finding)).toBe(short);
});

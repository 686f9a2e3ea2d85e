import { expect, test } from "vitest";
import { isAllStars } from "../text/glob.ts";
import { actionComplaint } from "./read-statements.ts";

const WILD = "has a wildcard in its service prefix, which IAM does not take";
const TWO = "has more than one colon";
const NONE = "has no service prefix: an action is written `service:Name`, or `*`";
const EMPTY = "has no service prefix before its colon";

test.each([
  ["*", undefined],
  ["**", undefined],
  ["*:*", undefined],
  ["**:***", undefined],
  ["kms:*", undefined],
  ["KMS:Decrypt", undefined],
  ["kms:", undefined],
  ["kms:[a-z]*", undefined],
  ["aws-portal:View*", undefined],
  ["kms:*:*", TWO],
  ["kms::", TWO],
  ["*:*:*", TWO],
  ["*:Decrypt", WILD],
  ["k*:*", WILD],
  ["k?s:*", WILD],
  ["{kms,s3}:*", WILD],
  ["kms", NONE],
  ["kms*", NONE],
  ["", NONE],
  [":*", EMPTY],
  [":", EMPTY],
])("`%s`", (pattern, complaint) => {
  expect(actionComplaint(pattern)).toBe(complaint);
});

test.each([
  ["*", true],
  ["***", true],
  ["", false],
  ["*?", false],
  ["?*", false],
  ["* ", false],
])("isAllStars(`%s`) is %s", (pattern, expected) => {
  expect(isAllStars(pattern)).toBe(expected);
});

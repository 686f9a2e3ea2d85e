import { expect, test } from "vitest";
import { ArnGlob, arn } from "./arn-glob.ts";

const KEY = "arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c";

test.each([
  ["*", true],
  ["arn:*", true],
  ["arn:aws:kms:*:key/*", true],
  ["arn:aws:kms:*:*:key/*", true],
  ["arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c", true],
  ["arn:*:k?s:eu-*-1:1111*:k*y/0?1*", true],
  ["arn:aws:kms:*:*:*", true],
  ["a*:*c", true],
  ["a*:*b", false],
  ["arn:aws:kms:*:*:alias/*", false],
  ["arn:aws:kms:eu-west-2:*:*", false],
  ["arn:aws:kms:*:*:*:*", false],
  ["*:*:*:*:*:*:*", false],
  ["arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3", false],
  ["", false],
])("`%s`: %s", (glob, expected) => {
  expect(new ArnGlob(glob).matches(arn(KEY))).toBe(expected);
});

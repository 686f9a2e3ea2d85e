import { expect, test } from "vitest";
import { onlyWith, read, startOf } from "./glob.ts";

test.each([
  ["*", "", true],
  ["", "", true],
  ["", "a", false],
  ["a*", "a", true],
  ["a*", "ba", false],
  ["*a", "bba", true],
  ["*a", "ab", false],
  ["*ab*", "xaabx", true],
  ["*ab*", "xaxbx", false],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["*aab", "aaab", true],
  ["a**b", "ab", true],
  ["a*b*c", "abbcc", true],
  ["a*b*c", "acb", false],
  ["arn:*:key/*", "arn:aws:kms:eu-west-1:1:key/0", true],
  ["[a-z]", "a", false],
])("whether %j matches %j: %j", (glob, text, matches) => {
  expect(read(startOf(glob), text).accepts).toBe(matches);
});

test("the same rests are the same state", () => {
  expect(read(startOf("ab*c"), "ab")).toBe(startOf("*c"));
  expect(read(startOf("ab*c"), "ab")).not.toBe(startOf("c"));
});

test("what cannot match any more is left out", () => {
  const state = read(startOf("*:key/*"), "x:key/");
  expect(onlyWith(startOf("*:0"), new Set("0"))).toBe(onlyWith(startOf("x"), new Set("0")));
  expect(onlyWith(startOf("*0"), new Set("0")).rests).toEqual(["*0"]);
  expect(onlyWith(state, new Set("0")).accepts).toBe(true);
});

import { expect, test } from "vitest";
import { matches, onlyWith, read, startOf } from "./glob.ts";

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
])("whether %j matches %j: %j", (glob, text, expected) => {
  expect(matches(glob, text)).toBe(expected);
});

test("the same rests are the same states", () => {
  expect(read(startOf([["ab*c"]]), "ab")).toBe(startOf([["*c"]]));
  expect(read(startOf([["ab*c"]]), "ab")).not.toBe(startOf([["c"]]));
});

test("what cannot match any more is left out, and what is double", () => {
  const hex = new Set("0");
  expect(onlyWith(startOf([["*:0"], ["*0"], ["x", "*0"]]), hex)).toEqual({
    states: startOf([[], ["*0"]]),
    places: [0, 1, 1],
  });
  expect(onlyWith(read(startOf([["*:key/*"]]), "x:key/"), hex).states.accepts).toEqual([true]);
});

test("a list of globs matches what one of them matches", () => {
  const lists = startOf([["ab*", "*c"], []]);
  expect(read(lists, "abd").accepts).toEqual([true, false]);
  expect(read(lists, "dc").accepts).toEqual([true, false]);
  expect(read(lists, "da").accepts).toEqual([false, false]);
});

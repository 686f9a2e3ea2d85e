import { expect, test } from "vitest";
import { nearestWord } from "./nearest-word.ts";

const KNOWN = ["mode", "emails", "protectedPrincipals"];

test.each([
  ["protectedPrincipal", "protectedPrincipals"],
  ["protected_principals", "protectedPrincipals"],
  ["MODE", "mode"],
  ["mdoe", "mode"],
  ["email", "emails"],
])("`%s` is probably `%s`", (word, meant) => {
  expect(nearestWord(word, KNOWN)).toBe(meant);
});

test.each(["webhook", "", "x"])("`%s` is near none", (word) => {
  expect(nearestWord(word, KNOWN)).toBeUndefined();
});

test("nothing is near where nothing is known", () => {
  expect(nearestWord("mode", [])).toBeUndefined();
});

import { describe, expect, test } from "vitest";
import { foldAscii, globMatches, leastLength } from "./glob.ts";

describe("globMatches", () => {
  test.each([
    ["", ""],
    ["*", ""],
    ["*", "anything"],
    ["**", "a"],
    ["a*", "a"],
    ["a*c", "ac"],
    ["a*c", "abcbc"],
    ["*b*", "abc"],
    ["a?c", "abc"],
    ["*?", "a"],
    ["?*?", "ab"],
    ["*a*b*c", "xxaxxbxxcxxc"],
    ["*ab", "aab"],
    ["a*b?c", "aXbbXc"],
    ["k[a]", "k[a]"],
    ["a.c", "a.c"],
    ["\\*", "\\x"],
    ["?", "ä"],
  ])("`%s` matches `%s`", (pattern, text) => expect(globMatches(pattern, text)).toBe(true));

  test.each([
    ["", "a"],
    ["a", ""],
    ["?", ""],
    ["*?", ""],
    ["a*c", "ab"],
    ["a?c", "ac"],
    ["?*?", "a"],
    ["*b", "abc"],
    ["a", "A"],
    ["k[a]", "ka"],
    ["[a-z]", "k"],
    ["a.c", "abc"],
    ["\\*", "*"],
    ["a|b", "a"],
    ["^a$", "a"],
  ])("`%s` does not match `%s`", (pattern, text) => expect(globMatches(pattern, text)).toBe(false));

  test("stars without end are answered at once", () => {
    expect(globMatches(`${"*a".repeat(2000)}b`, "a".repeat(5000))).toBe(false);
    expect(globMatches(`${"*?".repeat(2000)}x`, "a".repeat(5000))).toBe(false);
    expect(globMatches("*".repeat(100_000), "a")).toBe(true);
  });
});

test.each([
  ["", 0],
  ["***", 0],
  ["a*b?c*", 4],
])("leastLength(`%s`) is %i", (pattern, length) => expect(leastLength(pattern)).toBe(length));

test.each([
  ["KMS:Decrypt", "kms:decrypt"],
  ["kms:*", "kms:*"],
  ["AZaz09[", "azaz09["],
  // The Kelvin sign, a long s, a full-width K: none of them is ASCII.
  ["\u212Am\u017F\uFF2B", "\u212Am\u017F\uFF2B"],
  ["", ""],
])("foldAscii(`%s`) is `%s`", (text, folded) => expect(foldAscii(text)).toBe(folded));

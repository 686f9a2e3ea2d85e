import { describe, expect, it } from "vitest";
import { printable, printableLines, shellWord } from "./printable.ts";

describe("printable", () => {
  it.each([
    ["plain text, é, 日本, 🔑", "plain text, é, 日本, 🔑"],
    ["\u001b[31mred", "\\u001b[31mred"],
    ["a\nb\r\tc", "a\\u000ab\\u000d\\u0009c"],
    ["\u009b2J", "\\u009b2J"],
    ["right\u202eleft", "right\\u202eleft"],
    ["zero\u200bwidth", "zero\\u200bwidth"],
    ["line\u2028break", "line\\u2028break"],
    ["tag\u{e0041}", "tag\\u{e0041}"],
    ["half \ud83d pair", "half \\ud83d pair"],
  ])("writes %j as %j", (given, expected) => {
    expect(printable(given)).toBe(expected);
  });

  it("keeps line breaks, and only them, in text of several lines", () => {
    expect(printableLines("a\n\u001bb\r\n")).toBe("a\n\\u001bb\\u000d\n");
  });
});

describe("shellWord", () => {
  it.each([
    ["arn:aws:iam::111122223333:policy/Team", "arn:aws:iam::111122223333:policy/Team"],
    ["my policies", "'my policies'"],
    ["$(rm -rf ~)", "'$(rm -rf ~)'"],
    ["it's", "'it'\\''s'"],
    ["", "''"],
  ])("writes %j as %j", (given, expected) => {
    expect(shellWord(given)).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import {
  oneLine,
  plainLines,
  printable,
  printableJson,
  printableLines,
  shellQuoted,
  shellWord,
} from "./untrusted.ts";

it.each([
  ["a line break", "a\r\nb", "a b"],
  ["a terminal's escape", "a\u001b[2Jb", "a [2Jb"],
  ["a C1 control", "a\u009bb", "a b"],
  ["a mark that turns the reading round", "a\u202eb", "a b"],
  ["a character that hides", "a\u200bb", "a b"],
  ["a line separator", "a\u2028b", "a b"],
  ["half a character", "a\ud800b", "a b"],
])("%s becomes a space", (_, text, line) => {
  expect(oneLine(text)).toBe(line);
});

it("everything that can be read stays", () => {
  expect(oneLine("arn:aws:iam::111122223333:user/Zoë `<&>` 鍵 🔑")).toBe(
    "arn:aws:iam::111122223333:user/Zoë `<&>` 鍵 🔑",
  );
});

it("lines keep their breaks and their indentation, and nothing else", () => {
  expect(plainLines('{\r\n  "a":\t1\u001b[2J\n}\r')).toEqual(["{", '  "a":  1 [2J', "}", ""]);
});

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

describe("printableJson", () => {
  it.each([
    [{ a: "plain, é, 鍵, 🔑" }, '{"a":"plain, é, 鍵, 🔑"}'],
    [{ a: "\u001b[31m\n" }, '{"a":"\\u001b[31m\\n"}'],
    [{ a: "\u009b\u202e\u200b" }, '{"a":"\\u009b\\u202e\\u200b"}'],
    [{ a: "tag\u{e0041}" }, '{"a":"tag\\udb40\\udc41"}'],
  ])("writes %j as the same value, and nothing that a terminal obeys", (given, expected) => {
    expect(printableJson(given)).toBe(expected);
    expect(JSON.parse(printableJson(given))).toEqual(given);
  });
});

describe("shellQuoted", () => {
  it.each([
    ["prod", "'prod'"],
    ["it's", "'it'\\''s'"],
    ['{\n  "Version": "2012-10-17"\n}', '\'{\n  "Version": "2012-10-17"\n}\''],
    ["", "''"],
  ])("writes %j as %j", (given, expected) => {
    expect(shellQuoted(given)).toBe(expected);
  });
});

describe("shellWord", () => {
  it.each([
    ["arn:aws:iam::111122223333:policy/Team", "arn:aws:iam::111122223333:policy/Team"],
    ["my policies", "'my policies'"],
    ["$(rm -rf ~)", "'$(rm -rf ~)'"],
    ["it's", "'it'\\''s'"],
    ["", "''"],
    ["a\u001b[2Jb", "'a\\u001b[2Jb'"],
  ])("writes %j as %j", (given, expected) => {
    expect(shellWord(given)).toBe(expected);
  });
});

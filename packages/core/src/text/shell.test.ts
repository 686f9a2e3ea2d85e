import { describe, expect, it } from "vitest";
import { shellQuoted, shellWord } from "./shell.ts";

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

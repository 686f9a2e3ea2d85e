import { expect, it } from "vitest";
import { oneLine, plainLines } from "./untrusted.ts";

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

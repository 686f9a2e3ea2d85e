import fc from "fast-check";
import { expect, it } from "vitest";
import { wrapLine } from "./wrap-line.ts";

const WIDTH = 40;

it.each<[string, string, readonly string[]]>([
  ["leaves alone what fits", "a".repeat(40), ["a".repeat(40)]],
  [
    "folds at spaces, and hangs what follows",
    "one two three four five six seven eight nine ten",
    ["one two three four five six seven eight", "  nine ten"],
  ],
  ["cuts a word that is longer", `${"a".repeat(45)} b`, ["a".repeat(38), `  ${"a".repeat(7)} b`]],
  [
    "keeps an indentation",
    `  ${"word ".repeat(9)}`.trimEnd(),
    ["  word word word word word word word", "    word word"],
  ],
  [
    "folds a command so that it can be pasted",
    "aws iam detach-user-policy --user-name 'mallory' --policy-arn 'arn'",
    ["aws iam detach-user-policy --user-name \\", "  'mallory' --policy-arn 'arn'"],
  ],
  [
    "closes and opens a long quoted word",
    "aws iam x --policy-arn 'arn:aws:iam::111122223333:policy/ALongNameOfAPolicy'",
    ["aws iam x --policy-arn \\", "  'arn:aws:iam::111122223333:policy/A'\\", "'LongNameOfAPolicy'"],
  ],
  [
    "does not take a sentence about a command for one",
    "kms-guardian angels watch over all the keys",
    ["kms-guardian angels watch over all the", "  keys"],
  ],
])("%s", (_, line, lines) => {
  expect(wrapLine(line, WIDTH, 2)).toEqual(lines);
});

it("keeps to the width whatever the line holds", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc
      .array(fc.constantFrom("aws ", "'", "\\", " ", "a", "-x='", "🔑", "abcdefghijklmnopqrstuvwxyz"), {
        maxLength: 60,
      })
      .map((parts) => `aws ${parts.join("")}`),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(0, 2), (line, hang) => {
      for (const part of wrapLine(line, WIDTH, hang)) expect(part.length).toBeLessThanOrEqual(WIDTH);
    }),
  );
});

it("loses nothing of a line but spaces", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (line) => {
      expect(wrapLine(line, WIDTH, 2).join("").replaceAll(" ", "")).toBe(line.replaceAll(" ", ""));
    }),
  );
});

import { readFileSync } from "node:fs";
import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { composeAlert } from "@kms-guard/core/notifications/compose.ts";
import { COMBINED_FINDING, FINDING } from "@kms-guard/testing/examples/team-x.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailText, wrapLine } from "./email-text.ts";

const EMPTY: Alert = {
  title: "t",
  severity: "HIGH",
  summary: "s",
  facts: [],
  sections: [],
  nextSteps: [],
  links: [],
};

it("is this e-mail", () => {
  const golden = new URL("../../../../test/golden/alert-email.txt", import.meta.url);
  expect(emailText(composeAlert(FINDING)).body).toBe(readFileSync(golden, "utf8"));
});

it("names the principal whose policies are a violation together", () => {
  const { subject, body } = emailText(composeAlert(COMBINED_FINDING));
  expect(subject).toBe(
    "kms-guard: CRITICAL not contained: full kms:* granted by the policies of role Deploy together",
  );
  expect(body).toContain("\nPolicy: the policies of role Deploy together\n");
  expect(body).toContain("\naws iam list-attached-role-policies --role-name 'Deploy'\n");
});

describe("the subject", () => {
  it.each([
    ["is the title", "CRITICAL contained: full kms:*", "kms-guard: CRITICAL contained: full kms:*"],
    ["has no line break", "a\r\nBcc: b", "kms-guard: a Bcc: b"],
    ["has no control character", "a\u001b[2J", "kms-guard: a [2J"],
    ["is ASCII", "Zoë 🔑", "kms-guard: Zo? ?"],
    ["may have 99 characters", "x".repeat(88), `kms-guard: ${"x".repeat(88)}`],
    ["has no more", "x".repeat(89), `kms-guard: ${"x".repeat(85)}...`],
  ])("%s", (_, title, subject) => {
    expect(emailText({ ...EMPTY, title }).subject).toBe(subject);
  });
});

it("has no heading without lines", () => {
  expect(emailText({ ...EMPTY, sections: [{ heading: "Proof", lines: [] }] }).body).toBe("t\n\ns\n");
});

it("lets a value begin no line of its own", () => {
  const facts = [{ label: "User agent", value: "x\nNEXT STEPS\naws iam create-user" }];
  expect(emailText({ ...EMPTY, facts }).body).toBe(
    "t\n\ns\n\nFACTS\nUser agent: x NEXT STEPS aws iam create-user\n",
  );
});

it("cuts what is very long, and says so", () => {
  const lines = Array.from({ length: 2000 }, (_, index) => `line ${index} of the proof`);
  const { body } = emailText({ ...EMPTY, sections: [{ heading: "Proof", lines }] });
  expect(body.length).toBeLessThanOrEqual(20_000);
  expect(body.endsWith("of the proof\n(cut here: the next steps say how to see the rest)\n")).toBe(true);
});

it("is cut within its limit, wherever a line ends", () => {
  const lines = Array.from({ length: 400 }, () => "x".repeat(71));
  const lengths = Array.from({ length: 72 }, (_, index) => {
    const alert = { ...EMPTY, summary: "s".repeat(index + 1), sections: [{ heading: "Proof", lines }] };
    return emailText(alert).body.length;
  });
  expect(Math.max(...lengths)).toBe(20_000);
});

describe("a long line", () => {
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
});

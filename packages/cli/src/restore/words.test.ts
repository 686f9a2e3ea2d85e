import { describe, expect, test } from "vitest";
import { cureFor, seconds, stepCommand, stepWords } from "./words.ts";

const BUILD = { type: "role", name: "Build" } as const;

describe("a step in words", () => {
  test.each([
    {
      step: {
        action: "attach-role-policy",
        target: { principal: BUILD, policyArn: "arn:aws:iam::111122223333:policy/team/Tools" },
      } as const,
      words: "attach managed policy Tools to role Build",
    },
    {
      step: {
        action: "put-role-policy",
        target: { principal: BUILD, policyName: "own" },
        document: "{}",
      } as const,
      words: "put inline policy own back on role Build",
    },
    {
      step: {
        action: "delete-user-policy",
        target: { principal: { type: "user", name: "\u001b[2J" }, policyName: "a\nb" },
        document: "{}",
      } as const,
      words: "delete inline policy a\\u000ab from user \\u001b[2J",
    },
  ])("$words", ({ step, words }) => {
    expect(stepWords(step)).toBe(words);
  });
});

describe("a step as a command", () => {
  const put = (document: string) =>
    stepCommand({ action: "put-role-policy", target: { principal: BUILD, policyName: "own" }, document });
  const command = (document: string) =>
    `aws iam put-role-policy --role-name 'Build' --policy-name 'own' --policy-document ${document}`;

  test("has the document in one line, quoted for a shell", () => {
    expect(put('{\n\t"Sid": "it\'s"\r\n}')).toBe(command(`'{"Sid":"it'\\''s"}'`));
  });

  test("has what a terminal would obey as JSON escapes, which mean the same", () => {
    expect(put('{"Sid":"\u202e"}')).toBe(command(`'{"Sid":"\\u202e"}'`));
  });

  test("has what is no JSON as it is, made printable", () => {
    expect(put("{\u001b}")).toBe(command("'{\\u001b}'"));
  });
});

test.each([
  { error: "LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10", cure: /no room/ },
  { error: "AccessDenied (service control policy): User: …", cure: /may not/ },
  { error: "NoSuchEntity: The role with name Build cannot be found.", cure: /no longer there/ },
])("a cure for $error", ({ error, cure }) => {
  expect(cureFor(error)).toMatch(cure);
});

test.each([["another document stands as `own`"], ["constructor: odd"], [""], [undefined]])(
  "no cure for %s",
  (error) => {
    expect(cureFor(error)).toBeUndefined();
  },
);

test("times without fractions", () => {
  expect(seconds("2026-03-02T09:00:10.123Z")).toBe("2026-03-02T09:00:10Z");
  expect(seconds("2026-03-02T09:00:10Z")).toBe("2026-03-02T09:00:10Z");
});

import { describe, expect, test } from "vitest";
import { stepCommand, stepText } from "./finding-text.ts";

const BUILD = { type: "role", name: "Build" } as const;

describe("a step", () => {
  test.each([
    {
      step: {
        action: "attach-role-policy",
        target: { principal: BUILD, policyArn: "arn:aws:iam::111122223333:policy/team/Tools" },
      } as const,
      text: "attach managed policy Tools to role Build",
    },
    {
      step: {
        action: "put-role-policy",
        target: { principal: BUILD, policyName: "own" },
        document: "{}",
      } as const,
      text: "put inline policy own back on role Build",
    },
    {
      step: {
        action: "delete-user-policy",
        target: { principal: { type: "user", name: "\u001b[2J" }, policyName: "a\nb" },
        document: "{}",
      } as const,
      text: "delete inline policy a\\u000ab from user \\u001b[2J",
    },
  ])("$text", ({ step, text }) => {
    expect(stepText(step)).toBe(text);
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

  test("writes escape sequences as JSON escapes, which mean the same", () => {
    expect(put('{"Sid":"\u202e"}')).toBe(command(`'{"Sid":"\\u202e"}'`));
  });

  test("keeps what is not JSON, made printable", () => {
    expect(put("{\u001b}")).toBe(command("'{\\u001b}'"));
  });
});

import { describe, expect, test } from "vitest";
import { type ExemptionRequest, newExemption, principalNamed } from "./new-exemption.ts";

const NOW_MS = Date.parse("2026-03-02T09:00:00Z");
const REQUEST: ExemptionRequest = {
  policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/Keys" },
  documentSha256: "0f".repeat(32),
  reason: "key ceremony",
  owner: "security@example.com",
  days: 30,
  by: "arn:aws:iam::111122223333:user/alex",
};
const INLINE = {
  kind: "inline",
  principal: { type: "role", name: "KeyAdmin" },
  name: "own",
} as const;

function problemsOf(request: Partial<ExemptionRequest>): readonly string[] {
  const made = newExemption({ ...REQUEST, ...request }, NOW_MS);
  return made.kind === "refused" ? made.problems.map(({ path, message }) => `${path} ${message}`) : [];
}

describe("an exemption", () => {
  test("counts from now for so many days, by whom, for what text and why", () => {
    expect(newExemption({ ...REQUEST, ticket: "OPS-17" }, NOW_MS)).toEqual({
      kind: "exemption",
      exemption: {
        id: expect.stringMatching(/^ke-[0-9a-f]{16}$/),
        policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/Keys" },
        documentSha256: "0f".repeat(32),
        reason: "key ceremony",
        owner: "security@example.com",
        ticket: "OPS-17",
        createdBy: "arn:aws:iam::111122223333:user/alex",
        createdAt: "2026-03-02T09:00:00.000Z",
        expiresAt: "2026-04-01T09:00:00.000Z",
      },
    });
  });

  test("has the reason and the owner without blanks around them", () => {
    const made = newExemption({ ...REQUEST, reason: " why \n", owner: "\tme " }, NOW_MS);
    expect(made).toMatchObject({ exemption: { reason: "why", owner: "me" } });
  });

  test("is the same for the same question, and another a moment later or on another principal", () => {
    const idOf = (request: Partial<ExemptionRequest>, nowMs = NOW_MS) => {
      const made = newExemption({ ...REQUEST, ...request }, nowMs);
      return made.kind === "exemption" ? made.exemption.id : "";
    };
    const id = idOf({});
    expect(idOf({})).toBe(id);
    expect(idOf({}, NOW_MS + 1)).not.toBe(id);
    expect(idOf({ principal: { type: "role", name: "KeyAdmin" } })).not.toBe(id);
  });

  test.each([
    { given: { days: 1 } },
    { given: { days: 365 } },
    { given: { reason: "..." } },
    { given: { reason: "x".repeat(500) } },
    { given: { principal: { type: "role", name: "KeyAdmin" } as const } },
    { given: { policy: INLINE, principal: { type: "role", name: "keyadmin" } as const } },
  ])("may have $given", ({ given }) => {
    expect(problemsOf(given)).toEqual([]);
  });

  test.each([
    { given: { reason: " " }, problem: "reason has 0 characters, not 1 to 500" },
    { given: { reason: "x".repeat(501) }, problem: "reason has 501 characters, not 1 to 500" },
    { given: { owner: "" }, problem: "owner has 0 characters, not 1 to 200" },
    { given: { ticket: "" }, problem: "ticket has 0 characters, not 1 to 100" },
    { given: { days: 0 }, problem: "days is 0, not a whole number from 1 to 365" },
    { given: { days: 366 }, problem: "days is 366, not a whole number from 1 to 365" },
    { given: { days: 1.5 }, problem: "days is 1.5, not a whole number from 1 to 365" },
    { given: { days: Number.NaN }, problem: "days is NaN, not a whole number from 1 to 365" },
    {
      given: { policy: INLINE, principal: { type: "user", name: "KeyAdmin" } as const },
      problem: "principal is not who has the inline policy: that is role/KeyAdmin",
    },
  ])("may not have $given", ({ given, problem }) => {
    expect(problemsOf(given)).toEqual([problem]);
  });

  test("tells all its problems at once", () => {
    expect(problemsOf({ reason: "", owner: "", days: 0 })).toHaveLength(3);
  });
});

describe("a principal's name", () => {
  test.each([
    { text: "role/KeyAdmin", named: { type: "role", name: "KeyAdmin" } },
    { text: "user/alex@example.com", named: { type: "user", name: "alex@example.com" } },
    { text: "group/Key-Admins", named: { type: "group", name: "Key-Admins" } },
  ])("is read from $text", ({ text, named }) => {
    expect(principalNamed(text)).toEqual(named);
  });

  test.each([
    ["KeyAdmin"],
    ["role/"],
    ["role/team/KeyAdmin"],
    ["Role/KeyAdmin"],
    ["policy/KeyAdmin"],
    ["role/*"],
    ["arn:aws:iam::111122223333:role/KeyAdmin"],
    [`role/${"x".repeat(129)}`],
  ])("is not read from %s", (text) => {
    expect(principalNamed(text)).toBeUndefined();
  });
});

import { COMBINED, EXEMPTION, INLINE, KMS_STAR_SHA256, TEAM_X } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it, test } from "vitest";
import {
  createExemption,
  type Exemption,
  type ExemptionRequest,
  type ExemptionSubject,
  exemptionCovers,
  isExpiring,
} from "./exemption.ts";

const NOW_MS = Date.parse("2026-11-23T03:00:08Z");
const mallory = { type: "user", name: "mallory" } as const;
const managed: ExemptionSubject = {
  account: "111122223333",
  policy: TEAM_X,
  principal: mallory,
  documentSha256: KMS_STAR_SHA256,
};
const inline: ExemptionSubject = { ...managed, policy: INLINE };
const ofInline: Exemption = {
  ...EXEMPTION,
  policy: { kind: "inline", principal: mallory, name: "everything" },
};

const deploy = { type: "role", name: "Deploy", id: "AROADEPLOY" } as const;
const together: ExemptionSubject = {
  account: "111122223333",
  policy: COMBINED,
  principal: deploy,
  documentSha256: COMBINED.documentSha256,
};
const ofTogether: Exemption = {
  ...EXEMPTION,
  policy: { kind: "combined", principal: deploy, documentSha256: COMBINED.documentSha256 },
};

describe("covers", () => {
  it.each<[string, Exemption, ExemptionSubject]>([
    ["what the texts that it names give together", ofTogether, together],
    ["the policy it names", EXEMPTION, managed],
    ["the inline policy it names", ofInline, inline],
    [
      "the principal it names, in any case",
      { ...EXEMPTION, principal: { type: "user", name: "Mallory" } },
      managed,
    ],
    [
      "the text it names, in any case of hex",
      { ...EXEMPTION, documentSha256: KMS_STAR_SHA256.toUpperCase() },
      managed,
    ],
  ])("%s", (_, exemption, subject) => {
    expect(exemptionCovers(exemption, subject, NOW_MS)).toBe(true);
  });
});

describe("does not cover", () => {
  it.each<[string, Exemption, ExemptionSubject]>([
    ["a managed policy of the inline one's name", ofInline, managed],
    [
      "what other texts give together",
      ofTogether,
      {
        ...together,
        policy: { ...COMBINED, documentSha256: KMS_STAR_SHA256 },
        documentSha256: KMS_STAR_SHA256,
      },
    ],
    [
      "the policies of a role that was created again under that name",
      ofTogether,
      { ...together, policy: { ...COMBINED, principal: { ...deploy, id: "AROAOTHER" } } },
    ],
    ["what one of the policies gives", ofTogether, { ...managed, documentSha256: COMBINED.documentSha256 }],
    ["what a policy gives with others", EXEMPTION, together],
    [
      "an inline policy of another name",
      { ...ofInline, policy: { kind: "inline", principal: mallory, name: "Everything" } },
      inline,
    ],
    [
      "another principal's inline policy of that name",
      {
        ...ofInline,
        policy: { kind: "inline", principal: { type: "role", name: "mallory" }, name: "everything" },
      },
      inline,
    ],
    ["a principal of another type", { ...EXEMPTION, principal: { type: "role", name: "mallory" } }, managed],
    ["the same policy of another account", EXEMPTION, { ...managed, account: "444455556666" }],
    ["another text", { ...EXEMPTION, documentSha256: "0".repeat(64) }, managed],
    ["what it once covered", { ...EXEMPTION, expiresAt: "2026-11-23T03:00:08Z" }, managed],
    ["anything, where its expiry is no date", { ...EXEMPTION, expiresAt: "never" }, managed],
  ])("%s", (_, exemption, subject) => {
    expect(exemptionCovers(exemption, subject, NOW_MS)).toBe(false);
  });
});

describe("expires soon", () => {
  it.each([
    ["a moment before", "2026-11-23T03:00:09Z", true],
    ["seven days before", "2026-11-30T03:00:08Z", true],
    ["more than seven days before", "2026-11-30T03:00:09Z", false],
    ["at its end", "2026-11-23T03:00:08Z", false],
    ["where its end is no date", "never", false],
  ])("%s", (_, expiresAt, expected) => {
    expect(isExpiring({ expiresAt }, NOW_MS)).toBe(expected);
  });
});

const ASKED_MS = Date.parse("2026-03-02T09:00:00Z");
const REQUEST: ExemptionRequest = {
  account: "111122223333",
  policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/Keys" },
  documentSha256: "0f".repeat(32),
  reason: "key ceremony",
  owner: "security@example.com",
  days: 30,
  by: "arn:aws:iam::111122223333:user/alex",
};
const INLINE_OWN = {
  kind: "inline",
  principal: { type: "role", name: "KeyAdmin" },
  name: "own",
} as const;

function problemsOf(request: Partial<ExemptionRequest>): readonly string[] {
  const made = createExemption({ ...REQUEST, ...request }, ASKED_MS);
  return made.kind === "refused" ? made.problems.map(({ path, message }) => `${path} ${message}`) : [];
}

describe("an exemption that is asked for", () => {
  test("counts from now for so many days, by whom, for what text and why", () => {
    expect(createExemption({ ...REQUEST, ticket: "OPS-17" }, ASKED_MS)).toEqual({
      kind: "exemption",
      exemption: {
        id: expect.stringMatching(/^ke-[0-9a-f]{16}$/),
        account: "111122223333",
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
    const made = createExemption({ ...REQUEST, reason: " why \n", owner: "\tme " }, ASKED_MS);
    expect(made).toMatchObject({ exemption: { reason: "why", owner: "me" } });
  });

  test("is the same for the same question, and another a moment later, on another principal or by another person", () => {
    const idOf = (request: Partial<ExemptionRequest>, nowMs = ASKED_MS) => {
      const made = createExemption({ ...REQUEST, ...request }, nowMs);
      return made.kind === "exemption" ? made.exemption.id : "";
    };
    const id = idOf({});
    expect(idOf({})).toBe(id);
    expect(idOf({}, ASKED_MS + 1)).not.toBe(id);
    expect(idOf({ principal: { type: "role", name: "KeyAdmin" } })).not.toBe(id);
    expect(idOf({ by: "arn:aws:iam::111122223333:user/eve" })).not.toBe(id);
  });

  test.each([
    { given: { days: 1 } },
    { given: { days: 365 } },
    { given: { reason: "..." } },
    { given: { reason: "x".repeat(500) } },
    { given: { principal: { type: "role", name: "KeyAdmin" } as const } },
    { given: { policy: INLINE_OWN, principal: { type: "role", name: "keyadmin" } as const } },
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
      given: { policy: INLINE_OWN, principal: { type: "user", name: "KeyAdmin" } as const },
      problem: "principal is not who has the inline policy: that is role/KeyAdmin",
    },
    {
      given: { policy: ofTogether.policy, principal: { type: "user", name: "Deploy" } as const },
      problem: "principal is not whose policies these are: that is role/Deploy",
    },
  ])("may not have $given", ({ given, problem }) => {
    expect(problemsOf(given)).toEqual([problem]);
  });

  test("is of the texts that a principal's policies have now, never of any", () => {
    const { documentSha256: _, ...anyVersion } = { ...REQUEST, policy: ofTogether.policy };
    expect(createExemption(anyVersion, ASKED_MS)).toEqual({
      kind: "refused",
      problems: [{ path: "any-version", message: "is for the versions of one policy" }],
    });
  });

  test("is refused with all its problems at once", () => {
    expect(problemsOf({ reason: "", owner: "", days: 0 })).toHaveLength(3);
  });
});

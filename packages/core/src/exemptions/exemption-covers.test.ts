import { describe, expect, it } from "vitest";
import { EXEMPTION, INLINE, KMS_STAR_SHA256, TEAM_X } from "../../../../test/examples/team-x.ts";
import type { Exemption } from "./exemption.ts";
import { type ExemptionSubject, exemptionCovers } from "./exemption-covers.ts";

const NOW_MS = Date.parse("2026-11-23T03:00:08Z");
const mallory = { type: "user", name: "mallory" } as const;
const managed: ExemptionSubject = { policy: TEAM_X, principal: mallory, documentSha256: KMS_STAR_SHA256 };
const inline: ExemptionSubject = { ...managed, policy: INLINE };
const ofInline: Exemption = {
  ...EXEMPTION,
  policy: { kind: "inline", principal: mallory, name: "everything" },
};

describe("covers", () => {
  it.each<[string, Exemption, ExemptionSubject]>([
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
    ["another text", { ...EXEMPTION, documentSha256: "0".repeat(64) }, managed],
    ["what it once covered", { ...EXEMPTION, expiresAt: "2026-11-23T03:00:08Z" }, managed],
    ["anything, where its expiry is no date", { ...EXEMPTION, expiresAt: "never" }, managed],
  ])("%s", (_, exemption, subject) => {
    expect(exemptionCovers(exemption, subject, NOW_MS)).toBe(false);
  });
});

import { describe, expect, test } from "vitest";
import type { Exemption } from "./exemption.ts";
import { exemptionNotice } from "./exemption-notice.ts";

const EXEMPTION: Exemption = {
  id: "ke-0011223344556677",
  policy: { kind: "inline", principal: { type: "role", name: "KeyAdmin" }, name: "own" },
  documentSha256: "0f0f",
  reason: "key ceremony",
  owner: "security@example.com",
  ticket: "OPS-17",
  createdBy: "arn:aws:iam::111122223333:user/alex",
  createdAt: "2026-03-02T09:00:00.000Z",
  expiresAt: "2026-04-01T09:00:00.000Z",
};
const BY = {
  by: "arn:aws:iam::111122223333:user/alex",
  account: "111122223333",
  region: "us-east-1",
  atMs: Date.parse("2026-03-02T09:00:00Z"),
};

describe("the notice of an exemption", () => {
  test("that is made says what, for whom, why, until when and by whom, as loudly as what it lets stand", () => {
    expect(exemptionNotice({ kind: "exemption-added", exemption: EXEMPTION, ...BY })).toEqual({
      schemaVersion: "1",
      id: expect.stringMatching(/^kn-[0-9a-f]{16}$/),
      kind: "exemption-added",
      severity: "HIGH",
      title: "inline policy own of role/KeyAdmin is exempt until 2026-04-01T09:00:00.000Z",
      reason: "arn:aws:iam::111122223333:user/alex lets the guard pass over it: key ceremony",
      account: "111122223333",
      region: "us-east-1",
      at: "2026-03-02T09:00:00.000Z",
      details: [
        { label: "Exemption", value: "ke-0011223344556677" },
        { label: "Policy", value: "inline policy own of role/KeyAdmin" },
        { label: "Text", value: "SHA-256 0f0f" },
        { label: "Reason", value: "key ceremony" },
        { label: "Owner", value: "security@example.com" },
        { label: "Ticket", value: "OPS-17" },
        { label: "Until", value: "2026-04-01T09:00:00.000Z" },
        { label: "Made by", value: "arn:aws:iam::111122223333:user/alex" },
      ],
      nextSteps: ["npx --no kms-guard exempt remove ke-0011223344556677", "npx --no kms-guard exempt list"],
    });
  });

  test("that is removed is no alarm, and says who did it", () => {
    const notice = exemptionNotice({ kind: "exemption-removed", exemption: EXEMPTION, ...BY });
    expect(notice).toMatchObject({
      severity: "INFO",
      title: "inline policy own of role/KeyAdmin is no longer exempt by ke-0011223344556677",
    });
    expect(notice.details).toContainEqual({ label: "Removed by", value: BY.by });
  });

  test("says where it is wider than one text, or narrower than whoever holds it", () => {
    const { documentSha256: _, ...wide } = EXEMPTION;
    const { details } = exemptionNotice({
      kind: "exemption-added",
      exemption: {
        ...wide,
        policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/Keys" },
        principal: { type: "role", name: "KeyAdmin" },
      },
      ...BY,
    });
    expect(details).toContainEqual({ label: "Text", value: "any version" });
    expect(details).toContainEqual({ label: "Only on", value: "role/KeyAdmin" });
  });
});

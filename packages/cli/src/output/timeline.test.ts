import { DONE, EXEMPTION, FINDING } from "@kms-guard/adapters/findings/finding.fixture.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { describe, expect, test } from "vitest";
import { timeline } from "./timeline.ts";

const CONTAINED = { ...FINDING, status: "contained", containment: { steps: DONE } } as const;
const TOLD = {
  status: "contained",
  at: "2026-03-04T05:06:14.200Z",
  takenAt: "2026-03-04T05:06:14Z",
} as const;

function whats(...given: Parameters<typeof timeline>): readonly string[] {
  return timeline(...given).map(({ what }) => what);
}

describe("the timeline", () => {
  test("goes from the call to the restore, and says who restored", () => {
    const restore: Exemption = {
      ...EXEMPTION,
      id: "ke-restore-kg-00112233445566aa",
      policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/TeamX" },
      documentSha256: FINDING.policy.documentSha256,
      reason: "release 4.2",
      createdAt: "2026-03-04T05:20:00.000Z",
      expiresAt: "2026-03-05T05:20:00.000Z",
    };
    expect(timeline(CONTAINED, [TOLD], [restore])).toEqual([
      {
        at: "2026-03-04T05:06:07Z",
        what: "CreatePolicyVersion by arn:aws:iam::111122223333:user/alex from 192.0.2.7",
      },
      { at: "2026-03-04T05:06:12.345Z", what: "received by the guard" },
      { at: "2026-03-04T05:06:13.000Z", what: "done: detach managed policy TeamX from role Deployer" },
      { at: "2026-03-04T05:06:13.000Z", what: "done: detach managed policy TeamX from group Developers" },
      { at: "2026-03-04T05:06:14.200Z", what: "notified: contained" },
      {
        at: "2026-03-04T05:20:00.000Z",
        what: "restored by arn:aws:iam::111122223333:user/alex, exempt until 2026-03-05T05:20:00.000Z: release 4.2",
      },
    ]);
  });

  test("begins with the sweep if there was no event", () => {
    const found = {
      ...FINDING,
      trigger: { kind: "sweep" },
      timing: { receivedAt: "2026-03-04T04:00:00Z" },
    } as const;
    expect(whats(found, [], [])).toEqual(["found by a sweep"]);
  });

  test("says why a step failed, and what ended it", () => {
    const [step] = DONE;
    if (step === undefined) throw new Error("the fixture has no step");
    const over = {
      ...FINDING,
      containment: { steps: [{ ...step, outcome: "failed", error: "AccessDenied: no" }] },
      resolution: {
        reason: "version v4 is in force instead",
        at: "2026-03-04T06:00:00Z",
        trigger: { kind: "event", eventName: "SetDefaultPolicyVersion", actor: { type: "Root" } },
      },
    } as const;
    expect(whats(over, [], []).slice(2)).toEqual([
      "failed: detach managed policy TeamX from role Deployer (AccessDenied: no)",
      "resolved: version v4 is in force instead (SetDefaultPolicyVersion by Root)",
    ]);
  });

  test("says of a repetition that it was only recorded, and of what came of it that it was told", () => {
    const recurrence = {
      count: 2,
      firstAt: "2026-03-04T05:00:00Z",
      lastAt: "2026-03-04T05:06:12.345Z",
      toldAt: "2026-03-04T05:00:00Z",
    };
    const restored = { ...TOLD, status: "restored", at: "2026-03-04T06:00:00Z" } as const;
    expect(whats({ ...FINDING, recurrence }, [TOLD, restored], []).slice(2)).toEqual([
      "recorded, notification suppressed (repeat): contained",
      "notified: restored",
    ]);
  });

  test.each([
    { what: "of another policy", exemption: EXEMPTION },
    {
      what: "of another text",
      exemption: {
        ...EXEMPTION,
        policy: { kind: "managed", arn: "arn:aws:iam::111122223333:policy/TeamX" } as const,
        documentSha256: "00",
      },
    },
    {
      what: "of an inline policy of the same name",
      exemption: {
        ...EXEMPTION,
        policy: { kind: "inline", principal: { type: "role", name: "Deployer" }, name: "TeamX" } as const,
      },
    },
  ])("leaves out an exemption $what", ({ exemption }) => {
    expect(whats(FINDING, [], [exemption])).toHaveLength(2);
  });
});

import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { describe, expect, test } from "vitest";
import { DONE, FINDING } from "../findings/finding.fixture.ts";
import { shortenFinding } from "./sns-channel.ts";

const within = (characters: number) => (finding: Finding) => JSON.stringify(finding).length <= characters;

describe("a finding that is too large to send", () => {
  test("is left as it is where it fits", () => {
    expect(shortenFinding(FINDING, within(10_000))).toBe(FINDING);
  });

  test("loses the documents of its steps first, which the table keeps", () => {
    const finding: Finding = {
      ...FINDING,
      containment: {
        steps: [
          ...DONE,
          {
            action: "delete-role-policy",
            target: { principal: { type: "role", name: "Deployer" }, policyName: "keys" },
            document: "x".repeat(50_000),
            outcome: "done",
            at: "2026-03-04T05:06:13.000Z",
          },
        ],
      },
    };
    const shorter = shortenFinding(finding, within(10_000));
    expect(shorter.containment?.steps.slice(0, 2)).toEqual(DONE);
    expect(shorter.containment?.steps[2]).toMatchObject({
      document: "(left out: 50000 characters)",
      outcome: "done",
    });
    expect(shorter.change).toEqual(FINDING.change);
    expect(shorter.nextSteps).toEqual([
      "npx --no kms-guard show kg-00112233445566aa",
      "npx --no kms-guard show kg-00112233445566aa  # all of it: this message was too long (documents of steps)",
    ]);
  });

  test("loses its diff before its evidence, and evidence before attachments", () => {
    const finding: Finding = {
      ...FINDING,
      change: { diff: "+".repeat(50_000) },
      evidence: FINDING.evidence.map((entry) => ({
        ...entry,
        resources: repeated("arn:aws:kms:::key", 3000),
      })),
      attachments: Array.from({ length: 30 }, (_, index) => ({
        type: "role",
        name: `Role${index}`,
        state: "standing",
      })),
    };
    const withoutDiff = shortenFinding(finding, within(80_000));
    expect(withoutDiff.change).toEqual({ diff: "(left out: 50000 characters)" });
    expect(withoutDiff.evidence[0]?.resources).toHaveLength(3000);
    const withoutEvidence = shortenFinding(finding, within(10_000));
    expect(withoutEvidence.evidence[0]?.resources).toHaveLength(20);
    expect(withoutEvidence.attachments).toHaveLength(30);
    expect(withoutEvidence.nextSteps.at(-1)).toContain("(diff, evidence)");
  });

  test("keeps its id, status, verdict and policy name whatever is cut", () => {
    const finding: Finding = {
      ...FINDING,
      reason: "r".repeat(100_000),
      missingActions: repeated("kms:ListAliases", 5000),
      attachments: repeated("Role", 5000).map((name) => ({ type: "role", name, state: "standing" })),
      containment: { steps: repeated("x", 2500).flatMap(() => DONE) },
    };
    const shorter = shortenFinding(finding, within(20_000));
    expect(shorter).toMatchObject({
      id: "kg-00112233445566aa",
      status: "open",
      verdict: "full",
      policy: { name: "TeamX" },
      reason: `${"r".repeat(256)}…`,
    });
    expect(shorter.attachments).toHaveLength(20);
    expect(shorter.containment?.steps).toHaveLength(20);
  });

  test("is an error where even that does not fit", () => {
    expect(() => shortenFinding(FINDING, within(100))).toThrow(
      "finding kg-00112233445566aa is too large to send",
    );
  });
});

function repeated(text: string, times: number): string[] {
  return Array.from({ length: times }, () => text);
}

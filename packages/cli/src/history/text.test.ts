import { FINDING } from "@kms-guard/adapters/findings/finding.fixture.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import { historyText } from "./text.ts";

const PLAIN = picocolors.createColors(false);

function lines(columns: number, ...findings: Partial<Finding>[]): readonly string[] {
  const told = findings.map((finding) => ({
    finding: { ...FINDING, ...finding },
    notifications: [
      { status: "open" as const, at: "2026-03-04T05:06:15.000Z", takenAt: "2026-03-04T05:06:15Z" },
    ],
  }));
  return historyText(told, [], columns, PLAIN).split("\n");
}

describe("the history", () => {
  test("is a table of one line a finding where there is room", () => {
    expect(
      lines(200, {}, { verdict: "conditional-full", vacuous: true, trigger: { kind: "sweep" } }),
    ).toEqual([
      "time                  verdict                     policy  actor      outcome     took   finding",
      "2026-03-04 05:06:07Z  full                        TeamX   user/alex  alert only  8.0 s  kg-00112233445566aa",
      "2026-03-04 05:06:07Z  conditional-full (vacuous)  TeamX   (sweep)    alert only  8.0 s  kg-00112233445566aa",
      "",
    ]);
  });

  test("cuts the longest names so that a line stays a line", () => {
    const policy = { ...FINDING.policy, name: "A".repeat(80) };
    const shown = lines(110, { policy });
    expect(shown.map((line) => line.length <= 110)).toEqual([true, true, true]);
    expect(shown[1]).toMatch(/ {2}A{20,}… {2}user\/alex {2}alert only {2}/);
  });

  test("is some lines a finding where there is no room", () => {
    expect(lines(60, {})).toEqual([
      "2026-03-04 05:06:07Z  full",
      "  kg-00112233445566aa",
      "  TeamX, by user/alex",
      "  alert only, 8.0 s",
      "",
    ]);
  });

  test("shows what a terminal would obey", () => {
    const policy = { ...FINDING.policy, name: "\u001b[2Jgone\n" };
    expect(lines(200, { policy })[1]).toContain("  \\u001b[2Jgone\\u000a  ");
  });
});

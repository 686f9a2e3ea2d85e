import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import picocolors from "picocolors";
import { describe, expect, it } from "vitest";
import { framedEmail, slackText } from "./text.ts";

const PAINT = picocolors.createColors(false);
const ALERT: Alert = {
  title: "CRITICAL open: full kms:*",
  severity: "CRITICAL",
  summary: "Allows <all> & more.",
  nextSteps: ["npx --no kms-guard show kg-1"],
  facts: [{ label: "Policy", value: "kms:* on * <now>" }],
  sections: [
    { heading: "Proof", lines: ["Allow kms:* on *"] },
    { heading: "Attached to", lines: ["role orders-api"] },
  ],
  links: [{ label: "Policy in the console", url: "https://console.aws.amazon.com/iam/home#/policies" }],
};

describe("the alert in Slack", () => {
  it("reads as Slack shows it: markup gone, code and escapes as they were written", () => {
    expect(slackText(ALERT, PAINT)).toEqual([
      "  ┃ CRITICAL open: full kms:*",
      "  ┃",
      "  ┃ Allows <all> & more.",
      "  ┃",
      "  ┃ Next steps",
      "  ┃ npx --no kms-guard show kg-1",
      "  ┃",
      "  ┃ Policy in the console",
      "  ┃",
      "  ┃ Policy: kms:* on * <now>",
      "  ┃",
      "  ┃ See more: Proof · Attached to",
    ]);
  });

  it("has no more to see where all is shown", () => {
    expect(slackText({ ...ALERT, sections: [] }, PAINT).at(-1)).toBe("  ┃ Policy: kms:* on * <now>");
  });
});

describe("the alert by e-mail", () => {
  it("has its subject, its body to the end, and a frame that fits", () => {
    const lines = framedEmail(ALERT, PAINT);
    expect(lines[1]).toBe(`  │ ${"Subject: kms-guard: CRITICAL open: full kms:*".padEnd(72)} │`);
    expect(lines).toContain(`  │ ${"NEXT STEPS".padEnd(72)} │`);
    expect(lines.at(-2)).toBe(`  │ ${"<https://console.aws.amazon.com/iam/home#/policies>".padEnd(72)} │`);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([78]));
  });
});

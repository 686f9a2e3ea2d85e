import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { composeAlert } from "@kms-guard/core/notifications/compose.ts";
import { FINDING } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it } from "vitest";
import { amazonQMessage } from "./amazon-q-message.ts";
import type { DeliveredAlert } from "./delivered-alerts.ts";

const EMPTY: Alert = {
  title: "t",
  severity: "HIGH",
  summary: "s",
  facts: [],
  sections: [],
  nextSteps: [],
  links: [],
};

const message = (alert: Partial<Alert>, rest: Partial<DeliveredAlert> = {}) =>
  amazonQMessage({ alert: { ...EMPTY, ...alert }, kind: "alarm", keywords: [], resources: [], ...rest });

it("is a custom notification, threaded by its finding", () => {
  const alert = {
    ...EMPTY,
    title: "CRITICAL contained",
    summary: "Done.",
    nextSteps: ["npx --no kms-guard show kg-1"],
  };
  expect(
    amazonQMessage({
      ...{ alert, kind: "finding", id: "kg-1", keywords: ["CRITICAL", "full", "contained"] },
      resources: ["arn:aws:iam::111122223333:policy/Tools"],
    }),
  ).toEqual({
    version: "1.0",
    source: "custom",
    content: {
      textType: "client-markdown",
      title: "CRITICAL contained",
      description: "Done.",
      nextSteps: ["`npx --no kms-guard show kg-1`"],
      keywords: ["CRITICAL", "full", "contained"],
    },
    metadata: {
      threadId: "kg-1",
      summary: "CRITICAL contained",
      eventType: "kms-guard-finding",
      relatedResources: ["arn:aws:iam::111122223333:policy/Tools"],
    },
  });
});

it("has no empty lists, and no thread of nothing", () => {
  expect(message({})).toEqual({
    version: "1.0",
    source: "custom",
    content: { textType: "client-markdown", title: "t", description: "s" },
    metadata: { summary: "t", eventType: "kms-guard-alarm" },
  });
});

it("says of a finding what it is, who did it, the proof and what to run", () => {
  const { title, description, nextSteps } = amazonQMessage({
    ...{ alert: composeAlert(FINDING), kind: "finding", id: FINDING.id, keywords: [], resources: [] },
  }).content;
  expect(title).toContain("TeamX");
  expect(description).toContain("arn:aws:iam::111122223333:policy/TeamX");
  expect(description).toContain("*Proof*\n```\n");
  expect(nextSteps?.[0]).toMatch(/^`aws iam detach-role-policy --role-name 'Deploy' [^`]*`$/);
});

describe("untrusted text", () => {
  it.each([
    ["mentions nobody", "@here <!channel> <@U123>", "＠here ‹!channel› ‹＠U123›"],
    [
      "is no link",
      "[a](https://example.com) <https://example.com|b>",
      "(a)(https://example.com) ‹https://example.com|b›",
    ],
    ["is no code and no emphasis", "`a` *b*", "'a' ∗b∗"],
    ["is one line", "a\n\u0000b\u202e", "a b"],
    [
      "keeps an address and a name as they are",
      "user ann@example.com of my_team",
      "user ann@example.com of my_team",
    ],
  ])("in title and summary %s", (_, text, shown) => {
    const { content, metadata } = message({ title: text, summary: text });
    expect([content.title, content.description, metadata.summary]).toEqual([shown, shown, shown]);
  });

  it("cannot leave its code", () => {
    const { description } = message({ facts: [{ label: "A*", value: "x` <!here> *b*" }] }).content;
    expect(description).toBe("s\n\n*A∗:* `x' ‹!here› *b*`");
  });

  it("cannot leave its code fence", () => {
    const { description } = message({
      sections: [{ heading: "Proof", lines: ["```", "  <!here>"] }],
    }).content;
    expect(description).toBe("s\n\n*Proof*\n```\n'''\n  ‹!here›\n```");
  });

  it("is a link only as an https address of its own", () => {
    const links = [
      "https://example.com/?a=1#b",
      "javascript:alert(1)",
      "https://example.com/|x>",
      "https://a b",
    ];
    const { description } = message({
      links: links.map((url) => ({ label: "In the [console]", url })),
    }).content;
    expect(description).toBe("s\n\nIn the (console): https://example.com/?a=1#b");
  });

  it("that is empty still has a place", () => {
    expect(message({ facts: [{ label: "A", value: "\u0000" }] }).content.description).toBe("s\n\n*A:* -");
  });
});

it("is cut last first, and says so", () => {
  const sections = Array.from({ length: 60 }, (_, index) => ({
    heading: `part ${index}`,
    lines: ["x".repeat(200)],
  }));
  const { description } = message({ sections }).content;
  expect(description).toContain("*part 0*");
  expect(description.endsWith("\n\nCut here: the next steps say how to see the rest.")).toBe(true);
});

it("names the first five steps", () => {
  const nextSteps = ["a", "b", "c", "d", "e", "f"];
  expect(message({ nextSteps }).content.nextSteps).toEqual(["`a`", "`b`", "`c`", "`d`", "`e`"]);
});

import { readFileSync } from "node:fs";
import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { composeAlert } from "@kms-guard/core/notifications/compose.ts";
import { COMBINED_FINDING, FINDING } from "@kms-guard/testing/examples/team-x.ts";
import type { KnownBlock } from "@slack/types";
import { describe, expect, it } from "vitest";
import { slackMessage } from "./slack-message.ts";

const EMPTY: Alert = {
  title: "t",
  severity: "HIGH",
  summary: "s",
  facts: [],
  sections: [],
  nextSteps: [],
  links: [],
};

function texts(blocks: readonly KnownBlock[]): readonly string[] {
  return blocks.flatMap((block) =>
    (block.type === "section" || block.type === "header") && block.text !== undefined
      ? [block.text.text]
      : [],
  );
}

/** The text of the only block after header and summary. */
function only(alert: Partial<Alert>): string | undefined {
  const [, , text, ...more] = texts(slackMessage({ ...EMPTY, ...alert }).blocks);
  expect(more).toEqual([]);
  return text;
}

it("is this message", () => {
  const golden = new URL("../../../../test/golden/alert-slack.json", import.meta.url);
  expect(slackMessage(composeAlert(FINDING))).toEqual(JSON.parse(readFileSync(golden, "utf8")));
});

it("names the principal whose policies are a violation together", () => {
  const { text, blocks } = slackMessage(composeAlert(COMBINED_FINDING));
  expect(text).toBe("CRITICAL not contained: full kms:* granted by the policies of role Deploy together");
  expect(texts(blocks).join("\n")).toContain("*Policy:* `the policies of role Deploy together`");
});

it("has the title as text for notifications", () => {
  expect(slackMessage({ ...EMPTY, title: "a <!here> & b" }).text).toBe("a &lt;!here&gt; &amp; b");
});

describe("untrusted text", () => {
  it.each<[string, Partial<Alert>, string]>([
    [
      "mentions nobody",
      { facts: [{ label: "Actor", value: "<!channel> <@U123> @here" }] },
      "*Actor:* `&lt;!channel&gt; &lt;@U123&gt; @here`",
    ],
    [
      "cannot leave its code",
      { facts: [{ label: "Policy", value: "x` *bold* <https://example.com|click>" }] },
      "*Policy:* `x' *bold* &lt;https://example.com|click&gt;`",
    ],
    [
      "cannot leave its code fence",
      { sections: [{ heading: "Proof", lines: ["```", "<!here>"] }] },
      "*Proof*\n```\n'''\n&lt;!here&gt;\n```",
    ],
    [
      "in a heading or label is not markup",
      { sections: [{ heading: "*a* `b` _c_", lines: ["x"] }] },
      "*a   b   c*\n```\nx\n```",
    ],
    [
      "cannot make a link lead elsewhere",
      { links: [{ label: "a|b", url: "https://example.com/?a=1&b=2|x><!here>" }] },
      "<https://example.com/?a=1&amp;b=2%7Cx%3E%3C!here%3E|a b>",
    ],
    ["that is empty still has a place", { facts: [{ label: "A", value: "\u0000" }] }, "*A:* -"],
    [
      "keeps the indentation of a proof",
      { sections: [{ heading: "P", lines: ["a", "  b"] }] },
      "*P*\n```\na\n  b\n```",
    ],
  ])("%s", (_, alert, text) => {
    expect(only(alert)).toBe(text);
  });

  it("is no link unless it is https", () => {
    expect(only({ links: [{ label: "a", url: "javascript:alert(1)" }] })).toBeUndefined();
  });
});

it("is never reworked by Slack", () => {
  const { blocks } = slackMessage(composeAlert(FINDING));
  for (const block of blocks) {
    if (block.type === "section" && block.text?.type === "mrkdwn") expect(block.text.verbatim).toBe(true);
  }
});

it("is cut last first, and says so", () => {
  const sections = Array.from({ length: 60 }, (_, index) => ({ heading: `part ${index}`, lines: ["x"] }));
  const { blocks } = slackMessage({ ...EMPTY, sections });
  expect(blocks).toHaveLength(50);
  expect(texts(blocks).at(-1)).toBe("Cut here: the next steps say how to see the rest.");
});

it("cuts a long part, and never within an entity", () => {
  const { blocks, text } = slackMessage({ ...EMPTY, title: "&".repeat(100) });
  expect(text).toBe(`${"&amp;".repeat(29)}…`);
  expect(texts(blocks)[0]).toBe(text);
});

import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import type { KnownBlock } from "@slack/types";
import fc from "fast-check";
import { expect, it } from "vitest";
import { amazonQMessage } from "./amazon-q-message.ts";
import { emailText } from "./email-text.ts";
import { slackMessage } from "./slack-message.ts";

/** An alert whose every text may be anything: names, Sids and reasons are written by whoever made the policy. */
const text = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: "binary", maxLength: 400 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "&".repeat(4000),
      "`".repeat(4000),
      "<!channel>\n".repeat(400),
      "@here ".repeat(100),
    ),
  },
);
const alert: fc.Arbitrary<Alert> = fc.record({
  title: text,
  severity: fc.constant("HIGH"),
  summary: text,
  facts: fc.array(fc.record({ label: text, value: text })),
  sections: fc.array(fc.record({ heading: text, lines: fc.array(text) }), { maxLength: 60 }),
  nextSteps: fc.array(text),
  links: fc.array(fc.record({ label: text, url: text.map((rest) => `https://${rest}`) })),
});

it("an e-mail is plain text in short lines", () => {
  fc.assert(
    fc.property(alert, (given) => {
      const { subject, body } = emailText(given);
      expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      expect(body.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(Math.max(...body.split("\n").map((line) => line.length))).toBeLessThanOrEqual(72);
      expect(body.length).toBeLessThanOrEqual(20_000);
    }),
  );
});

it("a Slack message keeps Slack's limits, and mentions nobody", () => {
  fc.assert(
    fc.property(alert, (given) => {
      const { blocks, text } = slackMessage(given);
      expect(text.length).toBeLessThanOrEqual(150);
      expect(blocks.length).toBeLessThanOrEqual(50);
      expect(JSON.stringify(blocks).length).toBeLessThan(13_000);
      for (const [index, each] of blocks.flatMap(textOf).entries()) {
        expect(each.length).toBeLessThanOrEqual(index === 0 ? 150 : 3000);
        expect(each).not.toContain("<!");
        // Title and summary are plain_text, which has no fences to break.
        if (index >= 2) expect(each.match(/```/g)?.length ?? 2).toBe(2);
      }
    }),
  );
});

function textOf(block: KnownBlock): readonly string[] {
  if (block.type !== "section" && block.type !== "header") return [];
  return block.text === undefined ? [] : [block.text.text];
}

it("a custom notification keeps Amazon Q's limits, and mentions nobody", () => {
  fc.assert(
    fc.property(alert, (given) => {
      const sent = amazonQMessage({
        alert: given,
        kind: "alarm",
        id: given.title,
        keywords: [given.title],
        resources: [],
      });
      expect(sent.content.title.length).toBeLessThanOrEqual(150);
      expect(sent.content.description.length).toBeLessThanOrEqual(2_800);
      expect(sent.metadata.summary.length).toBeLessThanOrEqual(250);
      for (const step of sent.content.nextSteps ?? []) expect(step.length).toBeLessThanOrEqual(302);
      expect(JSON.stringify([sent.content, sent.metadata.summary])).not.toMatch(/[<>]/);
      expect((sent.content.description.match(/```/g) ?? []).length % 2).toBe(0);
    }),
  );
});

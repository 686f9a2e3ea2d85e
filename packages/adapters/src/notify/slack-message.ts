import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { oneLine, plainLines } from "@kms-guard/core/text/untrusted.ts";
import type { KnownBlock, SectionBlock } from "@slack/types";

/** Slack refuses a header over 150, a section over 3000, more than 50 blocks, and about 13000 characters in all. */
const HEADER = 150;
const SECTION = 2800;
const TEXT = 2000;
const BLOCKS = 48;
const MESSAGE = 12_000;
const LABEL = 100;
const VALUE = 500;

/**
 * An alert as a Slack message. All its text is untrusted: `&`, `<` and `>` are escaped, so that no mention and no link
 * can be made of it; mrkdwn is `verbatim`, so that Slack makes none by itself; and what AWS or the caller wrote is
 * in code, its backticks turned into apostrophes, so that it cannot end the code. What does not fit is cut, last first.
 * https://docs.slack.dev/reference/block-kit/blocks
 */
export function slackMessage(alert: Alert): { readonly text: string; readonly blocks: KnownBlock[] } {
  const title = escaped(oneLine(alert.title), HEADER);
  const links = alert.links.flatMap(({ label, url }) => link(label, url));
  const facts = alert.facts.map(({ label, value }) => `*${plain(label, LABEL)}:* ${code(value)}`);
  const sections = [
    ...section([escaped(oneLine(alert.summary), TEXT)], "plain_text"),
    ...fenced("Next steps", alert.nextSteps.map(oneLine)),
    ...section(links.length === 0 ? [] : [links.join(" · ")]),
    ...section(facts),
    ...alert.sections.flatMap(({ heading, lines }) => fenced(heading, lines)),
  ];
  return {
    text: title,
    blocks: [
      { type: "header", text: { type: "plain_text", text: title, emoji: false } },
      ...fitting(sections),
    ],
  };
}

/** Lines of Slack's own markup as one section, as many as fit. */
function section(lines: readonly string[], type: "mrkdwn" | "plain_text" = "mrkdwn"): SectionBlock[] {
  const text = withinRoom(lines, SECTION).join("\n");
  if (text === "") return [];
  return [
    {
      type: "section",
      text: type === "mrkdwn" ? { type, text, verbatim: true } : { type, text, emoji: false },
    },
  ];
}

function fenced(heading: string, lines: readonly string[]): SectionBlock[] {
  const title = `*${plain(heading, LABEL)}*`;
  const clean = lines.flatMap(plainLines).map((line) => escaped(withoutBackticks(line), TEXT));
  const body = withinRoom(clean, SECTION - title.length - 20).join("\n");
  return body.trim() === "" ? [] : section([`${title}\n\`\`\`\n${body}\n\`\`\``]);
}

/** The first blocks that fit a message, and a word where some do not. */
function fitting(sections: readonly SectionBlock[]): SectionBlock[] {
  let length = 0;
  const end = sections.findIndex((block, index) => {
    length += JSON.stringify(block).length;
    return index >= BLOCKS || length > MESSAGE;
  });
  return end === -1
    ? [...sections]
    : [...sections.slice(0, end), ...section(["Cut here: the next steps say how to see the rest."])];
}

function withinRoom(lines: readonly string[], room: number): readonly string[] {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += line.length + 1;
    return length > room;
  });
  return end === -1 ? lines : [...lines.slice(0, end), "…"];
}

function code(text: string): string {
  const inside = escaped(withoutBackticks(oneLine(text)), VALUE);
  return inside === "" ? "-" : `\`${inside}\``;
}

/** A label or heading: without the marks that mrkdwn reads. */
function plain(text: string, room: number): string {
  return escaped(oneLine(text.replace(/[*_~`]/g, " ")), room);
}

function link(label: string, url: string): readonly string[] {
  if (!url.startsWith("https://")) return [];
  const address = oneLine(url)
    .replaceAll("&", "&amp;")
    .replace(/[<>|\s]/g, encodeURIComponent);
  return address.length > 900 ? [] : [`<${address}|${plain(label, LABEL).replaceAll("|", " ")}>`];
}

function withoutBackticks(text: string): string {
  return text.replaceAll("`", "'");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Clean text escaped as Slack wants it, at most `room`: cut before a character, never within an entity. */
function escaped(text: string, room: number): string {
  let result = "";
  for (const character of text) {
    const written = ENTITIES[character] ?? character;
    if (result.length + written.length > room - 1) return `${result}…`;
    result += written;
  }
  return result;
}

import { oneLine, plainLines } from "@kms-guard/core/text/untrusted.ts";
import type { DeliveredAlert } from "./delivered-alerts.ts";

/** A custom notification. https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html */
export interface AmazonQMessage {
  readonly version: "1.0";
  readonly source: "custom";
  readonly content: {
    readonly textType: "client-markdown";
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords?: readonly string[];
  };
  readonly metadata: {
    readonly threadId?: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources?: readonly string[];
  };
}

// Below the limits of any chat: Slack's 150 of a header and 3000 of a section are the least.
const TITLE = 150;
const DESCRIPTION = 2_800;
const SUMMARY = 250;
const STEPS = 5;
const STEP = 300;
const KEYWORDS = 5;
const KEYWORD = 50;
const RESOURCES = 5;
const RESOURCE = 2_048;
const LABEL = 100;
const VALUE = 500;
const LINE = 500;

/**
 * An alert as Amazon Q Developer in chat applications shows it on Slack and on Teams; all alerts on one finding are one
 * thread. All text is untrusted, and the two chats read different markup. So what AWS or the caller wrote is in code,
 * with apostrophes for backticks; in title and summary, look-alikes replace the characters of mentions, links and
 * emphasis. What does not fit is cut, last first.
 */
export function amazonQMessage(delivered: DeliveredAlert): AmazonQMessage {
  const { alert, kind, id, keywords, resources } = delivered;
  const parts = [
    plain(alert.summary, DESCRIPTION / 2),
    alert.facts.map(({ label, value }) => `*${plain(label, LABEL)}:* ${code(value, VALUE)}`).join("\n"),
    alert.links.flatMap(({ label, url }) => link(label, url)).join("\n"),
    ...alert.sections.map(({ heading, lines }) => fenced(heading, lines)),
  ];
  const nextSteps = alert.nextSteps.slice(0, STEPS).map((step) => code(step, STEP));
  return {
    version: "1.0",
    source: "custom",
    content: {
      textType: "client-markdown",
      title: plain(alert.title, TITLE),
      description: fitting(parts.filter((part) => part !== "")),
      ...(nextSteps.length > 0 && { nextSteps }),
      ...(keywords.length > 0 && {
        keywords: keywords.slice(0, KEYWORDS).map((word) => plain(word, KEYWORD)),
      }),
    },
    metadata: {
      ...(id !== undefined && { threadId: cut(oneLine(id), LABEL) }),
      summary: plain(alert.title, SUMMARY),
      eventType: `kms-guard-${kind}`,
      ...(resources.length > 0 && {
        relatedResources: resources.slice(0, RESOURCES).map((arn) => cut(oneLine(arn), RESOURCE)),
      }),
    },
  };
}

/** The first parts that fit, and a word where some do not. */
function fitting(parts: readonly string[]): string {
  const rest = "Cut here: the next steps say how to see the rest.";
  let length = rest.length;
  const end = parts.findIndex((part) => {
    length += part.length + 2;
    return length > DESCRIPTION;
  });
  return (end === -1 ? parts : [...parts.slice(0, end), rest]).join("\n\n");
}

function fenced(heading: string, lines: readonly string[]): string {
  const clean = lines.flatMap(plainLines).map((line) => cut(withoutMarks(line), LINE));
  if (clean.every((line) => line.trim() === "")) return "";
  let length = 0;
  const end = clean.findIndex((line) => {
    length += line.length + 1;
    return length > DESCRIPTION / 2;
  });
  const body = end === -1 ? clean : [...clean.slice(0, end), "…"];
  return `*${plain(heading, LABEL)}*\n\`\`\`\n${body.join("\n")}\n\`\`\``;
}

/** Both chats make a link of a plain address; their markup for a named link differs. */
function link(label: string, url: string): readonly string[] {
  return /^https:\/\/[^\s<>|`()[\]]{1,500}$/.test(url) ? [`${plain(label, LABEL)}: ${url}`] : [];
}

function code(text: string, room: number): string {
  const inside = cut(withoutMarks(oneLine(text)), room);
  return inside === "" ? "-" : `\`${inside}\``;
}

/** Code ends at a backtick, and `<!channel>` and `<https://…|…>` are Slack's even within it. */
function withoutMarks(text: string): string {
  return text.replace(/[`<>]/g, (character) => LIKES[character] ?? "");
}

const LIKES: Readonly<Record<string, string>> = {
  ...{ "<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "*": "∗", "@": "＠" },
};

/** An `@` in a word, as of a mail address, is no mention. */
function plain(text: string, room: number): string {
  return cut(
    oneLine(text).replace(/[<>[\]`*]|(?<!\w)@/g, (character) => LIKES[character] ?? ""),
    room,
  );
}

/** At most `room` characters, cut before one. */
function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  let result = "";
  for (const character of text) {
    if (result.length + character.length > room - 1) break;
    result += character;
  }
  return `${result}…`;
}

import { emailText } from "@kms-guard/adapters/notify/email-text.ts";
import { slackMessage } from "@kms-guard/adapters/notify/slack-message.ts";
import { wrapLine } from "@kms-guard/adapters/notify/wrap-line.ts";
import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import type { Paint } from "../io/paint.ts";

const COLUMNS = 72;

/** The whole e-mail of the alert, in a frame. */
export function framedEmail(alert: Alert, paint: Paint): readonly string[] {
  const { subject, body } = emailText(alert);
  const rule = "─".repeat(COLUMNS + 2);
  const side = paint.dim("│");
  const row = (line: string, shown = line) =>
    `  ${side} ${shown}${" ".repeat(COLUMNS - line.length)} ${side}`;
  return [
    paint.dim(`  ┌${rule}┐`),
    ...wrapLine(`Subject: ${subject}`, COLUMNS, 2).map((line) => row(line, paint.bold(line))),
    paint.dim(`  ├${rule}┤`),
    ...body
      .trimEnd()
      .split("\n")
      .map((line) => row(line)),
    paint.dim(`  └${rule}┘`),
  ];
}

/** How many blocks of a message Slack shows before "See more". */
const BLOCKS = 5;

/** The first blocks of the alert's Slack message as Slack shows them, and the headings of the others. */
export function slackText(alert: Alert, paint: Paint): readonly string[] {
  const [title = [], ...blocks] = slackMessage(alert).blocks.map((block): readonly string[] => {
    const text = block.type === "header" || block.type === "section" ? block.text : undefined;
    if (text === undefined) return [];
    return lines(text.type === "mrkdwn" ? withoutMarkup(text.text) : text.text);
  });
  const rest = blocks.slice(BLOCKS - 1).map(([heading = ""]) => heading);
  const shown = [
    ...title.map((line) => paint.bold(line)),
    ...blocks.slice(0, BLOCKS - 1).flatMap((block) => ["", ...block]),
    ...(rest.length === 0
      ? []
      : ["", ...lines(`See more: ${rest.join(" · ")}`).map((line) => paint.dim(line))]),
  ];
  return shown.map((line) => `  ${paint.magenta("┃")} ${line}`.trimEnd());
}

/** Slack's escapes undone, within the columns. */
function lines(text: string): readonly string[] {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .split("\n")
    .flatMap((line) => wrapLine(line, COLUMNS, 2));
}

/** Code stays as it is: the `*` of `kms:*` is not markup. https://docs.slack.dev/messaging/formatting-message-text */
function withoutMarkup(mrkdwn: string): string {
  return mrkdwn.replace(
    /```\n?([^`]*?)\n?```|`([^`]*)`|\*([^*\n]+)\*|<[^|>\n]*\|([^>\n]*)>/g,
    (_, fenced = "", code = "", bold = "", label = "") => fenced + code + bold + label,
  );
}

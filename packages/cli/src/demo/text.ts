import { emailText, wrapLine } from "@kms-guard/adapters/notify/email-text.ts";
import { slackMessage } from "@kms-guard/adapters/notify/slack-message.ts";
import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { composeAlert } from "@kms-guard/core/notifications/compose.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import type { Paint } from "../io/terminal.ts";
import { DELIVERY_MS, fingerprint, play, unguarded } from "./play.ts";
import { whatWasCalled, whatWasDone, whatWasRestored } from "./timeline.ts";

/** The alert to show as it arrives: the one about a group, so about each of its members. */
const SHOWN = "AttachGroupPolicy";

/**
 * The demo's output. `isProven` is true if monitor mode leaves the account as the calls made it, enforce mode does not,
 * and the restore brings it back.
 */
export async function demoPage(paint: Paint): Promise<{ readonly text: string; readonly isProven: boolean }> {
  const asCalled = fingerprint(unguarded());
  const monitor = await play("monitor");
  const monitored = fingerprint(monitor.account());
  const enforce = await play("enforce");
  const contained = fingerprint(enforce.account());
  const alerts = enforce.alerts
    .filter(({ trigger }) => trigger.eventName === SHOWN)
    .map((finding) => composeAlert(finding));
  const restoring = await whatWasRestored(enforce, paint);
  const restored = fingerprint(enforce.account());

  const account = (when: string, print: string) => `    ${when.padEnd(30)}${print.slice(0, 16)}…`;
  const compared = (when: string, print: string) =>
    `${account(when, print)}  ${print === asCalled ? paint.green("identical") : paint.yellow("differs")}`;
  const section = (title: string, sentence: string, lines: readonly string[]) => [
    "",
    paint.bold(title),
    sentence,
    "",
    ...lines,
  ];
  const lines = [
    `${paint.bold("kms-guard")} watches IAM for grants of all of KMS. It proves each one, alerts people and, in enforce`,
    "mode, detaches the policy, so that one command restores it. Here the code of its Lambda handles nine",
    "recorded CloudTrail events, with a model of an AWS account. Nothing leaves this machine.",
    ...section(
      "1. Monitor mode: it alerts, and changes nothing",
      "After each call it evaluates what is now in IAM: the verdict, and the actions that prove it.",
      whatWasCalled(monitor, paint),
    ),
    ...section(
      "2. Enforce mode: it contains the grant",
      `The same calls on a fresh copy of the account, each event delivered ${DELIVERY_MS / 1000} s after its call.`,
      whatWasDone(enforce, paint),
    ),
    ...section(
      `3. The alert on ${SHOWN} by e-mail`,
      "First what happened and what was done, then what to run next, then the details.",
      alerts.flatMap((alert) => framedEmail(alert, paint)),
    ),
    ...section(
      "4. The same alert in Slack",
      'The message before "See more".',
      alerts.flatMap((alert) => slackText(alert, paint)),
    ),
    ...section(
      "5. Restore: one command brings it back",
      "If it was approved after all, an operator restores it, and it is exempt for 24 hours.",
      restoring,
    ),
    ...section(
      "6. Proof: nothing is lost",
      "SHA-256 of the whole account: every principal, membership, attachment and policy text.",
      [
        account("after the calls alone", asCalled),
        compared("after monitor mode", monitored),
        compared("after enforce mode", contained),
        compared("after the restore", restored),
      ],
    ),
    "",
    paint.bold("Next"),
    `  ${KMS_GUARD} scan policy.json         evaluates your own policies: files or folders`,
    `  ${KMS_GUARD} replay cloudtrail-logs/  shows what it would have done in your archive`,
  ];
  const isProven = monitored === asCalled && contained !== asCalled && restored === asCalled;
  return { text: `${lines.join("\n")}\n`, isProven };
}

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

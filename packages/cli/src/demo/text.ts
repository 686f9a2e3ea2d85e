import { composeAlert } from "@kms-guard/core/notifications/compose.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import type { Paint } from "../io/paint.ts";
import { framedEmail, slackText } from "./messages.ts";
import { DELIVERY_MS, play, unguarded } from "./play.ts";
import { fingerprint, restoreAll } from "./restoring.ts";
import { whatWasCalled, whatWasDone } from "./timeline.ts";

/** The alert to show as it arrives: of the grant that went to a group, so to each of its members. */
const SHOWN = "AttachGroupPolicy";

/**
 * What the demo prints, and whether its proofs hold: monitor mode leaves the account as the calls made it, enforce
 * mode does not, and the restore makes it so again.
 */
export async function demoPage(paint: Paint): Promise<{ readonly text: string; readonly holds: boolean }> {
  const asCalled = fingerprint(unguarded());
  const monitor = await play("monitor");
  const monitored = fingerprint(monitor.account());
  const enforce = await play("enforce");
  const contained = fingerprint(enforce.account());
  const alerts = enforce.alerts
    .filter(({ trigger }) => trigger.eventName === SHOWN)
    .map((finding) => composeAlert(finding));
  const restoring = await restoreAll(enforce, paint);
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
    `${paint.bold("kms-guard")} watches IAM for grants of all of KMS. It proves each one, tells people and, if told to,`,
    "takes it away, so that one command puts it back. Here the code of its Lambda meets nine recorded",
    "CloudTrail events on a model of an AWS account. Nothing leaves this machine.",
    ...section(
      "1. Monitor mode: it tells, and changes nothing",
      "After each call it judges what stands in IAM: the verdict, and the actions that prove it.",
      whatWasCalled(monitor, paint),
    ),
    ...section(
      "2. Enforce mode: it takes the grant away",
      `The same calls on a fresh copy of the account, each event delivered ${DELIVERY_MS / 1000} s after its call.`,
      whatWasDone(enforce, paint),
    ),
    ...section(
      `3. The alert on ${SHOWN} by e-mail`,
      "What happened and what was done, then what to run next, then the rest.",
      alerts.flatMap((alert) => framedEmail(alert, paint)),
    ),
    ...section(
      "4. The same alert in Slack",
      "The message as it shows before one asks for more.",
      alerts.flatMap((alert) => slackText(alert, paint)),
    ),
    ...section(
      "5. Restore: one command puts it back",
      "Say that it was all approved: an operator restores it, and it is exempt for 24 hours.",
      restoring,
    ),
    ...section(
      "6. Proof: nothing is lost",
      "SHA-256 of the whole account: every principal, membership, attachment and policy text.",
      [
        account("as the calls alone leave it", asCalled),
        compared("after monitor mode", monitored),
        compared("after enforce mode", contained),
        compared("after the restore", restored),
      ],
    ),
    "",
    paint.bold("Next"),
    `  ${KMS_GUARD} scan policy.json         judges your own policies: files or folders`,
    `  ${KMS_GUARD} replay cloudtrail-logs/  tells what it would have done in your archive`,
  ];
  const holds = monitored === asCalled && contained !== asCalled && restored === asCalled;
  return { text: `${lines.join("\n")}\n`, holds };
}

import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { composeAlert } from "@kms-guard/core/notifications/compose.ts";
import { emailText } from "./email-text.ts";
import { shortenFinding } from "./shorten-finding.ts";

/** SNS accepts 262,144 bytes a message, attributes included. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MESSAGE_BYTES = 256_000;

/**
 * The finding as everybody is sent it: whole if it fits into an SNS message, which has it more than once; else shortened.
 * EventBridge accepts as many bytes an entry, for one copy, so it accepts what SNS accepts.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
export function sizedForDelivery(finding: Finding): Finding {
  return shortenFinding(
    finding,
    (shorter) => Buffer.byteLength(snsMessage(composeAlert(shorter), shorter)) <= MESSAGE_BYTES,
  );
}

/** The bodies by protocol, as SNS reads them with `MessageStructure: json`. */
export function snsMessage(alert: Alert, content: unknown): string {
  const text = emailText(alert).body;
  const json = JSON.stringify(content);
  return JSON.stringify({ default: text, email: text, lambda: json, sqs: json, https: json });
}

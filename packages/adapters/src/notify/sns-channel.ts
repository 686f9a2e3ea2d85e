import type { MessageAttributeValue, SNSClient } from "@aws-sdk/client-sns";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { composeAlert, composeNotice } from "@kms-guard/core/notifications/compose.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import type { AlertChannel } from "@kms-guard/guard/ports.ts";
import { emailText } from "./email-text.ts";

/**
 * Publishes to one SNS topic a body for each protocol: plain text for people (`default`, `email`), the finding or
 * notice as JSON for programs (`lambda`, `sqs`, `https`). Message attributes for filter policies: `severity`,
 * `verdict`, `status`, `account`; of a notice `kind` (`notice`), `notice` (which), `severity`, `account`.
 * Needs sns:Publish on the topic.
 */
export function snsChannel(options: {
  readonly client: () => Promise<SNSClient>;
  readonly topicArn: string;
}): AlertChannel {
  async function publish(
    alert: Alert,
    content: unknown,
    attributes: Readonly<Record<string, string>>,
  ): Promise<void> {
    const [client, { PublishCommand }] = await Promise.all([options.client(), import("../aws-sdk/sns.ts")]);
    await client.send(
      new PublishCommand({
        TopicArn: options.topicArn,
        Subject: emailText(alert).subject,
        MessageStructure: "json",
        Message: snsMessage(alert, content),
        MessageAttributes: stringAttributes(attributes),
      }),
    );
  }

  return {
    async publishFinding(finding) {
      const sent = sizedForDelivery(finding);
      const { severity, verdict, status, account } = finding;
      await publish(composeAlert(sent), sent, { severity, verdict, status, account });
    },
    async publishNotice(notice) {
      const { severity, kind, account } = notice;
      await publish(composeNotice(notice), notice, { kind: "notice", notice: kind, severity, account });
    },
  };
}

/** SNS refuses an attribute without a value. */
function stringAttributes(texts: Readonly<Record<string, string>>): Record<string, MessageAttributeValue> {
  const attributes = Object.entries(texts)
    .filter(([, value]) => value !== "")
    .map(([name, StringValue]) => [name, { DataType: "String", StringValue }]);
  return Object.fromEntries(attributes);
}

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
function snsMessage(alert: Alert, content: unknown): string {
  const text = emailText(alert).body;
  const json = JSON.stringify(content);
  return JSON.stringify({ default: text, email: text, lambda: json, sqs: json, https: json });
}

/** So many entries of a long list say what it is like; the table has the rest. */
const ENTRIES = 20;
/** So many characters of any text, in the last resort. */
const TEXT_CHARACTERS = 256;

interface Cut {
  readonly what: string;
  readonly from: (finding: Finding) => Finding;
}

/** What is left out of a finding that is too large to send, least missed first. */
const CUTS: readonly Cut[] = [
  {
    what: "documents of steps",
    from: (finding) => ({
      ...finding,
      ...(finding.containment && {
        containment: {
          ...finding.containment,
          steps: finding.containment.steps.map((step) =>
            "document" in step ? { ...step, document: leftOut(step.document) } : step,
          ),
        },
      }),
    }),
  },
  {
    what: "diff",
    from: (finding) => ({
      ...finding,
      ...(finding.change?.diff !== undefined && {
        change: { ...finding.change, diff: leftOut(finding.change.diff) },
      }),
    }),
  },
  {
    what: "evidence",
    from: (finding) => ({
      ...finding,
      evidence: finding.evidence.slice(0, ENTRIES).map((entry) => ({
        ...entry,
        actions: entry.actions.slice(0, ENTRIES),
        resources: entry.resources.slice(0, ENTRIES),
        conditions: entry.conditions
          .slice(0, ENTRIES)
          .map((condition) => ({ ...condition, values: condition.values.slice(0, ENTRIES) })),
      })),
    }),
  },
  {
    what: "missing actions",
    from: (finding) => ({ ...finding, missingActions: finding.missingActions.slice(0, ENTRIES) }),
  },
  {
    what: "attachments",
    from: (finding) => ({ ...finding, attachments: finding.attachments.slice(0, ENTRIES) }),
  },
  {
    what: "steps",
    from: (finding) => ({
      ...finding,
      ...(finding.containment && {
        containment: { ...finding.containment, steps: finding.containment.steps.slice(0, ENTRIES) },
      }),
    }),
  },
  { what: "long texts", from: (finding) => ({ ...withShortTexts(finding), id: finding.id }) },
];

/**
 * The finding as it is where it fits, else with as little left out as makes it fit; its last next step then says what
 * was left out and how to see it. `fits` checks the size of the message that it is sent in.
 * @throws Error where nothing makes it fit.
 */
export function shortenFinding(finding: Finding, fits: (finding: Finding) => boolean): Finding {
  if (fits(finding)) return finding;
  let shortened = finding;
  const left: string[] = [];
  for (const { what, from } of CUTS) {
    const next = from(shortened);
    if (JSON.stringify(next).length === JSON.stringify(shortened).length) continue;
    shortened = next;
    left.push(what);
    const noted = {
      ...shortened,
      nextSteps: [
        ...shortened.nextSteps,
        `${KMS_GUARD} show ${finding.id}  # all of it: this message was too long (${left.join(", ")})`,
      ],
    };
    if (fits(noted)) return noted;
  }
  throw new Error(`finding ${finding.id} is too large to send, however much is left out of it`);
}

function leftOut(text: string): string {
  return `(left out: ${text.length} characters)`;
}

function withShortTexts<T>(value: T): T;
function withShortTexts(value: unknown): unknown {
  if (typeof value === "string") {
    return value.length <= TEXT_CHARACTERS ? value : `${value.slice(0, TEXT_CHARACTERS)}…`;
  }
  if (Array.isArray(value)) return value.slice(0, ENTRIES).map((entry: unknown) => withShortTexts(entry));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withShortTexts(entry)]));
}

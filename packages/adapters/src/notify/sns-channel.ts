import type { MessageAttributeValue, SNSClient } from "@aws-sdk/client-sns";
import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { composeAlert, composeNotice } from "@kms-guard/core/notifications/compose.ts";
import type { AlertChannel } from "@kms-guard/guard/ports.ts";
import { emailText } from "./email-text.ts";
import { sizedForDelivery, snsMessage } from "./sns-message.ts";

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

import { notifyAmazonQ } from "@kms-guard/adapters/alerts/notify-amazon-q.ts";
import { SNSClient } from "@kms-guard/adapters/alerts/sns-sdk.ts";
import { readChatTopic } from "@kms-guard/adapters/environment.ts";

/** The Lambda on the alerts topic that tells Amazon Q. Throws where a message was not taken, so that it comes again. */
export const handler = notifyAmazonQ({
  client: new SNSClient({}),
  topicArn: readChatTopic(process.env),
});

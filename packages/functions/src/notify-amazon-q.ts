import { SNSClient } from "@kms-guard/adapters/aws-sdk/sns.ts";
import { readChatTopic } from "@kms-guard/adapters/deployment/environment.ts";
import { notifyAmazonQ } from "@kms-guard/adapters/notify/notify-amazon-q.ts";

/** The Lambda on the alerts topic that passes alerts on to Amazon Q. Throws where a message was not accepted, so that it comes again. */
export const handler = notifyAmazonQ({
  client: new SNSClient({}),
  topicArn: readChatTopic(process.env),
});

import { PublishCommand, type SNSClient } from "../aws-sdk/sns.ts";
import { amazonQMessage } from "./amazon-q-message.ts";
import { passOn } from "./delivered-alerts.ts";

/**
 * Passes on to Amazon Q Developer in chat applications what SNS delivers to a Lambda, by a topic of its own: what is on
 * the alerts topic Amazon Q does not understand, and what it understands is for no person or program of that topic.
 * Needs sns:Publish on its own. @throws what `passOn` does.
 */
export function notifyAmazonQ(options: {
  readonly client: SNSClient;
  readonly topicArn: string;
}): (event: unknown) => Promise<void> {
  return passOn("Amazon Q", async (delivered) => {
    const Message = JSON.stringify(amazonQMessage(delivered));
    await options.client.send(new PublishCommand({ TopicArn: options.topicArn, Message }));
  });
}

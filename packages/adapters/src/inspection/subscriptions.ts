import { paginateListSubscriptionsByTopic, SNSClient } from "@aws-sdk/client-sns";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { Chat, Subscription } from "@kms-guard/guard/doctor/observations.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { asking, observe, observeThere } from "./observe.ts";

/** Who subscribes to a topic, confirmed or not. */
export function observeSubscriptions(
  access: AwsAccess,
  TopicArn: string,
): Promise<Observed<readonly Subscription[]>> {
  return observe(LIST, () => subscriptionsOf(access, TopicArn));
}

/** The topic that Amazon Q listens to, with who subscribes to it. */
export async function observeChat(access: AwsAccess, topicArn: string): Promise<Observed<Chat>> {
  const listed = await observeThere(LIST, () => subscriptionsOf(access, topicArn));
  if (listed.kind === "unread") return listed;
  const { value: subscriptions } = listed;
  return { kind: "read", value: { topicArn, ...(subscriptions !== undefined && { subscriptions }) } };
}

const LIST = "sns:ListSubscriptionsByTopic";

async function subscriptionsOf(access: AwsAccess, TopicArn: string): Promise<readonly Subscription[]> {
  const all: Subscription[] = [];
  const pages = paginateListSubscriptionsByTopic({ client: new SNSClient(asking(access)) }, { TopicArn });
  for await (const { Subscriptions = [] } of pages) {
    for (const {
      Protocol: protocol = "",
      Endpoint: endpoint = "",
      SubscriptionArn: arn = "",
    } of Subscriptions) {
      all.push({ protocol, endpoint, arn });
    }
  }
  return all;
}

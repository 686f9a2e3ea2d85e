import { paginateListSubscriptionsByTopic, SNSClient } from "@aws-sdk/client-sns";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { Subscription } from "@kms-guard/guard/doctor/observations.ts";
import type { AwsAccess } from "../aws-access.ts";
import { asking, observe } from "./observe.ts";

/** Who subscribes to a topic, confirmed or not. */
export function observeSubscriptions(
  access: AwsAccess,
  TopicArn: string,
): Promise<Observed<readonly Subscription[]>> {
  return observe("sns:ListSubscriptionsByTopic", async () => {
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
  });
}

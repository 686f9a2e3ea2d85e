import { notifySlack } from "@kms-guard/adapters/notify/notify-slack.ts";
import { createSlackDelivery } from "@kms-guard/adapters/notify/slack-delivery.ts";
import { systemClock } from "@kms-guard/adapters/system-clock.ts";
import { Resource } from "sst/resource";

// What `sst deploy` writes into sst-env.d.ts of what is linked to the function.
declare module "sst/resource" {
  export interface Resource {
    SlackWebhookUrl: { type: "sst.sst.Secret"; value: string };
  }
}

/** The Lambda behind the alerts topic. Throws where Slack did not accept a message, so that it comes again. */
export const handler = notifySlack({
  slack: createSlackDelivery({
    webhookUrl: Resource.SlackWebhookUrl.value,
    clock: systemClock,
  }),
});

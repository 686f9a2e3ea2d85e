import { notifySlack } from "@kms-guard/adapters/alerts/notify-slack.ts";
import { createSlackDelivery } from "@kms-guard/adapters/alerts/slack-delivery.ts";
import { systemClock } from "@kms-guard/adapters/system-clock.ts";

/** The Lambda behind the alerts topic. Throws where Slack did not take a message, so that it comes again. */
export const handler = notifySlack({
  slack: createSlackDelivery({
    webhookUrl: process.env.KMS_GUARD_SLACK_WEBHOOK_URL ?? "",
    clock: systemClock,
  }),
});

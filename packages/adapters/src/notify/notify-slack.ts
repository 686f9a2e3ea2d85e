import { passOn } from "./delivered-alerts.ts";
import type { SlackDelivery } from "./slack-delivery.ts";
import { slackMessage } from "./slack-message.ts";

/** Passes on to Slack what SNS delivers to a Lambda. @throws what `passOn` does. */
export function notifySlack(ports: { readonly slack: SlackDelivery }): (event: unknown) => Promise<void> {
  return passOn("Slack", ({ alert }) => ports.slack(slackMessage(alert)));
}

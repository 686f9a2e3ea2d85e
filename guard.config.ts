import { defineGuardConfig } from "@kms-guard/adapters/deployment/config.ts";

// Everything that the guard of this account is told. What stands here are the defaults, which change nothing in IAM.
// It holds no secret: the Slack webhook is set with `npx sst secret set SlackWebhookUrl https://hooks.slack.com/...`.
export default defineGuardConfig({
  // "monitor" speaks, and has no right to change anything; "enforce" also takes full grants away, restorably.
  mode: "monitor",

  // The mildest verdict that is taken away in enforce mode: "near-full", or only "full".
  containAt: "near-full",

  // AWS's own policies (AdministratorAccess ...): "alert", or "contain" to detach them from whom the event names.
  awsManaged: "alert",

  // Never touched: `role/Name`, `user/Name`, `group/Name` or an ARN. Name the way back in here: your break-glass role.
  protectedPrincipals: [],

  // The circuit breaker: what would be taken from more principals than this waits for a person.
  maxAttachments: 20,

  // Who gets an e-mail. Each has to confirm the subscription once.
  emails: [],

  // Whether alerts go to Slack as well.
  slack: false,

  // Whether a second topic has them as Amazon Q Developer in chat applications shows them, for Slack or Teams.
  amazonQ: false,

  // How long the alert history is kept, in days that CloudWatch Logs takes: 30, 90, 180, 365, 731, 3653 ...
  historyRetentionDays: 365,

  // When the whole account is looked at besides, because CloudTrail does not promise every event.
  sweepSchedule: "rate(1 day)",

  // Lambda concurrency kept for the guard, so that nobody can use it up: a number from 2, where the account has spare.
  concurrency: "shared",
});

import { defineGuardConfig } from "@kms-guard/adapters/deployment/config.ts";

// All settings of the guard of this account. These are the defaults, which change nothing in IAM.
// It holds no secret: the Slack webhook is set with `npx sst secret set SlackWebhookUrl https://hooks.slack.com/...`.
export default defineGuardConfig({
  // "monitor" alerts, and has no permission to change IAM; "enforce" also contains full grants, and can restore them.
  mode: "monitor",

  // The mildest verdict that enforce mode contains: "near-full", or only "full"; "escalation" and "scoped-full" take more.
  containAt: "near-full",

  // The Regions that have keys: a grant is near-full if it is on half of the keys in each. Without it, those that are on
  // in every account.
  // regions: ["eu-west-1", "us-east-1"],

  // AWS's own policies (AdministratorAccess ...): "alert", or "contain" to detach them from the principal of the event.
  awsManaged: "alert",

  // Never contained: `role/Name`, `user/Name`, `group/Name` or an ARN. Put your break-glass role here.
  protectedPrincipals: [],

  // The circuit breaker: the guard does not detach a policy from more principals than this, but alerts.
  maxAttachments: 20,

  // The addresses that get an e-mail. Each has to confirm the subscription once.
  emails: [],

  // Also send alerts to Slack?
  slack: false,

  // Also publish alerts to a second topic, for Amazon Q Developer in chat applications (Slack or Teams)?
  amazonQ: false,

  // How many days the alert history is kept; a number that CloudWatch Logs accepts: 30, 90, 180, 365, 731, 3653 ...
  historyRetentionDays: 365,

  // When the sweep assesses the whole account, because CloudTrail does not promise every event.
  sweepSchedule: "rate(1 day)",

  // Lambda concurrency reserved for the guard, so that nobody can use it up: "shared", or a number from 2.
  concurrency: "shared",
});

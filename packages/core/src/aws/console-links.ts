import type { Policy } from "../policy/policy.ts";
import { consoleOf } from "./partitions.ts";

/** The policy in the IAM console: a managed one itself, an inline one on its principal's page. */
export function policyLink(partition: string, policy: Policy): string | undefined {
  const place =
    policy.kind === "inline"
      ? `${policy.principal.type}s/details/${encodeURIComponent(policy.principal.name)}`
      : `policies/details/${encodeURIComponent(policy.arn)}`;
  return link(partition, `/iam/home#/${place}`);
}

/** The event in CloudTrail's event history, which keeps 90 days. */
export function eventLink(partition: string, region: string, eventId: string): string | undefined {
  const home = `/cloudtrailv2/home?region=${encodeURIComponent(region)}`;
  return link(partition, `${home}#/events/${encodeURIComponent(eventId)}`);
}

/** A CloudWatch dashboard. */
export function dashboardLink(partition: string, region: string, dashboard: string): string | undefined {
  const home = `/cloudwatch/home?region=${encodeURIComponent(region)}`;
  return link(partition, `${home}#dashboards/dashboard/${encodeURIComponent(dashboard)}`);
}

/** A CloudWatch log group. The console wants its name encoded twice, with `$` for the outer `%`. */
export function logGroupLink(partition: string, region: string, logGroup: string): string | undefined {
  const home = `/cloudwatch/home?region=${encodeURIComponent(region)}`;
  const name = encodeURIComponent(encodeURIComponent(logGroup)).replaceAll("%", "$");
  return link(partition, `${home}#logsV2:log-groups/log-group/${name}`);
}

function link(partition: string, rest: string): string | undefined {
  const console = consoleOf(partition);
  return console === undefined ? undefined : console + rest;
}

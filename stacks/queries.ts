import { METRICS } from "@kms-guard/adapters/metrics.ts";
import {
  CONTAINMENT_STATUSES,
  FINDING_STATUSES,
  type FindingStatus,
  NEEDS_A_PERSON,
} from "@kms-guard/core/findings/finding.ts";
import type { DeploymentContext } from "./context.ts";

interface SavedQuery {
  readonly name: string;
  /** Which log groups it asks. */
  readonly of: "history" | readonly string[];
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
  readonly query: string;
}

const POLICY = "coalesce(detail.policy.arn, detail.policy.name) as policy";

/** The newest alerts, as the dashboard lists them. */
export const LATEST_ALERTS = [
  `fields @timestamp, detail.severity as severity, detail.status as status, detail.title as title,`,
  `  detail.trigger.actor.arn as actor, ${POLICY}, detail.id as id`,
  "| sort @timestamp desc",
  "| limit 50",
].join("\n");

/** What a responder and an auditor ask first, by name in Logs Insights. */
export function savedQueries({ named }: DeploymentContext): readonly SavedQuery[] {
  const { name: eventToAlert } = METRICS.eventToAlert;
  return [
    {
      name: "open findings",
      of: "history",
      query: [
        "filter ispresent(detail.verdict)",
        "| stats latest(detail.status) as status, latest(detail.severity) as severity, latest(detail.title) as title,",
        "    max(@timestamp) as at by detail.id",
        `| filter status in ${listed(FINDING_STATUSES.filter((status) => NEEDS_A_PERSON[status]))}`,
        "| sort at desc",
      ].join("\n"),
    },
    {
      name: "findings by actor",
      of: "history",
      query: [
        "filter ispresent(detail.verdict)",
        "| stats count_distinct(detail.id) as findings, max(@timestamp) as last by detail.trigger.actor.arn",
        "| sort findings desc",
      ].join("\n"),
    },
    {
      name: "findings by policy",
      of: "history",
      query: [
        "filter ispresent(detail.verdict)",
        `| fields ${POLICY}, coalesce(detail.policy.principal.name, "-") as principal`,
        "| stats count_distinct(detail.id) as findings, max(@timestamp) as last by policy, principal",
        "| sort findings desc",
      ].join("\n"),
    },
    {
      name: "enforcement log",
      of: "history",
      query: [
        `filter detail.status in ${listed([...CONTAINMENT_STATUSES, "restored"])}`,
        `| fields @timestamp, detail.status as status, ${POLICY}, detail.trigger.actor.arn as actor,`,
        "    detail.decision.reason as reason, detail.id as id",
        "| sort @timestamp asc",
      ].join("\n"),
    },
    {
      name: "exemptions used",
      of: "history",
      query: [
        `filter detail.status in ${listed(["exempt"])}`,
        `| fields @timestamp, ${POLICY}, detail.verdict as verdict, detail.decision.reason as exemption, detail.id as id`,
        "| sort @timestamp desc",
      ].join("\n"),
    },
    {
      name: "time to alert",
      of: [`/aws/lambda/${named("guard")}`],
      query: [
        `filter ispresent(${eventToAlert})`,
        `| stats pct(${eventToAlert}, 50) / 1000 as p50_seconds, pct(${eventToAlert}, 99) / 1000 as p99_seconds,`,
        `    max(${eventToAlert}) / 1000 as worst_seconds, count(*) as alerts by bin(1d)`,
      ].join("\n"),
    },
  ];
}

/** `["open", "exempt"]` */
function listed(statuses: readonly FindingStatus[]): string {
  return `[${statuses.map((status) => `"${status}"`).join(", ")}]`;
}

import type { GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import type { DeploymentContext } from "./context.ts";
import { retryPolicy } from "./dead-letters.ts";
import { savedQueries } from "./queries.ts";

/** The alert history: every finding and notice, as a JSON event in one CloudWatch log group. */
export function alertHistory(config: GuardConfig, context: DeploymentContext, deadLetters: sst.aws.Queue) {
  const { production, named } = context;
  const logGroup = new aws.cloudwatch.LogGroup(
    "History",
    {
      name: `/kms-guard/${$app.stage}/alerts`,
      retentionInDays: config.historyRetentionDays,
      deletionProtectionEnabled: production,
    },
    // SST's `removal: "retain"` keeps tables and buckets, and would let the history go.
    { retainOnDelete: production },
  );
  const rule = new aws.cloudwatch.EventRule("HistoryRule", {
    name: named("history"),
    description: "kms-guard: findings and notices to the alert history",
    eventBusName: "default",
    eventPattern: JSON.stringify({
      source: ["kms-guard"],
      "detail-type": ["KMS Guard Finding", "KMS Guard Notice"],
    }),
  });
  const allowed = allowDelivery(named("history"), logGroup, rule);
  new aws.cloudwatch.EventTarget(
    "HistoryTarget",
    { rule: rule.name, arn: logGroup.arn, ...retryPolicy(deadLetters) },
    { dependsOn: [allowed] },
  );
  for (const { name, query, of } of savedQueries(context)) {
    new aws.cloudwatch.QueryDefinition(`Query-${name}`, {
      name: `kms-guard/${$app.stage}/${name}`,
      logGroupNames: of === "history" ? [logGroup.name] : [...of],
      queryString: query,
    });
  }
  return { logGroup, rule };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions */
function allowDelivery(
  policyName: string,
  logGroup: aws.cloudwatch.LogGroup,
  rule: aws.cloudwatch.EventRule,
): aws.cloudwatch.LogResourcePolicy {
  const Principal = { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] };
  return new aws.cloudwatch.LogResourcePolicy("HistoryDelivery", {
    policyName,
    policyDocument: $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal,
          Action: "logs:CreateLogStream",
          Resource: $interpolate`${logGroup.arn}:*`,
        },
        {
          Effect: "Allow",
          Principal,
          Action: "logs:PutLogEvents",
          Resource: $interpolate`${logGroup.arn}:*:*`,
          Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
        },
      ],
    }),
  });
}

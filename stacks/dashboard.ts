import type { GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { METRICS, METRICS_NAMESPACE, sharedDimensions } from "@kms-guard/adapters/metrics.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import type { DeploymentContext } from "./context.ts";
import { LATEST_ALERTS } from "./queries.ts";

interface Shown {
  readonly historyLogGroup: string;
  readonly guardRule: string;
  readonly deadLettersName: string;
  readonly alarmArns: readonly string[];
}

type MetricLine = readonly (
  | string
  | { readonly stat: string; readonly label: string; readonly color?: string }
)[];

/**
 * What a responder looks at, from "is anything wrong" to "is the guard itself well".
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function dashboardBody(config: GuardConfig, context: DeploymentContext, shown: Shown): string {
  const { region, named } = context;

  const graph = (
    title: string,
    metrics: readonly MetricLine[],
    more: Readonly<Record<string, unknown>> = {},
  ) => ({
    type: "metric",
    properties: { title, region, metrics, stat: "Sum", period: 3600, view: "timeSeries", ...more },
  });
  const lambda = (part: string, metric: string, stat = "Sum"): MetricLine => [
    ...["AWS/Lambda", metric, "FunctionName", named(part)],
    { stat, label: `${part}: ${metric}` },
  ];

  const text = {
    type: "text",
    properties: {
      markdown: [
        `## kms-guard ${$app.stage}: **${config.mode}**`,
        `One alert: \`${KMS_GUARD} show ID\`. Restore what was removed: \`${KMS_GUARD} restore ID\`. Does the guard work: \`${KMS_GUARD} doctor\`.`,
      ].join("\n"),
    },
  };
  const latest = {
    type: "log",
    properties: {
      title: "Latest alerts",
      region,
      view: "table",
      query: `SOURCE '${shown.historyLogGroup}' | ${LATEST_ALERTS}`,
    },
  };
  const health = { type: "alarm", properties: { title: "Is the guard well", alarms: shown.alarmArns } };

  return JSON.stringify({
    start: "-P7D",
    periodOverride: "inherit",
    widgets: [
      { ...at(0, 0, 24, 3), ...text },
      {
        ...at(0, 3, 12, 6),
        ...graph("Findings by verdict", findings(config), { stacked: true, yAxis: FROM_ZERO }),
      },
      { ...at(12, 3, 6, 6), ...graph("Containments", containments(), { stacked: true, yAxis: FROM_ZERO }) },
      {
        ...at(18, 3, 6, 6),
        ...graph("From event to alert, milliseconds", eventToAlert(), { yAxis: FROM_ZERO }),
      },
      { ...at(0, 9, 24, 8), ...latest },
      { ...at(0, 17, 24, 3), ...health },
      {
        ...at(0, 20, 8, 6),
        ...graph("Functions", [
          ...["guard", "sweep"].flatMap((part) => [lambda(part, "Invocations"), lambda(part, "Errors")]),
          lambda("guard", "Throttles"),
        ]),
      },
      {
        ...at(8, 20, 8, 6),
        ...graph("Events", [
          [
            "AWS/Events",
            "MatchedEvents",
            "RuleName",
            shown.guardRule,
            { stat: "Sum", label: "matched by the rule" },
          ],
          [
            "AWS/Events",
            "FailedInvocations",
            "RuleName",
            shown.guardRule,
            { stat: "Sum", label: "not delivered" },
          ],
          ...METRICS.events.dimensions.outcome.map((outcome) =>
            own(METRICS.events.name, { outcome }, outcome),
          ),
        ]),
      },
      {
        ...at(16, 20, 8, 6),
        ...graph("Dead letters", [
          [
            ...["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", shown.deadLettersName],
            { stat: "Maximum", label: "waiting for a person" },
          ],
        ]),
      },
    ],
  });
}

const FROM_ZERO = { left: { min: 0 } };

function at(x: number, y: number, width: number, height: number) {
  return { x, y, width, height };
}

function findings({ mode }: GuardConfig): readonly MetricLine[] {
  const { name, dimensions } = METRICS.findings;
  return dimensions.verdict.map((verdict) => own(name, { verdict, mode }, verdict));
}

function containments(): readonly MetricLine[] {
  const { name, dimensions } = METRICS.containments;
  return dimensions.status.map((status) => own(name, { status }, status));
}

function eventToAlert(): readonly MetricLine[] {
  return ["p50", "p99"].map((stat) => own(METRICS.eventToAlert.name, {}, stat, stat));
}

function own(
  metric: string,
  dimensions: Readonly<Record<string, string>>,
  label: string,
  stat = "Sum",
): MetricLine {
  return [
    ...[METRICS_NAMESPACE, metric],
    ...Object.entries({ ...sharedDimensions($app.stage), ...dimensions }).flat(),
    { stat, label },
  ];
}

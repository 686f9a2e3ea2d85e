import { defineGuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { METRICS, type Metric } from "@kms-guard/adapters/metrics.ts";
import { type Rendered, renderStacks } from "@kms-guard/sandbox/render/render.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silenceHours } from "../../stacks/sweep-silence.ts";
import { allOf, inputsOf } from "./resource-of.ts";

const TOPIC = "arn:aws:sns:us-east-1:111122223333:kms-guard-production-AlertsTopic-bdvfbzta";

let rendered: Rendered;
beforeAll(async () => {
  const config = defineGuardConfig({ slack: true, amazonQ: true });
  const secrets = { SlackWebhookUrl: "https://hooks.slack.com/services/T00000000/B00000000/notarealwebhook" };
  rendered = await renderStacks({ config, stage: "production", secrets });
});
afterAll(() => rendered.close());

const LAMBDA = "AWS/Lambda";
const ANY = {
  statistic: "Sum",
  comparisonOperator: "GreaterThanThreshold",
  threshold: 0,
  treatMissingData: "notBreaching",
};
const SOON = { ...ANY, period: 60, evaluationPeriods: 1 };

test.each([
  ["guard-errors", LAMBDA, "Errors", { FunctionName: "kms-guard-production-guard" }, SOON],
  ["guard-throttles", LAMBDA, "Throttles", { FunctionName: "kms-guard-production-guard" }, SOON],
  ["sweep-errors", LAMBDA, "Errors", { FunctionName: "kms-guard-production-sweep" }, SOON],
  ["sweep-throttles", LAMBDA, "Throttles", { FunctionName: "kms-guard-production-sweep" }, SOON],
  ["notify-slack-errors", LAMBDA, "Errors", { FunctionName: "kms-guard-production-notify-slack" }, SOON],
  [
    "notify-slack-throttles",
    LAMBDA,
    "Throttles",
    { FunctionName: "kms-guard-production-notify-slack" },
    SOON,
  ],
  [
    "notify-amazon-q-errors",
    LAMBDA,
    "Errors",
    { FunctionName: "kms-guard-production-notify-amazon-q" },
    SOON,
  ],
  [
    "notify-amazon-q-throttles",
    LAMBDA,
    "Throttles",
    { FunctionName: "kms-guard-production-notify-amazon-q" },
    SOON,
  ],
  [
    "iam-events-undelivered",
    "AWS/Events",
    "FailedInvocations",
    { RuleName: "kms-guard-production-iam-events" },
    SOON,
  ],
  [
    "history-undelivered",
    "AWS/Events",
    "FailedInvocations",
    { RuleName: "kms-guard-production-history" },
    SOON,
  ],
  [
    "dead-letters",
    "AWS/SQS",
    "ApproximateNumberOfMessagesVisible",
    { QueueName: "kms-guard-production-DeadLettersQueue-bdvfbzta" },
    { ...SOON, statistic: "Maximum" },
  ],
  [
    "alerts-undelivered",
    "AWS/SNS",
    "NumberOfNotificationsFailed",
    { TopicName: "kms-guard-production-AlertsTopic-bdvfbzta" },
    SOON,
  ],
  [
    "chat-undelivered",
    "AWS/SNS",
    "NumberOfNotificationsFailed",
    { TopicName: "kms-guard-production-ChatTopic-bdvfbzta" },
    SOON,
  ],
  [
    "malformed-events",
    "KmsGuard",
    "Events",
    { service: "kms-guard", stage: "production", outcome: "malformed" },
    SOON,
  ],
  [
    "no-sweep",
    LAMBDA,
    "Invocations",
    { FunctionName: "kms-guard-production-sweep" },
    {
      statistic: "Sum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      period: 3600,
      evaluationPeriods: 48,
    },
  ],
])("alarm: %s", (name, namespace, metricName, dimensions, when) => {
  expect(inputsOf(rendered, `Alarm-${name}`)).toMatchObject({
    name: `kms-guard-production-${name}`,
    namespace,
    metricName,
    dimensions,
    ...when,
    alarmActions: [TOPIC],
    okActions: [TOPIC],
  });
});

test("there is no alarm but these, and all of them are on the dashboard", () => {
  const arns = allOf(rendered, "aws:cloudwatch/metricAlarm:MetricAlarm").map(
    ({ name }) => `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${String(name)}`,
  );
  expect(arns).toHaveLength(15);
  const shown = widgets()
    .filter(({ type }) => type === "alarm")
    .flatMap(({ properties }) => properties.alarms ?? []);
  expect(shown.toSorted()).toEqual(arns.toSorted());
});

test.each([
  ["rate(1 day)", 48],
  ["rate(12 hours)", 24],
  ["rate(90 minutes)", 3],
  ["rate(5 minutes)", 1],
  // CloudWatch looks back on a week at most.
  ["rate(30 days)", 168],
  ["cron(0 6 * * ? *)", 168],
])("swept at %s, it is %i silent hours that are wrong", (schedule, hours) => {
  expect(silenceHours(schedule)).toBe(hours);
});

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly region?: string;
    readonly query?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly (string | { readonly stat: string })[])[];
  };
}

function widgets(): readonly Widget[] {
  const body: { widgets: readonly Widget[] } = JSON.parse(
    String(inputsOf(rendered, "Dashboard").dashboardBody),
  );
  return body.widgets;
}

test("the dashboard tells findings, containments, time to alert, the latest alerts and how the guard is", () => {
  expect(widgets().map(({ type, properties }) => `${type}: ${properties.title ?? "-"}`)).toEqual([
    "text: -",
    "metric: Findings by verdict",
    "metric: Containments",
    "metric: From event to alert, milliseconds",
    "log: Latest alerts",
    "alarm: Is the guard well",
    "metric: Functions",
    "metric: Events",
    "metric: Dead letters",
  ]);
});

test("no widget leaves the 24 columns or covers another", () => {
  const cells = widgets().flatMap(({ x, y, width, height }) =>
    Array.from(
      { length: width * height },
      (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`,
    ),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(widgets().every(({ x, width }) => x + width <= 24)).toBe(true);
});

test("the latest alerts come from the history's log group", () => {
  const [latest] = widgets().filter(({ type }) => type === "log");
  expect(latest?.properties.query).toMatch(
    /^SOURCE '\/kms-guard\/production\/alerts' \| fields @timestamp, /,
  );
});

/** What AWS itself publishes, as far as it is used: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html */
const OF_AWS: Readonly<Record<string, readonly string[]>> = {
  "AWS/Lambda": ["Invocations", "Errors", "Throttles"],
  "AWS/Events": ["MatchedEvents", "FailedInvocations"],
  "AWS/SQS": ["ApproximateNumberOfMessagesVisible"],
  "AWS/SNS": ["NumberOfNotificationsFailed"],
};

test("every metric that dashboard and alarms look at is one that is published, with its dimensions", () => {
  const onDashboard = widgets().flatMap(({ properties }) =>
    (properties.metrics ?? []).map((line) => {
      const [namespace = "", name = "", ...dimensions] = line.filter((part) => typeof part === "string");
      const pairs = dimensions.flatMap((key, index) =>
        index % 2 === 0 ? [[key, dimensions[index + 1]]] : [],
      );
      return { namespace, name, dimensions: Object.fromEntries(pairs) };
    }),
  );
  const ofAlarms = allOf(rendered, "aws:cloudwatch/metricAlarm:MetricAlarm").map((alarm) => ({
    namespace: String(alarm.namespace),
    name: String(alarm.metricName),
    dimensions: JSON.parse(JSON.stringify(alarm.dimensions)),
  }));
  const looked = [...onDashboard, ...ofAlarms];
  expect(looked.filter((metric) => !isPublished(metric))).toEqual([]);
  expect(looked.filter(({ namespace }) => namespace === "KmsGuard").length).toBeGreaterThan(8);
});

const OURS = { service: "kms-guard", stage: "production" };

test.each([
  { namespace: "KmsGuard", name: "Sweeps", dimensions: { ...OURS } },
  { namespace: "KmsGuard", name: "Events", dimensions: { ...OURS, outcome: "lost" } },
  { namespace: "KmsGuard", name: "Events", dimensions: { service: "kms-guard", outcome: "clean" } },
  { namespace: "KmsGuard", name: "Events", dimensions: { ...OURS, stage: "dev", outcome: "clean" } },
  { namespace: "KmsGuard", name: "Events", dimensions: { ...OURS } },
  { namespace: "KmsGuard", name: "EventToAlert", dimensions: {} },
  { namespace: "AWS/Lambda", name: "Errs", dimensions: { FunctionName: "kms-guard-production-guard" } },
])("and $namespace $name of $dimensions would not be", (metric) => {
  expect(isPublished(metric)).toBe(false);
});

function isPublished(looked: {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}): boolean {
  const { namespace, name, dimensions } = looked;
  if (namespace !== "KmsGuard") return OF_AWS[namespace]?.includes(name) === true;
  const metrics: readonly Metric[] = Object.values(METRICS);
  const metric = metrics.find((candidate) => candidate.name === name);
  if (metric === undefined) return false;
  const expected: Readonly<Record<string, readonly string[]>> = {
    service: ["kms-guard"],
    stage: ["production"],
    ...metric.dimensions,
  };
  const keys = Object.keys(expected);
  return (
    Object.keys(dimensions).length === keys.length &&
    keys.every((key) => expected[key]?.includes(dimensions[key] ?? "") === true)
  );
}

test("the first questions are saved in Logs Insights, each asking a log group that is there", () => {
  const groups = allOf(rendered, "aws:cloudwatch/logGroup:LogGroup").map(({ name }) => name);
  const queries = allOf(rendered, "aws:cloudwatch/queryDefinition:QueryDefinition");
  expect(queries.map(({ name }) => String(name)).toSorted()).toEqual([
    "kms-guard/production/enforcement log",
    "kms-guard/production/exemptions used",
    "kms-guard/production/findings by actor",
    "kms-guard/production/findings by policy",
    "kms-guard/production/open findings",
    "kms-guard/production/time to alert",
  ]);
  for (const { logGroupNames } of queries)
    expect(groups).toEqual(expect.arrayContaining(Array.from(Object(logGroupNames))));
});

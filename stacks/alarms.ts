import type { GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { METRICS, METRICS_NAMESPACE, sharedDimensions } from "@kms-guard/adapters/metrics.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import type { DeploymentContext } from "./context.ts";
import { silenceHours } from "./sweep-silence.ts";

interface Watched {
  readonly topic: sst.aws.SnsTopic;
  /** Amazon Q's, where there is one. */
  readonly chat: sst.aws.SnsTopic | undefined;
  readonly deadLetters: sst.aws.Queue;
  readonly rules: readonly { readonly part: string; readonly rule: aws.cloudwatch.EventRule }[];
  /** `guard`, `sweep`, ...: functions by the name of their part. */
  readonly functions: readonly string[];
}

/** Alarms on the guard itself, to the topic that its alerts go to: a guard that has failed must not be quiet. */
export function alarms(
  config: GuardConfig,
  context: DeploymentContext,
  watched: Watched,
): readonly aws.cloudwatch.MetricAlarm[] {
  const { topic, chat, deadLetters, rules, functions } = watched;
  const { named } = context;

  function alarm(
    name: string,
    description: string,
    metric: Pick<aws.cloudwatch.MetricAlarmArgs, "namespace" | "metricName" | "dimensions">,
    when: Partial<aws.cloudwatch.MetricAlarmArgs> = {},
  ): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(`Alarm-${name}`, {
      name: named(name),
      alarmDescription: `${description} Start with: ${KMS_GUARD} doctor`,
      ...metric,
      statistic: "Sum",
      period: 60,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: "GreaterThanThreshold",
      treatMissingData: "notBreaching",
      ...when,
      alarmActions: [topic.arn],
      okActions: [topic.arn],
    });
  }

  const ofFunction = (part: string, metricName: string) => ({
    namespace: "AWS/Lambda",
    metricName,
    dimensions: { FunctionName: named(part) },
  });

  const ofTopic = ({ name }: sst.aws.SnsTopic) => ({
    namespace: "AWS/SNS",
    metricName: "NumberOfNotificationsFailed",
    dimensions: { TopicName: name },
  });

  return [
    ...functions.flatMap((part) => [
      alarm(
        `${part}-errors`,
        `The function ${named(part)} failed; Lambda tries twice more.`,
        ofFunction(part, "Errors"),
      ),
      alarm(
        `${part}-throttles`,
        `The function ${named(part)} has to wait for concurrency.`,
        ofFunction(part, "Throttles"),
      ),
    ]),
    ...rules.map(({ part, rule }) =>
      alarm(`${part}-undelivered`, `EventBridge could not deliver an event of the rule ${named(part)}.`, {
        namespace: "AWS/Events",
        metricName: "FailedInvocations",
        dimensions: { RuleName: rule.name },
      }),
    ),
    alarm(
      "dead-letters",
      "An event could not be delivered or handled: look at it, fix the cause, and redrive or sweep.",
      {
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: deadLetters.nodes.queue.name },
      },
      { statistic: "Maximum" },
    ),
    alarm("alerts-undelivered", "SNS could not hand an alert to a subscriber.", ofTopic(topic)),
    ...(chat === undefined
      ? []
      : [alarm("chat-undelivered", "SNS could not hand an alert to Amazon Q.", ofTopic(chat))]),
    alarm("malformed-events", "An event could not be read: somebody may be hiding something in it.", {
      namespace: METRICS_NAMESPACE,
      metricName: METRICS.events.name,
      dimensions: { ...sharedDimensions($app.stage), outcome: "malformed" },
    }),
    // Every hour of them has to be without a sweep. A missing hour is one: what does not run counts nothing.
    alarm(
      "no-sweep",
      `No sweep has run in ${silenceHours(config.sweepSchedule)} hours.`,
      ofFunction("sweep", "Invocations"),
      {
        period: 3600,
        evaluationPeriods: silenceHours(config.sweepSchedule),
        threshold: 1,
        comparisonOperator: "LessThanThreshold",
        treatMissingData: "breaching",
      },
    ),
  ];
}

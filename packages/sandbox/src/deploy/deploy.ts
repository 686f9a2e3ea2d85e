import { lambdaFunctionName } from "@kms-guard/core/aws/arn.ts";
import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { MotoCalls } from "../moto/moto-calls.ts";
import type { Rendered } from "../render/render.ts";
import { makeAlarm } from "./alarm.ts";
import { type Inputs, textIn } from "./inputs.ts";
import { allowInvoking, configureInvocations, makeFunction } from "./lambda.ts";
import { makeRole } from "./role.ts";
import { makeTable } from "./table.ts";

type Make = (calls: MotoCalls, inputs: Inputs, logicalName: string) => Promise<unknown>;

/** By Pulumi's type, in the order in which they need each other. */
const MAKERS: readonly (readonly [type: string, make: Make])[] = [
  ["aws:iam/role:Role", makeRole],
  [
    "aws:sqs/queue:Queue",
    (calls, inputs) => calls.json("sqs", "CreateQueue", { QueueName: textIn(inputs, "name") }),
  ],
  [
    "aws:sns/topic:Topic",
    (calls, inputs) => calls.query("sns", "CreateTopic", { Name: textIn(inputs, "name") }),
  ],
  [
    "aws:cloudwatch/logGroup:LogGroup",
    (calls, inputs) => calls.json("logs", "CreateLogGroup", { logGroupName: textIn(inputs, "name") }),
  ],
  ["aws:dynamodb/table:Table", makeTable],
  [
    "aws:ssm/parameter:Parameter",
    (calls, inputs) =>
      calls.json("ssm", "PutParameter", {
        ...{ Name: textIn(inputs, "name"), Value: textIn(inputs, "value"), Type: textIn(inputs, "type") },
      }),
  ],
  ["aws:lambda/function:Function", makeFunction],
  ["aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", configureInvocations],
  [
    "aws:cloudwatch/eventRule:EventRule",
    (calls, inputs) =>
      calls.json("events", "PutRule", {
        ...{ Name: textIn(inputs, "name"), EventPattern: textIn(inputs, "eventPattern"), State: "ENABLED" },
      }),
  ],
  ["aws:lambda/permission:Permission", allowInvoking],
  [
    "aws:cloudwatch/eventTarget:EventTarget",
    (calls, inputs) =>
      calls.json("events", "PutTargets", {
        Rule: textIn(inputs, "rule"),
        Targets: [
          {
            ...{ Id: "target", Arn: textIn(inputs, "arn") },
            DeadLetterConfig: { Arn: memberOf(inputs.deadLetterConfig, "arn") },
          },
        ],
      }),
  ],
  [
    "aws:sns/topicSubscription:TopicSubscription",
    (calls, inputs) =>
      calls.query("sns", "Subscribe", {
        TopicArn: textIn(inputs, "topic"),
        Protocol: textIn(inputs, "protocol"),
        Endpoint: textIn(inputs, "endpoint"),
      }),
  ],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", makeAlarm],
];

/**
 * Makes the rendered resources in moto. Not among them is what only people look at (dashboard, saved queries), nor
 * resource policies of what is no function, which moto does not ask, nor the sweep's schedule: `aws lambda invoke` runs
 * a sweep at once.
 */
export async function deployStacks(calls: MotoCalls, rendered: Rendered): Promise<void> {
  for (const [type, make] of MAKERS) {
    const ofType = rendered.resources.filter((resource) => resource.type === type);
    await Promise.all(ofType.map(({ inputs, name }) => make(calls, inputs, name)));
  }
}

/** The names of the functions that rules and topics invoke. */
export function invokedFunctions({ resources }: Rendered): readonly string[] {
  const names = resources.flatMap(({ inputs }) => {
    const target = inputs.arn ?? inputs.endpoint;
    return typeof target === "string" ? (lambdaFunctionName(target) ?? []) : [];
  });
  return [...new Set(names)];
}

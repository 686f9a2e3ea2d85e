import { memberOf, textOf } from "@kms-guard/core/trigger/cloudtrail-record.ts";
import type { Rendered, RenderedResource } from "../stacks/render.ts";
import { type MotoCalls, REGION } from "./moto-calls.ts";

/** What moto cannot do by itself, and the sandbox does in its place. */
export interface Stands {
  /** The queue that has the events of a rule whose target is this function. */
  readonly queueOfFunction: (functionArn: string) => Promise<string>;
  /** Where a mail to this address goes. */
  readonly mailbox: (address: string) => string;
}

type Inputs = RenderedResource["inputs"];
type Make = (inputs: Inputs) => Promise<unknown>;

/**
 * Makes the rendered resources in moto, in the order in which they need each other. Functions are not among them: moto
 * runs none. Neither is what only people look at (dashboard, saved queries, alarms), nor resource policies, which moto
 * does not ask, nor the sweep's schedule: `aws lambda invoke` runs a sweep at once.
 *
 * A function that is a target is stood in for by a queue, and a subscription by e-mail by one over HTTP.
 */
export async function deployStacks(calls: MotoCalls, rendered: Rendered, stands: Stands): Promise<void> {
  const text = (inputs: Inputs, name: string) => {
    const value = textOf(memberOf(inputs, name));
    if (value === undefined) throw new Error(`the stacks render a resource without \`${name}\``);
    return value;
  };

  const makers: readonly (readonly [type: string, make: Make])[] = [
    ["aws:iam/role:Role", (inputs) => makeRole(calls, text(inputs, "name"), inputs)],
    [
      "aws:sqs/queue:Queue",
      (inputs) => calls.json("sqs", "CreateQueue", { QueueName: text(inputs, "name") }),
    ],
    ["aws:sns/topic:Topic", (inputs) => calls.query("sns", "CreateTopic", { Name: text(inputs, "name") })],
    [
      "aws:cloudwatch/logGroup:LogGroup",
      (inputs) => calls.json("logs", "CreateLogGroup", { logGroupName: text(inputs, "name") }),
    ],
    ["aws:dynamodb/table:Table", (inputs) => calls.json("dynamodb", "CreateTable", tableOf(inputs))],
    [
      "aws:ssm/parameter:Parameter",
      (inputs) =>
        calls.json("ssm", "PutParameter", {
          ...{ Name: text(inputs, "name"), Value: text(inputs, "value"), Type: text(inputs, "type") },
        }),
    ],
    [
      "aws:cloudwatch/eventRule:EventRule",
      (inputs) =>
        calls.json("events", "PutRule", {
          ...{ Name: text(inputs, "name"), EventPattern: text(inputs, "eventPattern"), State: "ENABLED" },
        }),
    ],
    [
      "aws:cloudwatch/eventTarget:EventTarget",
      async (inputs) => {
        const arn = text(inputs, "arn");
        const Arn = arn.includes(":lambda:") ? await stands.queueOfFunction(arn) : arn;
        return calls.json("events", "PutTargets", {
          Rule: text(inputs, "rule"),
          Targets: [{ Id: "target", Arn }],
        });
      },
    ],
    [
      "aws:sns/topicSubscription:TopicSubscription",
      async (inputs) => {
        const [protocol, endpoint] = [text(inputs, "protocol"), text(inputs, "endpoint")];
        return calls.query("sns", "Subscribe", {
          TopicArn: text(inputs, "topic"),
          Protocol: protocol === "lambda" ? "sqs" : "http",
          Endpoint: protocol === "lambda" ? await stands.queueOfFunction(endpoint) : stands.mailbox(endpoint),
        });
      },
    ],
  ];
  for (const [type, make] of makers) {
    for (const { inputs } of rendered.resources.filter((resource) => resource.type === type))
      await make(inputs);
  }
}

/** A queue of the sandbox's own. */
export async function makeQueue(calls: MotoCalls, account: string, name: string) {
  const QueueUrl = memberOf(await calls.json("sqs", "CreateQueue", { QueueName: name }), "QueueUrl");
  return { url: String(QueueUrl), arn: `arn:aws:sqs:${REGION}:${account}:${name}` };
}

async function makeRole(calls: MotoCalls, RoleName: string, inputs: Inputs): Promise<void> {
  const trust = inputs.assumeRolePolicy;
  const AssumeRolePolicyDocument = typeof trust === "string" ? trust : JSON.stringify(trust);
  await calls.query("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument });
  const inline = inputs.inlinePolicies;
  for (const policy of Array.isArray(inline) ? inline : []) {
    const [PolicyName, PolicyDocument] = [memberOf(policy, "name"), memberOf(policy, "policy")];
    await calls.query("iam", "PutRolePolicy", {
      ...{ RoleName, PolicyName: String(PolicyName), PolicyDocument: String(PolicyDocument) },
    });
  }
}

function tableOf(inputs: Inputs) {
  const indexes = inputs.globalSecondaryIndexes;
  const attributes = inputs.attributes;
  return {
    TableName: inputs.name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: (Array.isArray(attributes) ? attributes : []).map((attribute) => ({
      AttributeName: memberOf(attribute, "name"),
      AttributeType: memberOf(attribute, "type"),
    })),
    KeySchema: keysOf(inputs),
    GlobalSecondaryIndexes: (Array.isArray(indexes) ? indexes : []).map((index) => ({
      IndexName: memberOf(index, "name"),
      KeySchema: keysOf(index),
      Projection: {
        ProjectionType: memberOf(index, "projectionType"),
        NonKeyAttributes: memberOf(index, "nonKeyAttributes"),
      },
    })),
  };
}

function keysOf(keyed: unknown) {
  return [
    { AttributeName: memberOf(keyed, "hashKey"), KeyType: "HASH" },
    { AttributeName: memberOf(keyed, "rangeKey"), KeyType: "RANGE" },
  ];
}

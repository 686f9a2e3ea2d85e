// What AWS would answer to a deployment, as far as the stacks look at it.

export interface Region {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
}

type Inputs = Readonly<Record<string, unknown>>;

/** What a resource is once it is made: its inputs, its id, and its ARN as AWS forms it. */
export function stateOf(context: Region, type: string, logicalName: string, inputs: Inputs) {
  const name = String(inputs.name ?? inputs.dashboardName ?? logicalName);
  const arn = arnOf(context, type, name);
  const url = `https://sqs.${context.region}.amazonaws.com/${context.account}/${name}`;
  const made: Inputs = {
    ...{ name, arn },
    ...(type === "aws:sqs/queue:Queue" && { url }),
    ...(type === "random:index/randomBytes:RandomBytes" && { base64: Buffer.alloc(32).toString("base64") }),
  };
  return { id: type === "aws:sqs/queue:Queue" ? url : name, state: { ...inputs, ...made } };
}

function arnOf({ account, partition, region }: Region, type: string, name: string): string {
  const regional = (service: string, rest: string) =>
    `arn:${partition}:${service}:${region}:${account}:${rest}`;
  const forms: Readonly<Record<string, string>> = {
    "aws:cloudwatch/eventRule:EventRule": regional("events", `rule/${name}`),
    "aws:cloudwatch/logGroup:LogGroup": regional("logs", `log-group:${name}`),
    "aws:cloudwatch/metricAlarm:MetricAlarm": regional("cloudwatch", `alarm:${name}`),
    "aws:dynamodb/table:Table": regional("dynamodb", `table/${name}`),
    "aws:iam/role:Role": `arn:${partition}:iam::${account}:role/${name}`,
    "aws:lambda/function:Function": regional("lambda", `function:${name}`),
    "aws:scheduler/schedule:Schedule": regional("scheduler", `schedule/default/${name}`),
    "aws:sns/topic:Topic": regional("sns", name),
    "aws:sqs/queue:Queue": regional("sqs", name),
  };
  return forms[type] ?? regional("unknown", `${type}/${name}`);
}

interface Statement {
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly conditions?: readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: string[];
  }[];
}

/** The provider's lookups. `getPolicyDocument` writes the policy as the provider does. */
export function answerCall(
  context: Region,
  token: string,
  inputs: { readonly statements?: readonly Statement[] },
) {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: context.account };
    case "aws:index/getRegion:getRegion":
      return { region: context.region };
    case "aws:index/getPartition:getPartition":
      return { partition: context.partition };
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return { ...inputs, json: policyJson(inputs.statements ?? []) };
    default:
      throw new Error(
        `the stacks look up ${token}: say in packages/sandbox/src/render/aws-mocks.ts what AWS would answer`,
      );
  }
}

function policyJson(statements: readonly Statement[]): string {
  const Statement = statements.map(({ effect, actions, resources, conditions }) => ({
    Effect: effect ?? "Allow",
    Action: actions,
    Resource: resources,
    ...(conditions !== undefined && { Condition: conditionsOf(conditions) }),
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function conditionsOf(conditions: NonNullable<Statement["conditions"]>) {
  const blocks: Record<string, Record<string, readonly string[]>> = {};
  for (const { test, variable, values } of conditions) blocks[test] = { ...blocks[test], [variable]: values };
  return blocks;
}

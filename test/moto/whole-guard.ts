import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient, PutMetricAlarmCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { deploymentParameterName } from "@kms-guard/adapters/deployment/deployment-name.ts";
import {
  chatEnvironment,
  type EnvironmentVariables,
  type GuardEnvironment,
} from "@kms-guard/adapters/deployment/environment.ts";
import {
  guardPermissions,
  lambdaPermissions,
  type Permission,
} from "@kms-guard/adapters/deployment/permissions.ts";
import { eventPattern } from "@kms-guard/core/events/rule-pattern.ts";
import type { Moto } from "@kms-guard/sandbox/moto/moto.ts";
import { putDeployment } from "./deployed-guard.ts";
import { writeLog } from "./history-log.ts";
import { TRUST } from "./iam-seed.ts";

const REGION = "us-east-1";
const ACCOUNT = "111122223333";

/** The names that the stacks give in stage `prod`. */
export const NAMES = {
  rule: "kms-guard-prod-iam-events",
  guard: "kms-guard-prod-guard",
  sweep: "kms-guard-prod-sweep",
  notifier: "kms-guard-prod-notify-amazon-q",
  chat: "kms-guard-prod-Chat",
  queue: "kms-guard-prod-DeadLetters",
  alarm: "kms-guard-prod-guard-errors",
  trail: "everything",
} as const;

const regional = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
export const QUEUE_ARN = regional("sqs", NAMES.queue);
const RULE_ARN = regional("events", `rule/${NAMES.rule}`);
const functionArn = (name: string) => regional("lambda", `function:${name}`);

/** A ZIP archive of nothing: moto runs no function. */
const NOTHING = Buffer.concat([Buffer.from("PK\u0005\u0006"), Buffer.alloc(18)]);

/**
 * Makes around a guard that `deployGuard("prod")` has made all that a doctor looks at, as the stacks make it, with an
 * event and a sweep a moment before `nowMs`; and a trail, which an account has anyway.
 */
export async function deployWholeGuard(
  { endpoint }: Pick<Moto, "endpoint">,
  environment: GuardEnvironment,
  nowMs: number,
): Promise<void> {
  await new SQSClient({ region: REGION }).send(new CreateQueueCommand({ QueueName: NAMES.queue }));
  await Promise.all([
    makeTrail(endpoint),
    makeRule(),
    makeAlarm(),
    makeActivity(endpoint, nowMs),
    protectTable(environment.tableName),
    makeFunction(NAMES.guard, environment).then(allowRule),
    makeFunction(NAMES.sweep, environment),
    new SNSClient({ region: REGION }).send(
      new SubscribeCommand({
        TopicArn: environment.topicArn,
        Protocol: "email",
        Endpoint: "security@example.com",
      }),
    ),
  ]);
}

/** Adds the topic that Amazon Q listens to, and the function that writes to it, as `amazonQ: true` does. */
export async function deployChat(environment: GuardEnvironment): Promise<void> {
  const sns = new SNSClient({ region: REGION });
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: NAMES.chat }));
  await makeFunction(NAMES.notifier, environment, chatEnvironment(TopicArn));
  const { topicArn } = environment;
  const Endpoint = functionArn(NAMES.notifier);
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: "lambda", Endpoint }));
  const Name = deploymentParameterName("prod");
  const { Parameter } = await new SSMClient({ region: REGION }).send(new GetParameterCommand({ Name }));
  const variables: Record<string, string> = JSON.parse(Parameter?.Value ?? "{}");
  variables.KMS_GUARD_OWN_ROLE_ARNS += ` arn:aws:iam::${ACCOUNT}:role/${NAMES.notifier}`;
  await putDeployment("prod", JSON.stringify(variables));
}

async function makeTrail(endpoint: string): Promise<void> {
  // A bucket, without a client of S3 for it alone.
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIAADMIN/20260101/${REGION}/s3/aws4_request`;
  await fetch(`${endpoint}/trails`, { method: "PUT", headers: { authorization } });
  const client = new CloudTrailClient({ region: REGION });
  await client.send(
    new CreateTrailCommand({ Name: NAMES.trail, S3BucketName: "trails", IsMultiRegionTrail: true }),
  );
  await client.send(new StartLoggingCommand({ Name: NAMES.trail }));
}

async function makeRule(): Promise<void> {
  const client = new EventBridgeClient({ region: REGION });
  await client.send(
    new PutRuleCommand({ Name: NAMES.rule, EventPattern: JSON.stringify(eventPattern()), State: "ENABLED" }),
  );
  const target = { Id: "target", Arn: functionArn(NAMES.guard), DeadLetterConfig: { Arn: QUEUE_ARN } };
  await client.send(new PutTargetsCommand({ Rule: NAMES.rule, Targets: [target] }));
}

async function makeFunction(
  name: string,
  { settings, tableName, topicArn }: GuardEnvironment,
  own: EnvironmentVariables = { KMS_GUARD_MODE: settings.mode },
): Promise<void> {
  const iam = new IAMClient({ region: REGION });
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: TRUST }));
  const permissions = [
    ...guardPermissions({
      ...{ mode: settings.mode, partition: "aws", account: ACCOUNT, topicArn },
      ownRoleArns: settings.ownRoleArns,
      tableArn: regional("dynamodb", `table/${tableName}`),
      busArn: regional("events", "event-bus/default"),
    }),
    ...lambdaPermissions({
      logGroupArn: regional("logs", `log-group:/aws/lambda/${name}`),
      deadLettersArn: QUEUE_ARN,
    }),
  ];
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: name,
      PolicyName: "inline",
      PolicyDocument: documentOf(permissions),
    }),
  );
  const lambda = new LambdaClient({ region: REGION });
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName: name, Role: `arn:aws:iam::${ACCOUNT}:role/${name}`, Handler: "bundle.handler" },
      ...{ Runtime: "nodejs22.x", Code: { ZipFile: NOTHING } },
      Environment: { Variables: own },
    }),
  );
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: name,
      DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
    }),
  );
}

/** In IAM's JSON, as the stacks' platform writes it. */
export function documentOf(permissions: readonly Permission[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: permissions.map(({ effect, actions, resources, conditions }) => ({
      ...{ Effect: effect, Action: actions, Resource: resources },
      ...(conditions !== undefined && {
        Condition: Object.fromEntries(
          conditions.map(({ test, variable, values }) => [test, { [variable]: values }]),
        ),
      }),
    })),
  });
}

async function allowRule(): Promise<void> {
  await new LambdaClient({ region: REGION }).send(
    new AddPermissionCommand({
      ...{ FunctionName: NAMES.guard, StatementId: "rule", Action: "lambda:InvokeFunction" },
      ...{ Principal: "events.amazonaws.com", SourceArn: RULE_ARN },
    }),
  );
}

async function makeAlarm(): Promise<void> {
  await new CloudWatchClient({ region: REGION }).send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: NAMES.alarm, Namespace: "AWS/Lambda", MetricName: "Errors", Statistic: "Sum" },
      ...{ Period: 60, EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: "GreaterThanThreshold" },
    }),
  );
}

async function protectTable(TableName: string): Promise<void> {
  const client = new DynamoDBClient({ region: REGION });
  await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
}

async function makeActivity(endpoint: string, nowMs: number): Promise<void> {
  const before = new Date(nowMs - 60_000);
  await new CloudWatchClient({ region: REGION }).send(
    new PutMetricDataCommand({
      Namespace: "AWS/Lambda",
      MetricData: [
        {
          ...{ MetricName: "Invocations", Value: 1, Timestamp: before },
          Dimensions: [{ Name: "FunctionName", Value: NAMES.guard }],
        },
      ],
    }),
  );
  const logGroupName = `/aws/lambda/${NAMES.sweep}`;
  await new CloudWatchLogsClient({ region: REGION }).send(new CreateLogGroupCommand({ logGroupName }));
  const message = JSON.stringify({ outcome: "clean", findings: 0, reason: "scheduled sweep" });
  await writeLog(endpoint, logGroupName, [{ at: before.toISOString(), message }]);
}

import type { GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { deploymentParameterName } from "@kms-guard/adapters/deployment/deployment-name.ts";
import { toEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { guardPermissions } from "@kms-guard/adapters/deployment/permissions.ts";
import { dashboardLink } from "@kms-guard/core/aws/partitions.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { alarms } from "./alarms.ts";
import { alertsTopic } from "./alerts.ts";
import { chatTopic } from "./chat.ts";
import { type DeploymentContext, deploymentContext, notifiers, ownRoleArns } from "./context.ts";
import { dashboardBody } from "./dashboard.ts";
import { acceptFromRules, deadLettersQueue } from "./dead-letters.ts";
import { findingsTable } from "./findings.ts";
import { type FunctionDefaults, guard } from "./guard.ts";
import { alertHistory } from "./history.ts";
import { sweep } from "./sweep.ts";

/** Deploys the whole guard. Returns what the person who deploys wants to know. */
export async function deploy(config: GuardConfig) {
  const context = await deploymentContext();
  const deadLetters = deadLettersQueue();
  const table = findingsTable(context);
  const topic = alertsTopic(config, context, deadLetters);
  const chat = config.amazonQ ? chatTopic(topic, context, deadLetters) : undefined;
  const history = alertHistory(config, context, deadLetters);
  const defaults = guardDefaults(config, context, table, topic, history.logGroup);
  const guarding = guard(config, context, deadLetters, defaults);
  sweep(config, context, deadLetters, defaults);
  new aws.ssm.Parameter("Deployment", {
    name: deploymentParameterName($app.stage),
    description: "kms-guard: where its commands find what is deployed",
    type: "String",
    value: $jsonStringify(defaults.environment),
  });
  acceptFromRules(deadLetters, [guarding.rule, history.rule]);

  const watching = alarms(config, context, {
    topic,
    chat,
    deadLetters,
    rules: [
      { part: "iam-events", rule: guarding.rule },
      { part: "history", rule: history.rule },
    ],
    functions: ["guard", "sweep", ...notifiers(config)],
  });
  const dashboardName = `${$app.name}-${$app.stage}`;
  new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName,
    dashboardBody: $resolve({
      historyLogGroup: history.logGroup.name,
      guardRule: guarding.rule.name,
      deadLettersName: deadLetters.nodes.queue.name,
      alarmArns: watching.map(({ arn }) => arn),
    }).apply((shown) => dashboardBody(config, context, shown)),
  });

  return {
    mode: config.mode,
    topic: topic.arn,
    ...(chat !== undefined && { chat: chat.arn }),
    table: table.name,
    history: history.logGroup.name,
    dashboard: dashboardLink(context.partition, context.region, dashboardName) ?? dashboardName,
    next: `${KMS_GUARD} doctor`,
  };
}

/** The guard and the sweep do the same at other times, with the same settings and the same permissions. */
function guardDefaults(
  config: GuardConfig,
  context: DeploymentContext,
  table: sst.aws.Dynamo,
  topic: sst.aws.SnsTopic,
  history: aws.cloudwatch.LogGroup,
): FunctionDefaults {
  const { account, partition, region } = context;
  const ownRoles = ownRoleArns(config, context);
  const made = $resolve({
    tableArn: table.arn,
    tableName: table.name,
    topicArn: topic.arn,
    historyLogGroup: history.name,
  });
  return {
    environment: made.apply(({ tableName, topicArn, historyLogGroup }) => ({
      ...toEnvironment(config, {
        ...{ stage: $app.stage, account, partition, region, tableName, topicArn, historyLogGroup },
        ownRoleArns: ownRoles,
        eventBus: "default",
      }),
    })),
    permissions: made.apply(({ tableArn, topicArn }) =>
      guardPermissions({
        ...{ mode: config.mode, account, partition, tableArn, topicArn },
        ownRoleArns: ownRoles,
        busArn: `arn:${partition}:events:${region}:${account}:event-bus/default`,
      }),
    ),
  };
}

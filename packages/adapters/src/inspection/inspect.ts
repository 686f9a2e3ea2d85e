import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type {
  Chat,
  FunctionState,
  GuardDeployment,
  Observations,
} from "@kms-guard/guard/doctor/observations.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { partName } from "../deployment/deployment-name.ts";
import type { GuardEnvironment } from "../deployment/environment.ts";
import { guardPermissions, lambdaPermissions, type Permission } from "../deployment/permissions.ts";
import { observeLastEvent, observeLastSweep } from "./activity.ts";
import { observeAlarms } from "./alarms.ts";
import { observeFunction, observeInvokers } from "./functions.ts";
import { andThen } from "./observe.ts";
import { observeQueue } from "./queue.ts";
import { observeRole } from "./role.ts";
import { observeRule, observeTargets } from "./rule.ts";
import { observeChat, observeSubscriptions } from "./subscriptions.ts";
import { observeTable } from "./table.ts";
import { observeTrails } from "./trails.ts";

/**
 * Looks at everything of a deployed guard at once, with an operator's credentials; changes nothing. What cannot be
 * read is an observation as well, so this never throws for it. `doctorPermissions` is what it takes.
 */
export async function inspect(
  { stage, environment }: { readonly stage: string; readonly environment: GuardEnvironment },
  access: AwsAccess,
  nowMs: number,
): Promise<Observations> {
  const deployment = deploymentOf(stage, environment);
  const { functionName, sweepName, slackName, chatName, ruleName } = deployment;
  const running = [functionName, sweepName, slackName, chatName].filter((name) => name !== undefined);
  const dutiful = [functionName, sweepName];
  const targeting = observeTargets(access, ruleName);
  const inspecting = Promise.all(
    running.map(async (name) => ({ name, state: await observeFunction(access, name) })),
  );
  // One queue for all: each function that names it will do.
  const findingQueue = Promise.all([targeting, inspecting]).then(
    ([targets, functions]): Observed<string | undefined> => {
      const arn = deadLettersOfTargets(targets) ?? deadLettersOfFunctions(functions);
      return arn === undefined && targets.kind === "unread" ? targets : { kind: "read", value: arn };
    },
  );
  const findingChat = inspecting.then((functions) => {
    const notifier = functions.find(({ name }) => name === chatName)?.state;
    return notifier && andThen(notifier, (found) => chatOf(access, found));
  });
  const [
    trails,
    rule,
    targets,
    invokers,
    deadLetters,
    functions,
    roles,
    alarms,
    subscriptions,
    chat,
    table,
    ...last
  ] = await Promise.all([
    observeTrails(access),
    observeRule(access, ruleName),
    targeting,
    observeInvokers(access, functionName),
    findingQueue.then((queue) =>
      andThen(queue, async (arn) => (arn === undefined ? NOT_THERE : observeQueue(access, arn))),
    ),
    inspecting,
    findingQueue.then((queue) =>
      Promise.all(
        dutiful.map(async (name) => ({
          name,
          state: await andThen(queue, (arn) =>
            observeRole(access, name, expectedOf(name, deployment, environment, arn)),
          ),
        })),
      ),
    ),
    observeAlarms(access, partName(stage, "")),
    observeSubscriptions(access, environment.topicArn),
    findingChat,
    observeTable(access, environment.tableName),
    observeLastEvent(access, functionName, nowMs),
    observeLastSweep(access, stage, nowMs),
  ]);
  const [lastEvent, lastSweep] = last;
  return {
    ...{ deployment, trails, rule, targets, invokers, deadLetters, functions, roles },
    ...{ alarms, subscriptions, table, lastEvent, lastSweep },
    ...(chat !== undefined && { chat }),
  };
}

function deploymentOf(stage: string, { settings, topicArn, tableName }: GuardEnvironment): GuardDeployment {
  const { mode, account, region, ownRoleArns } = settings;
  const slackName = partName(stage, "notify-slack");
  const chatName = partName(stage, "notify-amazon-q");
  const isDeployed = (name: string) => ownRoleArns.some((arn) => arn.endsWith(`role/${name}`));
  return {
    ...{ stage, mode, account: account.id, partition: account.partition, region, topicArn, tableName },
    ruleName: partName(stage, "iam-events"),
    functionName: partName(stage, "guard"),
    sweepName: partName(stage, "sweep"),
    ...(isDeployed(slackName) && { slackName }),
    ...(isDeployed(chatName) && { chatName }),
  };
}

async function chatOf(
  access: AwsAccess,
  notifier: FunctionState | undefined,
): Promise<Observed<Chat | undefined>> {
  return notifier?.chatTopicArn === undefined ? NOT_THERE : observeChat(access, notifier.chatTopicArn);
}

const NOT_THERE = { kind: "read", value: undefined } as const;

function deadLettersOfTargets(targets: Observations["targets"]): string | undefined {
  if (targets.kind === "unread") return undefined;
  return targets.value.find(({ deadLettersArn }) => deadLettersArn !== undefined)?.deadLettersArn;
}

function deadLettersOfFunctions(functions: Observations["functions"]): string | undefined {
  for (const { state } of functions) {
    if (state.kind === "read" && state.value?.deadLettersArn !== undefined) return state.value.deadLettersArn;
  }
  return undefined;
}

/** As the stacks give it to the guard's role, and to the sweep's. */
function expectedOf(
  name: string,
  { mode, partition, region, account }: GuardDeployment,
  { settings, tableName, topicArn, eventBus }: GuardEnvironment,
  deadLettersArn: string | undefined,
): readonly Permission[] {
  const regional = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  return [
    ...guardPermissions({
      ...{ mode, partition, account, topicArn, ownRoleArns: settings.ownRoleArns },
      tableArn: regional("dynamodb", `table/${tableName}`),
      busArn: eventBus.startsWith("arn:") ? eventBus : regional("events", `event-bus/${eventBus}`),
    }),
    ...lambdaPermissions({
      logGroupArn: regional("logs", `log-group:/aws/lambda/${name}`),
      // Without a queue that is known, the role cannot be as it should: it has one, or the rule's is gone.
      deadLettersArn: deadLettersArn ?? "the dead-letter queue",
    }),
  ];
}

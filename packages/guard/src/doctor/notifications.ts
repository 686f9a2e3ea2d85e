import { arnName, lambdaFunctionName, parseArn } from "@kms-guard/core/aws/arn.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { type CheckResult, fail, type Observed, ok, resultOf, warning } from "./diagnosis.ts";
import type { Alarm, Chat, GuardDeployment, Subscription, Table } from "./observations.ts";
import { command, redeployCommand } from "./text.ts";

/** Who gets alerts. */
export function checkSubscriptions(
  subscriptions: readonly Subscription[],
  { topicArn }: GuardDeployment,
): CheckResult {
  const pending = subscriptions.filter(isPending).map(({ endpoint }) => endpoint);
  const confirmed = subscriptions.filter(isConfirmed);
  if (pending.length > 0) {
    return warning(
      `${pending.join(", ")} has not confirmed the subscription, and gets nothing`,
      "confirm it by the link in the mail `AWS Notification - Subscription Confirmation`; after three days deploy again for another",
    );
  }
  if (confirmed.length === 0) {
    return warning(
      `nobody subscribes to ${arnName(topicArn)}: alerts are only in the history`,
      "name `emails` in guard.config.ts, or set `slack: true`, then npx sst deploy",
    );
  }
  const names = confirmed.map(({ protocol, endpoint }) => `${protocol} ${shortEndpoint(endpoint)}`);
  return ok(names.toSorted().join(", "));
}

function isPending({ arn }: Subscription): boolean {
  return arn === "PendingConfirmation";
}

function isConfirmed(subscription: Subscription): boolean {
  return !isPending(subscription) && subscription.arn !== "Deleted";
}

function shortEndpoint(endpoint: string): string {
  return parseArn(endpoint) === undefined ? endpoint : arnName(endpoint);
}

/** With Slack configured: its function subscribes to the alerts. */
export function checkSlack(
  subscriptions: readonly Subscription[],
  name: string,
  deployment: GuardDeployment,
): CheckResult {
  return hasFunction(subscriptions, name)
    ? ok(`${name} passes alerts on`)
    : fail(`${name} does not subscribe to the alerts, so Slack gets no alerts`, redeployCommand(deployment));
}

function hasFunction(subscriptions: readonly Subscription[], name: string): boolean {
  return subscriptions
    .filter(isConfirmed)
    .some(({ protocol, endpoint }) => protocol === "lambda" && lambdaFunctionName(endpoint) === name);
}

/** With Amazon Q configured: its function subscribes to the alerts, and a channel to the topic it writes to. */
export function checkChat(
  alerts: readonly Subscription[],
  chat: Chat | undefined,
  name: string,
  deployment: GuardDeployment,
): CheckResult {
  const noAlerts = (why: string) => fail(`${why}, so Amazon Q gets no alerts`, redeployCommand(deployment));
  if (!hasFunction(alerts, name)) return noAlerts(`${name} does not subscribe to the alerts`);
  if (chat === undefined) return noAlerts(`${name} names no topic`);
  const topic = arnName(chat.topicArn);
  if (chat.subscriptions === undefined) return noAlerts(`there is no topic ${topic}`);
  const { length } = chat.subscriptions.filter(isConfirmed);
  return length === 0
    ? warning(
        `no channel subscribes to ${topic}, so Amazon Q shows nothing`,
        `in the console of Amazon Q Developer in chat applications: Configured clients, the channel, SNS topics, add ${topic} of ${deployment.region}`,
      )
    : ok(
        `${name} passes alerts on to ${topic}, of ${length === 1 ? "1 subscriber" : `${length} subscribers`}`,
      );
}

export function checkAlarms(alarms: readonly Alarm[], deployment: GuardDeployment): CheckResult {
  const { region, stage } = deployment;
  if (alarms.length === 0)
    return warning("there is none: nobody is notified when the guard fails", redeployCommand(deployment));
  const inAlarm = alarms.filter(({ state }) => state === "ALARM");
  if (inAlarm.length > 0) {
    return fail(
      inAlarm.map(({ name, reason }) => `${name} is in ALARM: ${reason}`).join("; "),
      command`aws cloudwatch describe-alarm-history --alarm-name ${inAlarm.slice(0, 1).map(({ name }) => name)} --region ${region}`,
    );
  }
  const silent = alarms.filter(({ notifies }) => !notifies).map(({ name }) => name);
  if (silent.length > 0) {
    return warning(
      `${silent.join(", ")} would notify nobody: their actions are disabled`,
      command`aws cloudwatch enable-alarm-actions --alarm-names ${silent} --region ${region}`,
    );
  }
  const count = alarms.length === 1 ? "1 alarm" : `${alarms.length} alarms`;
  return ok(`none of ${count} of stage ${stage} is in ALARM`);
}

/** What a restore starts from must not be lost. */
export function checkTable(table: Table | undefined, deployment: GuardDeployment): CheckResult {
  const { tableName, region } = deployment;
  if (table === undefined) {
    return fail(
      `there is no table ${tableName}: nothing can be contained or restored`,
      redeployCommand(deployment),
    );
  }
  if (table.status !== "ACTIVE" && table.status !== "UPDATING") {
    return fail(`${tableName} is ${table.status}`, redeployCommand(deployment));
  }
  return resultOf(table.hasPointInTimeRecovery, (hasRecovery) => {
    if (!hasRecovery) {
      return warning(
        `${tableName} has no point-in-time recovery: what is lost there cannot be restored`,
        command`aws dynamodb update-continuous-backups --table-name ${tableName} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true --region ${region}`,
      );
    }
    return table.hasDeletionProtection
      ? ok(`${tableName} has point-in-time recovery and deletion protection`)
      : warning(
          `${tableName} has no deletion protection`,
          command`aws dynamodb update-table --table-name ${tableName} --deletion-protection-enabled --region ${region}`,
        );
  });
}

/** When it was. That it is not known is a warning, no failure. */
export function checkLast(
  what: "event" | "sweep",
  observed: Observed<string | undefined>,
  { sweepName, region }: GuardDeployment,
): CheckResult {
  const fix =
    what === "event"
      ? `${KMS_GUARD} drill`
      : command`aws lambda invoke --function-name ${sweepName} --region ${region} /dev/stdout`;
  if (observed.kind === "unread") return { ...resultOf(observed, () => ok("")), state: "warning" };
  return observed.value === undefined
    ? warning(`unknown: none in the last ${LOOKBACK_DAYS} days`, fix)
    : ok(`the last was ${what === "event" ? "within the hour from" : "at"} ${observed.value}`);
}

/** How far back the last event and the last sweep are looked for. */
export const LOOKBACK_DAYS = 14;

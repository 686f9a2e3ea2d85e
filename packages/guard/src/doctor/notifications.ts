import { arnName, lambdaFunctionName, parseArn } from "@kms-guard/core/aws/arn.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { fail, type Judged, judged, type Observed, ok, warning } from "./diagnosis.ts";
import type { Alarm, Chat, Place, Subscription, Table } from "./observations.ts";
import { anewFor, command } from "./text.ts";

/** Who hears of findings. */
export function judgeSubscriptions(subscriptions: readonly Subscription[], { topicArn }: Place): Judged {
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

/** With Slack configured, that its function is told. */
export function judgeSlack(subscriptions: readonly Subscription[], name: string, place: Place): Judged {
  return hasFunction(subscriptions, name)
    ? ok(`${name} passes alerts on`)
    : fail(`${name} does not subscribe to the alerts, so Slack hears nothing`, anewFor(place));
}

function hasFunction(subscriptions: readonly Subscription[], name: string): boolean {
  return subscriptions
    .filter(isConfirmed)
    .some(({ protocol, endpoint }) => protocol === "lambda" && lambdaFunctionName(endpoint) === name);
}

/** With Amazon Q configured, that its function is told, and that somebody listens to the topic it writes to. */
export function judgeChat(
  alerts: readonly Subscription[],
  chat: Chat | undefined,
  name: string,
  place: Place,
): Judged {
  const deaf = (why: string) => fail(`${why}, so Amazon Q hears nothing`, anewFor(place));
  if (!hasFunction(alerts, name)) return deaf(`${name} does not subscribe to the alerts`);
  if (chat === undefined) return deaf(`${name} names no topic`);
  const topic = arnName(chat.topicArn);
  if (chat.subscriptions === undefined) return deaf(`there is no topic ${topic}`);
  const { length } = chat.subscriptions.filter(isConfirmed);
  return length === 0
    ? warning(
        `no channel subscribes to ${topic}, so Amazon Q shows nothing`,
        `in the console of Amazon Q Developer in chat applications: Configured clients, the channel, SNS topics, add ${topic} of ${place.region}`,
      )
    : ok(
        `${name} passes alerts on to ${topic}, of ${length === 1 ? "1 subscriber" : `${length} subscribers`}`,
      );
}

export function judgeAlarms(alarms: readonly Alarm[], place: Place): Judged {
  const { region, stage } = place;
  if (alarms.length === 0) return warning("there is none: a guard that fails is quiet", anewFor(place));
  const ringing = alarms.filter(({ state }) => state === "ALARM");
  if (ringing.length > 0) {
    return fail(
      ringing.map(({ name, reason }) => `${name} is in ALARM: ${reason}`).join("; "),
      command`aws cloudwatch describe-alarm-history --alarm-name ${ringing.slice(0, 1).map(({ name }) => name)} --region ${region}`,
    );
  }
  const silent = alarms.filter(({ tells }) => !tells).map(({ name }) => name);
  if (silent.length > 0) {
    return warning(
      `${silent.join(", ")} would tell nobody: actions are switched off`,
      command`aws cloudwatch enable-alarm-actions --alarm-names ${silent} --region ${region}`,
    );
  }
  const count = alarms.length === 1 ? "1 alarm" : `${alarms.length} alarms`;
  return ok(`none of ${count} of stage ${stage} is ringing`);
}

/** What a restore starts from must not be lost. */
export function judgeTable(table: Table | undefined, place: Place): Judged {
  const { tableName, region } = place;
  if (table === undefined) {
    return fail(`there is no table ${tableName}: nothing can be contained or restored`, anewFor(place));
  }
  if (table.status !== "ACTIVE" && table.status !== "UPDATING") {
    return fail(`${tableName} is ${table.status}`, anewFor(place));
  }
  return judged(table.hasPointInTimeRecovery, (hasRecovery) => {
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

/** Says when it was; that nobody knows is not an alarm by itself. */
export function judgeLast(
  what: "event" | "sweep",
  observed: Observed<string | undefined>,
  { sweepName, region }: Place,
): Judged {
  const mend =
    what === "event"
      ? `${KMS_GUARD} drill`
      : command`aws lambda invoke --function-name ${sweepName} --region ${region} /dev/stdout`;
  if (observed.kind === "unread") return { ...judged(observed, () => ok("")), state: "warning" };
  return observed.value === undefined
    ? warning(`unknown: none in the last ${LOOKBACK_DAYS} days`, mend)
    : ok(`the last was ${what === "event" ? "within the hour from" : "at"} ${observed.value}`);
}

/** How far back the last event and the last sweep are looked for. */
export const LOOKBACK_DAYS = 14;

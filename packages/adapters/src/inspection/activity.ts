import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import { LOOKBACK_DAYS } from "@kms-guard/guard/doctor/notifications.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { logsClient } from "../history/log-events.ts";
import { sweepTimesMs } from "../history/sweep-log.ts";
import { asking, observe } from "./observe.ts";

const HOUR_S = 3_600;
const DAY_MS = 86_400_000;

/** The beginning of the last hour in which the function ran, by Lambda's own count: once an event. */
export function observeLastEvent(
  access: AwsAccess,
  functionName: string,
  nowMs: number,
): Promise<Observed<string | undefined>> {
  return observe("cloudwatch:GetMetricStatistics", async () => {
    const { Datapoints = [] } = await new CloudWatchClient(asking(access)).send(
      new GetMetricStatisticsCommand({
        Namespace: "AWS/Lambda",
        MetricName: "Invocations",
        Dimensions: [{ Name: "FunctionName", Value: functionName }],
        StartTime: new Date(nowMs - LOOKBACK_DAYS * DAY_MS),
        EndTime: new Date(nowMs),
        Period: HOUR_S,
        Statistics: ["Sum"],
      }),
    );
    const hours = Datapoints.flatMap(({ Timestamp, Sum = 0 }) =>
      Timestamp !== undefined && Sum > 0 ? [Timestamp.getTime()] : [],
    );
    return isoOf(hours);
  });
}

/** When the last sweep ended, by the log of the function that sweeps. */
export function observeLastSweep(
  access: AwsAccess,
  stage: string,
  nowMs: number,
): Promise<Observed<string | undefined>> {
  return observe("logs:FilterLogEvents", async () => {
    const span = { fromMs: nowMs - LOOKBACK_DAYS * DAY_MS, toMs: nowMs };
    return isoOf(await sweepTimesMs(await logsClient(access), stage, span));
  });
}

function isoOf(timesMs: readonly number[]): string | undefined {
  if (timesMs.length === 0) return undefined;
  const lastMs = timesMs.reduce((one, other) => Math.max(one, other));
  return new Date(lastMs).toISOString().replace(/\.\d+Z$/, "Z");
}

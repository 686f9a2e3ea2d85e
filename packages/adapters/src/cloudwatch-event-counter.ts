import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import type { Clock, EventCounter, EventCounts, EventOutcome } from "@kms-guard/guard/ports.ts";
import type { AwsAccess } from "./aws-sdk/aws-access.ts";
import { METRICS, METRICS_NAMESPACE, sharedDimensions } from "./metrics.ts";

const HOUR_S = 3_600;
const HOUR_MS = HOUR_S * 1_000;

/**
 * CloudWatch keeps values by the hour for so long, and by the minute for two weeks only.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
 */
const KEPT_DAYS = 455;

/** GetMetricStatistics gives no more values at once. */
const MOST_HOURS = 1_440;

/**
 * Counts by the metric that the functions of a stage write. Needs cloudwatch:GetMetricStatistics, and throws what AWS's
 * SDK throws.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
 */
export function cloudWatchEventCounter(
  access: AwsAccess,
  stage: string,
  clock: Pick<Clock, "nowMs">,
): EventCounter {
  const client = new CloudWatchClient({ ...access, maxAttempts: 5 });

  /** `undefined` where CloudWatch has no value at all. */
  async function sumOf(outcome: EventOutcome, StartTime: Date, EndTime: Date): Promise<number | undefined> {
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        ...{ Namespace: METRICS_NAMESPACE, MetricName: METRICS.events.name, Statistics: ["Sum"] },
        ...{ StartTime, EndTime, Period: HOUR_S },
        Dimensions: Object.entries({ ...sharedDimensions(stage), outcome }).map(([Name, Value]) => ({
          Name,
          Value,
        })),
      }),
    );
    return Datapoints.length === 0 ? undefined : Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  }

  return {
    async eventsBetween({ fromMs, toMs }) {
      const oldestMs = clock.nowMs() - KEPT_DAYS * 24 * HOUR_MS;
      const spans = slices(Math.max(fromMs, oldestMs), toMs);
      const counts = METRICS.events.dimensions.outcome.map(async (outcome) => {
        const sums = await Promise.all(spans.map(([start, end]) => sumOf(outcome, start, end)));
        return [outcome, sums.filter((sum) => sum !== undefined)] as const;
      });
      return countsFrom(new Map(await Promise.all(counts)));
    },
  };
}

/** Whole hours that touch the span, as many at once as CloudWatch gives. */
function slices(fromMs: number, toMs: number): readonly (readonly [start: Date, end: Date])[] {
  const end = Math.ceil(toMs / HOUR_MS);
  const all: (readonly [Date, Date])[] = [];
  for (let hour = Math.floor(fromMs / HOUR_MS); hour < end; hour += MOST_HOURS) {
    all.push([new Date(hour * HOUR_MS), new Date(Math.min(end, hour + MOST_HOURS) * HOUR_MS)]);
  }
  return all;
}

/** Where something was counted, what was not is none. */
function countsFrom(sums: ReadonlyMap<EventOutcome, readonly number[]>): EventCounts | undefined {
  if ([...sums.values()].every((known) => known.length === 0)) return undefined;
  const of = (outcome: EventOutcome) => (sums.get(outcome) ?? []).reduce((sum, one) => sum + one, 0);
  return {
    finding: of("finding"),
    clean: of("clean"),
    "not-ours": of("not-ours"),
    malformed: of("malformed"),
  };
}

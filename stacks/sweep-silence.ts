const HOURS = { minute: 1 / 60, hour: 1, day: 24 } as const;

/** What a CloudWatch alarm can look back on. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const WEEK_HOURS = 7 * 24;

/**
 * After how many whole hours without a sweep something is wrong: two of its periods, no more than a week.
 * Of a cron schedule, which says no period, it is the week.
 */
export function silenceHours(schedule: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  if (unit !== "minute" && unit !== "hour" && unit !== "day") return WEEK_HOURS;
  return Math.min(WEEK_HOURS, Math.max(1, Math.ceil(2 * Number(count) * HOURS[unit])));
}

import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import * as v from "valibot";
import { partName } from "../deployment/deployment-name.ts";
import { logEvents, type Span } from "./log-events.ts";

/** What the observer logs at the end of a sweep. */
const sweepSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ outcome: v.picklist(["finding", "clean"]), findings: v.number(), reason: v.string() }),
);

/** The log group of the function that sweeps, as the stacks name it. */
export function sweepLogGroup(stage: string): string {
  return `/aws/lambda/${partName(stage, "sweep")}`;
}

/** When sweeps of the whole account ended, oldest first, in milliseconds since the epoch. Needs logs:FilterLogEvents. */
export async function sweepTimesMs(
  client: CloudWatchLogsClient,
  stage: string,
  span: Span,
): Promise<readonly number[]> {
  const timesMs: number[] = [];
  for await (const page of logEvents(client, sweepLogGroup(stage), span, "{ $.outcome = * }")) {
    for (const { atMs, message } of page) {
      if (v.safeParse(sweepSchema, message, { abortEarly: true }).success) timesMs.push(atMs);
    }
  }
  return timesMs.toSorted((one, other) => one - other);
}

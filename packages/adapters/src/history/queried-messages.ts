import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Clock } from "@kms-guard/guard/ports.ts";
import type { Span } from "./log-events.ts";

/** Of the 10,000 that a query may answer, what fits into memory at once: findings are some kilobytes each. */
const MOST_ROWS = 1_000;
const FIRST_LOOK_MS = 200;
const LONGEST_WAIT_MS = 30_000;

/**
 * The text of every event of a log group in a span of whole seconds, by one query of Logs Insights. `undefined` where
 * that cannot be had (it may not be asked or is not there, there is more than is taken at once, it fails or takes half
 * a minute): then it has to be read page by page. Needs logs:StartQuery and logs:GetQueryResults on the log group.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
 */
export async function queriedMessages(
  client: CloudWatchLogsClient,
  clock: Clock,
  logGroupName: string,
  { fromMs, toMs }: Span,
): Promise<readonly string[] | undefined> {
  const { CloudWatchLogsServiceException, GetQueryResultsCommand, StartQueryCommand } = await import(
    "../aws-sdk/logs.ts"
  );
  try {
    const { queryId } = await client.send(
      new StartQueryCommand({
        logGroupName,
        // The last second is included.
        startTime: Math.floor(fromMs / 1000),
        endTime: Math.floor(toMs / 1000) - 1,
        queryString: "fields @message",
        limit: MOST_ROWS,
      }),
    );
    for (let waitMs = FIRST_LOOK_MS; waitMs < LONGEST_WAIT_MS; waitMs *= 2) {
      const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
      if (status === "Complete") {
        if (results.length >= MOST_ROWS) return undefined;
        return results.flatMap((row) => row.find(({ field }) => field === "@message")?.value ?? []);
      }
      if (status !== "Scheduled" && status !== "Running") return undefined;
      await clock.sleepMs(waitMs);
    }
    return undefined;
  } catch (error) {
    // What is wrong for the other way of reading as well, that way will say.
    if (error instanceof CloudWatchLogsServiceException) return undefined;
    throw error;
  }
}

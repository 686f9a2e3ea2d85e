import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";

/** A span of time: from `fromMs` on, before `toMs`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LogEvent {
  readonly atMs: number;
  readonly message: string;
}

const WEEK_MS = 7 * 86_400_000;
/** So many readers at a time are well under the ten calls a second that every region allows. */
const READERS = 6;

/** The client for `logEvents`. A page may take CloudWatch seconds to find. */
export async function logsClient(access: AwsAccess): Promise<CloudWatchLogsClient> {
  const { CloudWatchLogsClient } = await import("../aws-sdk/logs.ts");
  return new CloudWatchLogsClient({
    ...access,
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  });
}

/**
 * Every event of a log group in a span, page by page, a span of weeks by several readers at once; so pages come in no
 * order. `pattern` is a filter pattern; what comes has still to be looked at. Needs logs:FilterLogEvents on it.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export async function* logEvents(
  client: CloudWatchLogsClient,
  logGroupName: string,
  span: Span,
  pattern?: string,
): AsyncGenerator<readonly LogEvent[]> {
  const { paginateFilterLogEvents } = await import("../aws-sdk/logs.ts");
  const readers = slices(span).map(({ fromMs, toMs }) => {
    const input = {
      ...{ logGroupName, startTime: fromMs, endTime: toMs - 1 },
      ...(pattern !== undefined && { filterPattern: pattern }),
    };
    return paginateFilterLogEvents({ client }, input)[Symbol.asyncIterator]();
  });
  for await (const { events = [] } of asTheyCome(readers)) {
    yield events.flatMap(({ timestamp, message }) =>
      timestamp === undefined || message === undefined ? [] : [{ atMs: timestamp, message }],
    );
  }
}

/** Equal parts that touch and do not overlap, one for each week that has begun, and not too many. */
function slices({ fromMs, toMs }: Span): readonly Span[] {
  const count = Math.min(READERS, Math.max(1, Math.ceil((toMs - fromMs) / WEEK_MS)));
  const edges = Array.from({ length: count + 1 }, (_, index) =>
    Math.round(fromMs + ((toMs - fromMs) * index) / count),
  );
  return edges.slice(1).map((end, index) => ({ fromMs: edges[index] ?? fromMs, toMs: end }));
}

/** What several iterators give, whichever is first: each is one step ahead. */
async function* asTheyCome<T>(iterators: readonly AsyncIterator<T>[]): AsyncGenerator<T> {
  const step = async (iterator: AsyncIterator<T>) => ({ iterator, result: await iterator.next() });
  const pending = new Map(iterators.map((iterator) => [iterator, step(iterator)]));
  try {
    while (pending.size > 0) {
      const { iterator, result } = await Promise.race(pending.values());
      pending.delete(iterator);
      if (result.done) continue;
      pending.set(iterator, step(iterator));
      yield result.value;
    }
  } finally {
    // Where one fails or nobody reads on, the others' answers concern nobody.
    for (const left of pending.values()) left.catch(() => undefined);
  }
}

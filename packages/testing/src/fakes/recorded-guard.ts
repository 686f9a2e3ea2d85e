import { createServer, type IncomingMessage } from "node:http";
import { deploymentParameterName } from "@kms-guard/adapters/deployment/deployment-name.ts";
import { toEnvironment } from "@kms-guard/adapters/deployment/environment.ts";

/** A finding of the table and its events in the history, as text that is sent as it is. */
export interface Recorded {
  readonly id: string;
  readonly receivedAt: string;
  /** The findings table's item, in DynamoDB's JSON. */
  readonly item: string;
  readonly events: readonly { readonly atMs: number; readonly message: string }[];
}

export interface RecordedGuard {
  readonly endpoint: string;
  /** How many calls of an action there were: `FilterLogEvents`. */
  readonly calls: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

const PAGE_BYTES = 1_000_000;
const HISTORY = "/kms-guard/bench/alerts";

/**
 * What `history` and `report` ask of AWS, answered from memory in pages of AWS's size: for measuring these commands,
 * which a Python server that sorts all events for every page would drown. Every answer takes `latencyMs`.
 */
export async function recordedGuard(
  recorded: readonly Recorded[],
  latencyMs: number,
): Promise<RecordedGuard> {
  const byId = new Map(recorded.map((record) => [record.id, record]));
  const events = recorded.flatMap((record) => record.events).toSorted((one, other) => one.atMs - other.atMs);
  const calls = new Map<string, number>();

  const answer = (action: string, body: string): string => {
    if (action === "GetCallerIdentity") return CALLER;
    const input: Readonly<Record<string, unknown>> = JSON.parse(body);
    if (action === "GetParametersByPath") return DEPLOYMENT;
    if (action === "Query") return "IndexName" in input ? ids(recorded) : '{"Items":[],"Count":0}';
    if (action === "BatchGetItem") return items(body, byId);
    if (action === "FilterLogEvents") {
      return input.logGroupName === HISTORY ? page(events, input) : '{"events":[]}';
    }
    if (action === "StartQuery") return JSON.stringify({ queryId: String(input.limit) });
    if (action === "GetQueryResults") return rows(events.slice(0, Number(input.queryId)));
    if (action === "GetMetricStatistics") return '{"Datapoints":[]}';
    throw new Error(`nobody asks this of AWS: ${action}`);
  };

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const target = request.headers["x-amz-target"];
    const action =
      typeof target === "string"
        ? (target.split(".")[1] ?? "")
        : (new URLSearchParams(body).get("Action") ?? "");
    calls.set(action, (calls.get(action) ?? 0) + 1);
    const text = answer(action, body);
    setTimeout(() => response.end(text), latencyMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const CALLER =
  "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/auditor</Arn>" +
  "<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

const VARIABLES = toEnvironment(
  {
    mode: "enforce",
    containAt: "near-full",
    awsManaged: "alert",
    protectedPrincipals: [],
    maxAttachments: 10,
  },
  {
    stage: "bench",
    account: "111122223333",
    partition: "aws",
    region: "us-east-1",
    ownRoleArns: ["arn:aws:iam::111122223333:role/kms-guard-bench-guard"],
    tableName: "Findings",
    topicArn: "arn:aws:sns:us-east-1:111122223333:Alerts",
    eventBus: "default",
    historyLogGroup: HISTORY,
  },
);

const DEPLOYMENT = JSON.stringify({
  Parameters: [{ Name: deploymentParameterName("bench"), Type: "String", Value: JSON.stringify(VARIABLES) }],
});

function ids(recorded: readonly Recorded[]): string {
  const Items = recorded.map(({ id, receivedAt }) => ({
    pk: { S: `FINDING#111122223333#${id}` },
    sk: { S: "FINDING" },
    kind: { S: "FINDING#111122223333" },
    at: { S: `${receivedAt}#${id}` },
  }));
  return JSON.stringify({ Items, Count: Items.length });
}

function items(body: string, byId: ReadonlyMap<string, Recorded>): string {
  const asked = [...body.matchAll(/"FINDING#111122223333#(kg-[0-9a-f]+)"/g)].flatMap(
    ([, id = ""]) => byId.get(id)?.item ?? [],
  );
  return `{"Responses":{"Findings":[${asked.join(",")}]},"UnprocessedKeys":{}}`;
}

/** From `nextToken`, which is an index, or the start of the span, as far as a page goes. */
/** What Logs Insights answers to `fields @message`. */
function rows(events: Recorded["events"]): string {
  const results = events.map(({ message }) => [{ field: "@message", value: message }]);
  return JSON.stringify({ status: "Complete", results });
}

function page(
  events: readonly Recorded["events"][number][],
  { startTime, endTime, nextToken }: Readonly<Record<string, unknown>>,
): string {
  let index =
    typeof nextToken === "string"
      ? Number(nextToken)
      : events.findIndex(({ atMs }) => atMs >= Number(startTime));
  const listed: string[] = [];
  let bytes = 0;
  for (; index >= 0 && index < events.length && bytes < PAGE_BYTES; index += 1) {
    const event = events[index];
    if (event === undefined || event.atMs > Number(endTime)) {
      index = -1;
      break;
    }
    listed.push(JSON.stringify({ timestamp: event.atMs, message: event.message, eventId: String(index) }));
    bytes += event.message.length;
  }
  const next = index < 0 || index >= events.length ? "" : `,"nextToken":"${index}"`;
  return `{"events":[${listed.join(",")}]${next}}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

import type { DynamoDBClient, QueryCommandInput } from "@aws-sdk/client-dynamodb";
import type { Clock, FindingRecord, Findings, Stored } from "@kms-guard/guard/ports.ts";
import { accountPartition, FINDING_KEY, findingIdOf, findingPartition, type Item, itemKey } from "./keys.ts";
import { readRecord } from "./read-items.ts";
import { FINDINGS_TABLE } from "./table.ts";

/** So many items BatchGetItem gives at once. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const BATCH = 100;
const BATCHES_AT_ONCE = 4;
/** What DynamoDB left out of an answer is asked for again, after a pause that doubles. */
const TRIES = 8;
const FIRST_PAUSE_MS = 50;

interface Source {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Twelve digits. */
  readonly account: string;
  readonly clock: Pick<Clock, "sleepMs">;
}

/** Ids that begin so, newest first, from the index. Needs dynamodb:Query on it. */
export function findingIds(source: Omit<Source, "clock">, prefix: string): Promise<readonly string[]> {
  return listedIds(source, {
    ScanIndexForward: false,
    KeyConditionExpression: "#kind = :kind",
    FilterExpression: "begins_with(#pk, :prefix)",
    ExpressionAttributeNames: { ...KIND, "#pk": FINDINGS_TABLE.partitionKey },
    ExpressionAttributeValues: {
      ...kindOf(source),
      ":prefix": { S: findingPartition(source.account, prefix) },
    },
  });
}

/**
 * The findings that the guard made from `fromMs` on and before `toMs`, oldest first, a hundred at a call where
 * `Findings.list` makes a call each. Needs dynamodb:Query on the index and dynamodb:BatchGetItem on the table.
 * @param whole Reads a finding whose item does not hold all of it: one in parts, or whose containment was interrupted.
 */
export async function* findingsBetween(
  source: Source,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  whole: Findings["get"],
): AsyncGenerator<Stored<FindingRecord>> {
  const ids = await idsBetween(source, fromMs, toMs);
  const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, index) =>
    ids.slice(index * BATCH, (index + 1) * BATCH),
  );
  for (let start = 0; start < batches.length; start += BATCHES_AT_ONCE) {
    const read = batches.slice(start, start + BATCHES_AT_ONCE).map((batch) => records(source, batch, whole));
    for (const batch of await Promise.all(read)) yield* batch;
  }
}

function idsBetween(source: Source, fromMs: number, toMs: number): Promise<readonly string[]> {
  return listedIds(source, {
    KeyConditionExpression: "#kind = :kind AND #at BETWEEN :from AND :to",
    ExpressionAttributeNames: { ...KIND, "#at": FINDINGS_TABLE.index.sortKey },
    // What is compared is the time, `#` and the id: longer than a time alone, and so after it.
    ExpressionAttributeValues: {
      ...kindOf(source),
      ":from": { S: new Date(fromMs).toISOString() },
      ":to": { S: new Date(toMs).toISOString() },
    },
  });
}

const KIND = { "#kind": FINDINGS_TABLE.index.partitionKey };

function kindOf({ account }: Pick<Source, "account">): Item {
  return { ":kind": { S: accountPartition(account) } };
}

async function listedIds(
  { client, tableName: TableName }: Omit<Source, "clock">,
  query: Omit<QueryCommandInput, "TableName" | "IndexName">,
): Promise<readonly string[]> {
  const { paginateQuery } = await import("../aws-sdk/dynamo-batch.ts");
  const ids: string[] = [];
  const IndexName = FINDINGS_TABLE.index.name;
  for await (const { Items = [] } of paginateQuery({ client }, { TableName, IndexName, ...query })) {
    ids.push(...Items.flatMap(findingIdOf));
  }
  return ids;
}

/** In the order of the ids; those that are gone are left out. */
async function records(
  source: Source,
  ids: readonly string[],
  whole: Findings["get"],
): Promise<readonly Stored<FindingRecord>[]> {
  const byId = new Map(
    (await heads(source, ids)).flatMap((head) => findingIdOf(head).map((id) => [id, head])),
  );
  const read = await Promise.all(
    ids.map((id) => {
      const head = byId.get(id);
      if (head === undefined) return undefined;
      const stored = isWhole(head) ? readRecord(id, [head]) : undefined;
      return stored === undefined || isInterrupted(stored) ? whole(id) : stored;
    }),
  );
  return read.filter((stored) => stored !== undefined);
}

async function heads(
  { client, tableName, account, clock }: Source,
  ids: readonly string[],
): Promise<readonly Item[]> {
  const { BatchGetItemCommand } = await import("../aws-sdk/dynamo-batch.ts");
  const found: Item[] = [];
  let keys = ids.map((id) => itemKey(findingPartition(account, id), FINDING_KEY));
  for (let attempt = 0; keys.length > 0; attempt += 1) {
    if (attempt === TRIES)
      throw new Error(`table ${tableName} left out ${keys.length} findings ${TRIES} times`);
    if (attempt > 0) await clock.sleepMs(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } }),
    );
    found.push(...(Responses?.[tableName] ?? []));
    keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return found;
}

function isWhole({ finding, plan }: Item): boolean {
  return finding?.M === undefined && plan?.M === undefined;
}

/** Begun and not ended: what its steps came to is in items of their own. */
function isInterrupted(stored: Stored<FindingRecord>): boolean {
  if (stored.kind === "unreadable") return false;
  const { status, decision } = stored.record.finding;
  return status === "open" && decision.action === "contain";
}

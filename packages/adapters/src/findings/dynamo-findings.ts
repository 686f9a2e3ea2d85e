import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Finding } from "@kms-guard/core/respond/finding.ts";
import type { Clock, FindingRecord, Findings } from "@kms-guard/guard/ports.ts";
import type { PublicationClaims } from "../alerts/publication-claims.ts";
import { outcomeKey, readExemption, readRecord } from "./read-items.ts";
import { storeText } from "./stored-text.ts";
import { FINDINGS_TABLE } from "./table.ts";

type Item = Record<string, AttributeValue>;

/**
 * How long a claim that is neither confirmed nor released keeps others away. Its holder is publishing, or has died
 * doing so; Lambda tries again a minute after, and must then be able to speak.
 */
const CLAIM_MS = 50_000;

/** A Query's items of one index page are read in so many requests at a time. */
const READ_AHEAD = 10;

/**
 * Findings, containments and exemptions in one DynamoDB table (see `FINDINGS_TABLE`). The SDK is loaded with the first
 * call. What was stored is validated on the way out: a damaged item throws an error that names it.
 * Needs dynamodb:Query, PutItem, UpdateItem and DeleteItem on the table, and Query on its index.
 */
export function dynamoFindings(options: {
  readonly client: () => Promise<DynamoDBClient>;
  readonly tableName: string;
  readonly clock: Pick<Clock, "nowMs">;
}): Findings & PublicationClaims {
  const { tableName: TableName, clock } = options;

  async function sdk() {
    const [client, commands] = await Promise.all([options.client(), import("@aws-sdk/client-dynamodb")]);
    return { client, ...commands };
  }

  /** False where the condition did not hold. */
  async function conditional(write: () => Promise<unknown>): Promise<boolean> {
    const { ConditionalCheckFailedException } = await sdk();
    try {
      await write();
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async function put(Item: Item): Promise<void> {
    const { client, PutItemCommand } = await sdk();
    await client.send(new PutItemCommand({ TableName, Item }));
  }

  async function partition(pk: string): Promise<readonly Item[]> {
    const { client, paginateQuery } = await sdk();
    const pages = paginateQuery(
      { client },
      {
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: pk } },
      },
    );
    const items: Item[] = [];
    for await (const page of pages) items.push(...(page.Items ?? []));
    return items;
  }

  /** The text as an attribute, its parts, if any, already written. */
  async function stored(pk: string, value: unknown): Promise<AttributeValue> {
    const { attribute, parts } = storeText(JSON.stringify(value));
    for (const { sortKey, bytes } of parts) {
      await put({ pk: { S: pk }, sk: { S: sortKey }, bytes: { B: bytes } });
    }
    return attribute;
  }

  async function get(id: string): Promise<FindingRecord | undefined> {
    return readRecord(TableName, await partition(findingKey(id)));
  }

  return {
    async open(finding, plan) {
      const pk = findingKey(finding.id);
      const Item = {
        pk: { S: pk },
        sk: { S: "FINDING" },
        kind: { S: "finding" },
        at: { S: `${finding.timing.receivedAt}#${finding.id}` },
        status: { S: finding.status },
        finding: await stored(pk, finding),
        plan: await stored(pk, plan),
      };
      const { client, PutItemCommand } = await sdk();
      const command = new PutItemCommand({
        TableName,
        Item,
        ConditionExpression: "attribute_not_exists(pk)",
      });
      if (await conditional(() => client.send(command))) return { kind: "opened" };
      const record = await get(finding.id);
      if (record === undefined) throw new Error(`finding ${finding.id} was removed from table ${TableName}`);
      return { kind: "already-open", record };
    },

    async recordOutcome(id, stepIndex, outcome) {
      const { client, PutItemCommand } = await sdk();
      const pk = findingKey(id);
      const Item = {
        pk: { S: pk },
        sk: { S: outcomeKey(stepIndex) },
        action: { S: outcome.action },
        outcome: { S: outcome.outcome },
        stepOutcome: await stored(pk, outcome),
      };
      // What a twin finds gone (`already`) is what this guard took away: that `done` has to stand, restore needs it.
      const unlessDone = {
        ConditionExpression: "attribute_not_exists(pk) OR #outcome <> :done OR #action <> :action",
        ExpressionAttributeNames: { "#outcome": "outcome", "#action": "action" },
        ExpressionAttributeValues: { ":done": { S: "done" }, ":action": { S: outcome.action } },
      };
      const command = new PutItemCommand({
        TableName,
        Item,
        ...(outcome.outcome !== "done" && unlessDone),
      });
      await conditional(() => client.send(command));
    },

    async close(finding) {
      const { client, UpdateItemCommand } = await sdk();
      const pk = findingKey(finding.id);
      const command = new UpdateItemCommand({
        TableName,
        Key: { pk: { S: pk }, sk: { S: "FINDING" } },
        UpdateExpression: "SET finding = :finding, #status = :status",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":finding": await stored(pk, finding),
          ":status": { S: finding.status },
        },
      });
      if (!(await conditional(() => client.send(command)))) {
        throw new Error(`finding ${finding.id} is not in table ${TableName}: it has to be opened first`);
      }
    },

    get,

    async *list({ status, limit = Number.POSITIVE_INFINITY } = {}) {
      if (limit <= 0) return;
      const { client, paginateQuery } = await sdk();
      const { index } = FINDINGS_TABLE;
      const pages = paginateQuery(
        { client },
        {
          TableName,
          IndexName: index.name,
          ScanIndexForward: false,
          KeyConditionExpression: "#kind = :finding",
          ...(status !== undefined && { FilterExpression: "#status = :status" }),
          ExpressionAttributeNames: {
            "#kind": index.partitionKey,
            ...(status !== undefined && { "#status": "status" }),
          },
          ExpressionAttributeValues: {
            ":finding": { S: "finding" },
            ...(status !== undefined && { ":status": { S: status } }),
          },
        },
      );
      let listed = 0;
      for await (const page of pages) {
        const ids = (page.Items ?? []).flatMap(({ pk }) => (pk?.S === undefined ? [] : [findingId(pk.S)]));
        for (let start = 0; start < ids.length; start += READ_AHEAD) {
          const records = await Promise.all(ids.slice(start, start + READ_AHEAD).map(get));
          for (const record of records) {
            // The index may lag behind the table, and the table is right.
            if (record === undefined || (status !== undefined && record.finding.status !== status)) continue;
            yield record;
            listed += 1;
            if (listed >= limit) return;
          }
        }
      }
    },

    async exemptions() {
      return (await partition("EXEMPTIONS")).map((item) => readExemption(TableName, item));
    },

    async addExemption(exemption) {
      const { client, PutItemCommand } = await sdk();
      const command = new PutItemCommand({
        TableName,
        Item: { ...exemptionKey(exemption.id), exemption: { S: JSON.stringify(exemption) } },
        ConditionExpression: "attribute_not_exists(pk)",
      });
      if (!(await conditional(() => client.send(command)))) {
        throw new Error(
          `exemption \`${exemption.id}\` exists already: \`kms-guard exempt remove ${exemption.id}\` first`,
        );
      }
    },

    async removeExemption(id) {
      const { client, DeleteItemCommand } = await sdk();
      const command = new DeleteItemCommand({ TableName, Key: exemptionKey(id), ReturnValues: "ALL_OLD" });
      return (await client.send(command)).Attributes !== undefined;
    },

    claimPublication: (id, status) => claim(id, status, "all"),
    releasePublication: (id, status) => release(id, status, "all"),
    claim,
    confirm,
    release,
  };

  async function claim(id: string, status: Finding["status"], channel: string): Promise<boolean> {
    const { client, PutItemCommand } = await sdk();
    const nowMs = clock.nowMs();
    const command = new PutItemCommand({
      TableName,
      Item: {
        ...claimKey(id, status, channel),
        status: { S: status },
        claimedAtMs: { N: String(nowMs) },
        confirmed: { BOOL: false },
      },
      ConditionExpression: "attribute_not_exists(pk) OR (confirmed = :no AND claimedAtMs <= :lapsed)",
      ExpressionAttributeValues: { ":no": { BOOL: false }, ":lapsed": { N: String(nowMs - CLAIM_MS) } },
    });
    return await conditional(() => client.send(command));
  }

  async function confirm(id: string, status: Finding["status"], channel: string): Promise<void> {
    const { client, UpdateItemCommand } = await sdk();
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: claimKey(id, status, channel),
        UpdateExpression: "SET #status = :status, confirmed = :yes",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":status": { S: status }, ":yes": { BOOL: true } },
      }),
    );
  }

  async function release(id: string, status: Finding["status"], channel: string): Promise<void> {
    const { client, DeleteItemCommand } = await sdk();
    const command = new DeleteItemCommand({
      TableName,
      Key: claimKey(id, status, channel),
      ConditionExpression: "attribute_not_exists(pk) OR confirmed = :no",
      ExpressionAttributeValues: { ":no": { BOOL: false } },
    });
    await conditional(() => client.send(command));
  }
}

function findingKey(id: string): string {
  return `FINDING#${id}`;
}

function findingId(partitionKey: string): string {
  return partitionKey.slice("FINDING#".length);
}

function exemptionKey(id: string): Item {
  return { pk: { S: "EXEMPTIONS" }, sk: { S: `EXEMPTION#${id}` } };
}

function claimKey(id: string, status: Finding["status"], channel: string): Item {
  return { pk: { S: findingKey(id) }, sk: { S: `CLAIM#${status}#${channel}` } };
}

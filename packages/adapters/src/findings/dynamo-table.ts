import type { DynamoDBClient, QueryCommandInput } from "@aws-sdk/client-dynamodb";
import type { Item } from "./keys.ts";

/** What a write depends on, in DynamoDB's words. */
export interface Condition {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Item;
}

/** The calls on one table that findings need. A write answers false if its condition did not hold. */
export interface DynamoTable {
  readonly name: string;
  put(item: Item, condition?: Condition): Promise<boolean>;
  /** Sets attributes of an item. Answers the whole item as it is then, `undefined` if its condition did not hold. */
  set(key: Item, attributes: Item, condition?: Condition): Promise<Item | undefined>;
  remove(key: Item, condition?: Condition): Promise<boolean>;
  /** Every item of a partition, in the order of their sort keys, strongly consistent. */
  partition(pk: string): Promise<readonly Item[]>;
  query(input: Omit<QueryCommandInput, "TableName">): AsyncIterable<readonly Item[]>;
}

/** The SDK is loaded, and the client made, with the first call. */
export function dynamoTable(options: {
  readonly client: () => Promise<DynamoDBClient>;
  readonly tableName: string;
}): DynamoTable {
  const { tableName: TableName } = options;

  async function sdk() {
    const [client, commands] = await Promise.all([options.client(), import("../aws-sdk/dynamo.ts")]);
    return { client, commands };
  }

  /** What a write answers, `undefined` if its condition did not hold. */
  async function conditionally<T>(write: Promise<T>): Promise<T | undefined> {
    try {
      return await write;
    } catch (error) {
      const { commands } = await sdk();
      if (error instanceof commands.ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  async function* query(input: Omit<QueryCommandInput, "TableName">): AsyncIterable<readonly Item[]> {
    const { client, commands } = await sdk();
    for await (const page of commands.paginateQuery({ client }, { TableName, ...input })) {
      yield page.Items ?? [];
    }
  }

  return {
    name: TableName,

    async put(item, condition) {
      const { client, commands } = await sdk();
      const put = new commands.PutItemCommand({ TableName, Item: item, ...conditional(condition) });
      return (await conditionally(client.send(put))) !== undefined;
    },

    async set(key, attributes, condition) {
      const { client, commands } = await sdk();
      const entries = Object.entries(attributes);
      const command = new commands.UpdateItemCommand({
        TableName,
        Key: key,
        ...conditional(condition),
        ReturnValues: "ALL_NEW",
        UpdateExpression: `SET ${entries.map((_, index) => `#set${index} = :set${index}`).join(", ")}`,
        ExpressionAttributeNames: {
          ...condition?.names,
          ...Object.fromEntries(entries.map(([name], index) => [`#set${index}`, name])),
        },
        ExpressionAttributeValues: {
          ...condition?.values,
          ...Object.fromEntries(entries.map(([, value], index) => [`:set${index}`, value])),
        },
      });
      const answer = await conditionally(client.send(command));
      return answer && (answer.Attributes ?? {});
    },

    async remove(key, condition) {
      const { client, commands } = await sdk();
      const remove = new commands.DeleteItemCommand({ TableName, Key: key, ...conditional(condition) });
      return (await conditionally(client.send(remove))) !== undefined;
    },

    async partition(pk) {
      const items: Item[] = [];
      const pages = query({
        ConsistentRead: true,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: pk } },
      });
      for await (const page of pages) items.push(...page);
      return items;
    },

    query,
  };
}

function conditional(condition: Condition | undefined) {
  if (condition === undefined) return {};
  const { expression, names, values } = condition;
  return {
    ConditionExpression: expression,
    ...(names !== undefined && { ExpressionAttributeNames: names }),
    ...(values !== undefined && { ExpressionAttributeValues: values }),
  };
}

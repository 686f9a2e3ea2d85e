import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { type EnvironmentVariables, toEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { FINDINGS_TABLE } from "@kms-guard/adapters/findings/table.ts";
import { createQueue } from "@kms-guard/adapters/notify/queue.fixture.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Moto } from "@kms-guard/sandbox/moto/moto.ts";

/** What the guard's deployment makes besides its functions, in moto. */
export interface GuardResources {
  /** The functions' environment variables, without credentials. */
  readonly variables: EnvironmentVariables;
  /**
   * The findings that the topic has given its subscriber since the last call. What SNS's client sent again, because no
   * answer came in time, is the same to the letter, and counts once; the guard gives each publication a time of its own.
   */
  delivered(): Promise<readonly Finding[]>;
}

/** Any long-term credentials: moto lets them do everything, and makes them the account's. */
export const ADMINISTRATOR = { accessKeyId: "AKIAADMIN", secretAccessKey: "invented" };

/** The variables with which AWS's SDK finds moto, as somebody. */
export function awsVariables(
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } = ADMINISTRATOR,
): EnvironmentVariables {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  };
}

/** Makes the table and the topic, with a queue that listens to it. */
export async function createGuardResources(
  { endpoint, account }: Pick<Moto, "endpoint" | "account">,
  mode: "monitor" | "enforce",
): Promise<GuardResources> {
  const options = { endpoint, region: "us-east-1", credentials: ADMINISTRATOR };
  const tableName = "Findings";
  await createFindingsTable(new DynamoDBClient(options), tableName);
  const sns = new SNSClient(options);
  const { TopicArn: topicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "Alerts" }));
  const queue = await createQueue(endpoint, "subscriber");
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: "sqs", Endpoint: queue.arn }));
  return {
    variables: toEnvironment(
      {
        mode,
        containAt: "near-full",
        awsManaged: "alert",
        protectedPrincipals: [],
        maxAttachments: 10,
      },
      {
        stage: "test",
        account,
        partition: "aws",
        region: "us-east-1",
        ownRoleArns: [`arn:aws:iam::${account}:role/Guard`],
        tableName,
        topicArn,
        eventBus: "default",
        historyLogGroup: "/kms-guard/test/alerts",
      },
    ),
    async delivered() {
      const texts = new Set<string>();
      for (;;) {
        const messages = await queue.receive();
        if (messages.length === 0) return [...texts].map((text): Finding => JSON.parse(text));
        for (const message of messages) texts.add(textIn(message));
      }
    },
  };
}

function textIn(message: unknown): string {
  if (typeof message === "object" && message !== null && "Message" in message) return String(message.Message);
  throw new Error(`not a message of a topic: ${JSON.stringify(message)}`);
}

async function createFindingsTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const { partitionKey, sortKey, index } = FINDINGS_TABLE;
  const keys = [partitionKey, sortKey, index.partitionKey, index.sortKey];
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: partitionKey, KeyType: "HASH" },
        { AttributeName: sortKey, KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: index.name,
          KeySchema: [
            { AttributeName: index.partitionKey, KeyType: "HASH" },
            { AttributeName: index.sortKey, KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [...index.include] },
        },
      ],
    }),
  );
}

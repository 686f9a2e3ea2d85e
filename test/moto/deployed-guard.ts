import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { deploymentParameterName } from "@kms-guard/adapters/deployment/deployment-name.ts";
import type { GuardEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { readEnvironment, toEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { FINDINGS_TABLE } from "@kms-guard/adapters/findings/table.ts";

const REGION = "us-east-1";

/** The findings table as the stacks make it. */
export async function createFindingsTable(TableName: string): Promise<void> {
  const { partitionKey, sortKey, index } = FINDINGS_TABLE;
  const keys = [partitionKey, sortKey, index.partitionKey, index.sortKey];
  await new DynamoDBClient({ region: REGION }).send(
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

/** Makes what a guard in enforce mode needs in an account (table, topic), and the parameter that tells where it is. */
export async function deployGuard(stage: string): Promise<GuardEnvironment> {
  const tableName = `kms-guard-${stage}-Findings`;
  await createFindingsTable(tableName);
  const topic = await new SNSClient({ region: REGION }).send(
    new CreateTopicCommand({ Name: `kms-guard-${stage}-Alerts` }),
  );
  const variables = toEnvironment(
    {
      mode: "enforce",
      containAt: "near-full",
      awsManaged: "alert",
      protectedPrincipals: [],
      maxAttachments: 10,
    },
    {
      stage,
      account: "111122223333",
      partition: "aws",
      region: REGION,
      ownRoleArns: ["arn:aws:iam::111122223333:role/kms-guard-Guard"],
      tableName,
      topicArn: topic.TopicArn ?? "",
      eventBus: "default",
      historyLogGroup: `/kms-guard/${stage}/history`,
    },
  );
  await putDeployment(stage, JSON.stringify(variables));
  return readEnvironment(variables);
}

export async function putDeployment(stage: string, Value: string): Promise<void> {
  const client = new SSMClient({ region: REGION });
  await client.send(
    new PutParameterCommand({ Name: deploymentParameterName(stage), Type: "String", Value, Overwrite: true }),
  );
}

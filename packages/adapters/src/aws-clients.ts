import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { AwsAccess } from "./aws-sdk/aws-access.ts";

/** A service that does not answer must leave a Lambda time to notify people through the others. */
const PATIENCE = {
  retryMode: "standard",
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

export interface AwsClients {
  readonly dynamoDb: () => Promise<DynamoDBClient>;
  readonly sns: () => Promise<SNSClient>;
  readonly eventBridge: () => Promise<EventBridgeClient>;
}

/**
 * The clients of what is not IAM, each loaded and made when it is first called, with the credentials, region and
 * endpoint as AWS's SDK finds them. An event that is not ours never pays for them.
 */
export function awsClients(access: AwsAccess = {}): AwsClients {
  const config = { ...PATIENCE, ...access };
  return {
    dynamoDb: once(async () => new (await import("./aws-sdk/dynamo.ts")).DynamoDBClient(config)),
    sns: once(async () => new (await import("./aws-sdk/sns.ts")).SNSClient(config)),
    eventBridge: once(async () => new (await import("./aws-sdk/event-bridge.ts")).EventBridgeClient(config)),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The same clients and commands of AWS's SDK that the guard has, and nothing else: what no guard can be below. */

export * as dynamoDb from "@kms-guard/adapters/aws-sdk/dynamo.ts";
export * as eventBridge from "@kms-guard/adapters/aws-sdk/event-bridge.ts";
export * as iam from "@kms-guard/adapters/aws-sdk/iam.ts";
export * as sns from "@kms-guard/adapters/aws-sdk/sns.ts";

/** The same clients and commands of AWS's SDK that the guard has, and nothing else: what no guard can be below. */
export * as eventBridge from "@kms-guard/adapters/alerts/event-bridge-sdk.ts";
export * as sns from "@kms-guard/adapters/alerts/sns-sdk.ts";
export * as dynamoDb from "@kms-guard/adapters/findings/sdk.ts";
export * as iam from "@kms-guard/adapters/iam/sdk.ts";

/** The client packages that the guard imports from, each whole, and nothing else. */
export * as dynamoDb from "@aws-sdk/client-dynamodb";
export * as eventBridge from "@aws-sdk/client-eventbridge";
export * as iam from "@aws-sdk/client-iam";
export * as sns from "@aws-sdk/client-sns";

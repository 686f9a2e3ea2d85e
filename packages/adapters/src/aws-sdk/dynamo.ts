/** The part of AWS's SDK that is used on DynamoDB, so that one `import()` loads it and bundles hold nothing else. */
export {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";

/** The part of AWS's SDK that is used on CloudWatch Logs, so that one `import()` loads it and bundles hold nothing else. */
export {
  CloudWatchLogsClient,
  CloudWatchLogsServiceException,
  GetQueryResultsCommand,
  paginateFilterLogEvents,
  StartQueryCommand,
} from "@aws-sdk/client-cloudwatch-logs";

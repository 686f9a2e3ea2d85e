/** What of AWS's SDK reads many findings at once: apart, because the guard's functions never do. */
export { BatchGetItemCommand, paginateQuery } from "@aws-sdk/client-dynamodb";

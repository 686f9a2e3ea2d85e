import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";

const REGION = "us-east-1";

/** The log group that is the alert history, and the rule that fills it, as the stacks make them. */
export async function createHistory(logGroupName: string): Promise<void> {
  await logs().send(new CreateLogGroupCommand({ logGroupName }));
  const events = new EventBridgeClient({ region: REGION });
  await events.send(
    new PutRuleCommand({
      Name: "history",
      EventPattern: JSON.stringify({
        source: ["kms-guard"],
        "detail-type": ["KMS Guard Finding", "KMS Guard Notice"],
      }),
    }),
  );
  const Arn = `arn:aws:logs:${REGION}:111122223333:log-group:${logGroupName}`;
  await events.send(new PutTargetsCommand({ Rule: "history", Targets: [{ Id: "history", Arn }] }));
}

/** Writes lines to a log group, as of a time: events of the past, which EventBridge cannot be made to deliver. */
export async function writeLog(
  logGroupName: string,
  lines: readonly { readonly at: string; readonly message: string }[],
): Promise<void> {
  const logStreamName = `test-${Math.random()}`;
  await logs().send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const logEvents = lines.map(({ at, message }) => ({ timestamp: Date.parse(at), message }));
  await logs().send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

/** What EventBridge writes for an event. */
export function envelope(detailType: string, at: string, detail: unknown): string {
  return JSON.stringify({
    version: "0",
    id: "11111111-0000-4000-8000-000000000000",
    "detail-type": detailType,
    source: "kms-guard",
    account: "111122223333",
    time: at,
    region: REGION,
    resources: [],
    detail,
  });
}

function logs(): CloudWatchLogsClient {
  return new CloudWatchLogsClient({ region: REGION });
}

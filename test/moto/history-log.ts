import { randomUUID } from "node:crypto";
import { motoCalls } from "@kms-guard/sandbox/moto/moto-calls.ts";

const REGION = "us-east-1";

/** The log group that is the alert history, and the rule that fills it, as the stacks make them. */
export async function createHistory(endpoint: string, logGroupName: string): Promise<void> {
  const calls = motoCalls(endpoint);
  await calls.json("logs", "CreateLogGroup", { logGroupName });
  const EventPattern = JSON.stringify({
    source: ["kms-guard"],
    "detail-type": ["KMS Guard Finding", "KMS Guard Notice"],
  });
  await calls.json("events", "PutRule", { Name: "history", EventPattern });
  const Arn = `arn:aws:logs:${REGION}:111122223333:log-group:${logGroupName}`;
  await calls.json("events", "PutTargets", { Rule: "history", Targets: [{ Id: "history", Arn }] });
}

/** Writes lines to a log group, as of a time that is no more than two weeks ago. */
export async function writeLog(
  endpoint: string,
  logGroupName: string,
  lines: readonly { readonly at: string; readonly message: string }[],
): Promise<void> {
  const calls = motoCalls(endpoint);
  const stream = { logGroupName, logStreamName: randomUUID() };
  await calls.json("logs", "CreateLogStream", stream);
  const logEvents = lines.map(({ at, message }) => ({ timestamp: Date.parse(at), message }));
  await calls.json("logs", "PutLogEvents", { ...stream, logEvents });
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

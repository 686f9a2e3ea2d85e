import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { MotoCalls } from "../moto/moto-calls.ts";
import { inBatches } from "../tasks/in-batches.ts";

/** How far back a reading begins: events that are put at the same time come in no order. */
const OVERLAP_MS = 10_000;

/** PutLogEvents takes no more. */
const MOST_LINES = 10_000;

/** A function that calls back with each message of a log group that no call before has seen. */
export function logGroupTail(
  calls: MotoCalls,
  logGroupName: string,
  onMessage: (message: string) => void,
): () => Promise<void> {
  const seen = new Set<unknown>();
  let newestMs = 0;
  return async () => {
    const startTime = Math.max(0, newestMs - OVERLAP_MS);
    let nextToken: unknown;
    do {
      const page = await calls.json("logs", "FilterLogEvents", {
        ...{ logGroupName, startTime, limit: 1_000 },
        ...(nextToken !== undefined && { nextToken }),
      });
      const events = memberOf(page, "events");
      for (const event of Array.isArray(events) ? events : []) {
        const id = memberOf(event, "eventId");
        if (seen.has(id)) continue;
        seen.add(id);
        newestMs = Math.max(newestMs, Number(memberOf(event, "timestamp")));
        onMessage(String(memberOf(event, "message")));
      }
      nextToken = memberOf(page, "nextToken");
    } while (typeof nextToken === "string");
  };
}

/** Writes lines to a log group, some of them at a time: what a function logs is where `aws logs tail` finds it. */
export function logGroupWriter(
  calls: MotoCalls,
  logGroupName: string,
  onError: (error: unknown) => void,
): (line: string) => void {
  const stream = { logGroupName, logStreamName: "sandbox" };
  const made = calls.json("logs", "CreateLogStream", stream);
  made.catch(onError);
  const write = inBatches<{ readonly timestamp: number; readonly message: string }>(
    MOST_LINES,
    async (logEvents) => {
      await made;
      await calls.json("logs", "PutLogEvents", { ...stream, logEvents });
    },
    onError,
  );
  return (message) => write({ timestamp: Date.now(), message });
}

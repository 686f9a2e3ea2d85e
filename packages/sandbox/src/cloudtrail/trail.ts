import type { MotoCalls } from "../moto/moto-calls.ts";
import { whenWoken } from "../tasks/when-woken.ts";

/** Hands records to EventBridge, as CloudTrail does. */
export interface Trail {
  deliver(record: { readonly eventTime: string }): void;
}

/** PutEvents takes ten entries, and 256 KB of them. */
const MOST_ENTRIES = 10;
const MOST_BYTES = 256_000;

/**
 * Puts records on the default bus, in the order in which they come, several at a time while more wait.
 * @param onDelivered Called when a batch is where the rules have sent it.
 */
export function trail(calls: MotoCalls, onDelivered: () => void, onError: (error: unknown) => void): Trail {
  const waiting: { readonly detail: string; readonly time: number }[] = [];

  async function deliverAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch: typeof waiting = [];
      let bytes = 0;
      while (waiting[0] !== undefined && batch.length < MOST_ENTRIES) {
        bytes += Buffer.byteLength(waiting[0].detail);
        if (batch.length > 0 && bytes > MOST_BYTES) break;
        batch.push(waiting[0]);
        waiting.shift();
      }
      const Entries = batch.map(({ detail, time }) => ({
        Source: "aws.iam",
        DetailType: "AWS API Call via CloudTrail",
        Time: time,
        Detail: detail,
      }));
      await calls.json("events", "PutEvents", { Entries });
      onDelivered();
    }
  }

  const wake = whenWoken(deliverAll, onError);
  return {
    deliver(record) {
      const detail = JSON.stringify(record);
      // "CloudTrail does not send events over 256 KB to CloudWatch Logs or EventBridge."
      if (Buffer.byteLength(detail) > MOST_BYTES) return;
      waiting.push({ detail, time: Date.parse(record.eventTime) / 1000 });
      wake();
    },
  };
}

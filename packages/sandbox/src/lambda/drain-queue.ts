import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { MotoCalls } from "../moto/moto-calls.ts";

/** Takes everything that is in a queue, and calls back with each message's body. Nothing is polled: see `whenWoken`. */
export async function drainQueue(
  calls: MotoCalls,
  QueueUrl: string,
  onMessage: (body: string) => void,
): Promise<void> {
  for (;;) {
    const answer = await calls.json("sqs", "ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 });
    const messages = memberOf(answer, "Messages");
    if (!Array.isArray(messages) || messages.length === 0) return;
    for (const message of messages) onMessage(String(memberOf(message, "Body")));
    const Entries = messages.map((message, index) => ({
      ...{ Id: String(index), ReceiptHandle: memberOf(message, "ReceiptHandle") },
    }));
    await calls.json("sqs", "DeleteMessageBatch", { QueueUrl, Entries });
  }
}

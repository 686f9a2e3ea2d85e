import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { MotoCalls } from "../moto/moto-calls.ts";
import { whenWoken } from "../tasks/when-woken.ts";
import { drainQueue } from "./drain-queue.ts";
import type { LambdaFunction } from "./function.ts";

/** Where what a rule or a topic has for a function waits for it: `moto-plugin` puts it there. */
export interface FunctionQueues {
  /** To be called whenever something may have been put in a queue. */
  wake(): void;
}

/**
 * Makes a queue for each of these functions, and hands on to it what comes there.
 * @param onPublished Called with what SNS hands to a function, before the function has it.
 */
export async function functionQueues(
  calls: MotoCalls,
  functions: readonly LambdaFunction[],
  onPublished: (messageId: string, content: unknown) => void,
  onError: (error: unknown) => void,
): Promise<FunctionQueues> {
  function eventOf(body: string): unknown {
    const message: unknown = JSON.parse(body);
    if (memberOf(message, "Type") !== "Notification") return message;
    const text = String(memberOf(message, "Message"));
    onPublished(String(memberOf(message, "MessageId")), parsed(text) ?? text);
    return { Records: [{ EventSource: "aws:sns", EventVersion: "1.0", Sns: message }] };
  }

  const wakings = await Promise.all(
    functions.map(async (one) => {
      const made = await calls.json("sqs", "CreateQueue", { QueueName: `sandbox-${one.name}` });
      const url = String(memberOf(made, "QueueUrl"));
      const onMessage = (body: string) => void one.deliver(eventOf(body)).catch(onError);
      return whenWoken(() => drainQueue(calls, url, onMessage), onError);
    }),
  );
  return {
    wake() {
      for (const waken of wakings) waken();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { memberOf } from "@kms-guard/core/trigger/cloudtrail-record.ts";
import { makeQueue } from "./deploy.ts";
import { drainQueue } from "./drain-queue.ts";
import type { LambdaFunction } from "./lambda/function.ts";
import type { MotoCalls } from "./moto-calls.ts";
import { whenWoken } from "./when-woken.ts";

/** Queues that stand where moto would have to invoke a function: a rule's target, a topic's subscriber. */
export interface FunctionQueues {
  /** Makes the function's queue, unless it is there. */
  arnFor(functionArn: string): Promise<string>;
  /** From now on, what is in a queue goes to its function. */
  deliverTo(functions: ReadonlyMap<string, LambdaFunction>): void;
  /** To be called whenever something may have been put in a queue. */
  wake(): void;
}

/** @param onPublished Called with what SNS hands to a function, before the function has it. */
export function functionQueues(
  calls: MotoCalls,
  account: string,
  onPublished: (messageId: string, content: unknown) => void,
  onError: (error: unknown) => void,
): FunctionQueues {
  const queues = new Map<string, ReturnType<typeof makeQueue>>();
  const wakings: (() => void)[] = [];

  function eventOf(body: string): unknown {
    const message: unknown = JSON.parse(body);
    if (memberOf(message, "Type") !== "Notification") return message;
    const text = String(memberOf(message, "Message"));
    onPublished(String(memberOf(message, "MessageId")), parsed(text) ?? text);
    return { Records: [{ EventSource: "aws:sns", EventVersion: "1.0", Sns: message }] };
  }

  return {
    async arnFor(functionArn) {
      const name = functionArn.slice(functionArn.lastIndexOf(":") + 1);
      const made = queues.get(name) ?? makeQueue(calls, account, `sandbox-${name}`);
      queues.set(name, made);
      return (await made).arn;
    },

    deliverTo(functions) {
      for (const [name, made] of queues) {
        const target = functions.get(name);
        if (target === undefined)
          throw new Error(`the stacks send events to ${name}, and make no such function`);
        const onMessage = (body: string) => void target.deliver(eventOf(body)).catch(onError);
        wakings.push(whenWoken(async () => drainQueue(calls, (await made).url, onMessage), onError));
      }
    },

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

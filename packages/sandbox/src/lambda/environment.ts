import { randomUUID } from "node:crypto";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";

// One execution environment of a function, in a thread of its own: loads the bundle once, then one event at a time.

/** What the thread is started with. */
export interface EnvironmentStart {
  readonly functionName: string;
  /** The module of the bundle, and the name that it exports the handler by. */
  readonly file: string;
  readonly handler: string;
  readonly timeoutMs: number;
}

/** What came of one event. */
export type Outcome =
  | { readonly kind: "ready" }
  | { readonly kind: "returned"; readonly payload: string }
  | { readonly kind: "failed"; readonly errorType: string; readonly errorMessage: string };

const { functionName, file, handler, timeoutMs }: EnvironmentStart = workerData;
const loaded: unknown = await import(pathToFileURL(file).href);
const handle = memberOf({ ...(loaded as object) }, handler);
if (typeof handle !== "function") throw new Error(`${file} exports no function \`${handler}\``);

parentPort?.on("message", async (event: unknown) => {
  const deadlineMs = Date.now() + timeoutMs;
  const context = {
    functionName,
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
  try {
    answer({ kind: "returned", payload: JSON.stringify(await handle(event, context)) ?? "null" });
  } catch (error) {
    const errorType = error instanceof Error ? error.name : typeof error;
    answer({
      kind: "failed",
      errorType,
      errorMessage: error instanceof Error ? error.message : String(error),
    });
  }
});
answer({ kind: "ready" });

function answer(outcome: Outcome): void {
  parentPort?.postMessage(outcome);
}

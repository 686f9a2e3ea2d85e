import { setTimeout as delay } from "node:timers/promises";
import { whenWoken } from "./when-woken.ts";

const GATHERING_MS = 1_000;

/** Gathers what comes for a second, and then hands it on, `most` at a time. */
export function inBatches<T>(
  most: number,
  handOn: (batch: readonly T[]) => Promise<unknown>,
  onError: (error: unknown) => void,
): (item: T) => void {
  const waiting: T[] = [];
  const wake = whenWoken(async () => {
    await delay(GATHERING_MS, undefined, { ref: false });
    while (waiting.length > 0) await handOn(waiting.splice(0, most));
  }, onError);
  return (item) => {
    waiting.push(item);
    wake();
  };
}

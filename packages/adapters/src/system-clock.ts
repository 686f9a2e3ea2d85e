import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@kms-guard/guard/ports.ts";

/** The time as it is. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  async sleepMs(durationMs) {
    await delay(durationMs);
  },
};

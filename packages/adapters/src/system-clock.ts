import type { Clock } from "@kms-guard/guard/ports.ts";

/** The time as it is. Imports nothing: an event that needs no read has it too. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleepMs: (durationMs) =>
    new Promise((resolve) => {
      setTimeout(resolve, durationMs);
    }),
};

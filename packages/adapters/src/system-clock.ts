import type { Clock } from "@kms-guard/guard/ports.ts";

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleepMs: (durationMs) =>
    new Promise((resolve) => {
      setTimeout(resolve, durationMs);
    }),
};

import type { Clock } from "../ports.ts";

/**
 * How long the guard waits for IAM to agree with an event, in steps. IAM is eventually consistent, and says no figure:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
 */
const WAITS_MS = [1_000, 2_000, 4_000] as const;

/** Reads again until what is read agrees with what is known, or the waits are used up: then the last reading counts. */
export async function waitForConsistency<T>(
  clock: Clock,
  read: () => Promise<T>,
  agrees: (value: T) => boolean,
): Promise<T> {
  let value = await read();
  for (const waitMs of WAITS_MS) {
    if (agrees(value)) break;
    await clock.sleepMs(waitMs);
    value = await read();
  }
  return value;
}

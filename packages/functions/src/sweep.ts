import { awsPorts } from "@kms-guard/adapters/aws-ports.ts";
import { readEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { createObserver } from "@kms-guard/adapters/observer.ts";
import { systemClock } from "@kms-guard/adapters/system-clock.ts";
import { sweep } from "@kms-guard/guard/sweep.ts";

const environment = readEnvironment(process.env);
const ports = awsPorts(environment, {
  access: {},
  clock: systemClock,
  observer: createObserver(environment.stage),
});
const sweepAccount = sweep(ports, environment.settings);

/** Left over for what has begun when the time is up: a containment with its retries, and the verification of all. */
const RESERVE_MS = 180_000;

/**
 * The Lambda behind the schedule: assesses the whole account. Throws where something is left to do, also when the time
 * is up: Lambda then runs it again, twice, and it goes on where it stopped. Returns a count, because the findings can
 * exceed Lambda's 6 MB.
 */
export async function handler(
  _event: unknown,
  context?: { readonly getRemainingTimeInMillis: () => number },
): Promise<{ readonly findings: number }> {
  const leftMs = context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
  const { findings } = await sweepAccount("scheduled sweep", Date.now() + leftMs - RESERVE_MS);
  return { findings: findings.length };
}

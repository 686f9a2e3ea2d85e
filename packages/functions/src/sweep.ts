import { readEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { sweep } from "@kms-guard/guard/sweep.ts";
import { guardPorts } from "./guard-ports.ts";
import { powertoolsObserver } from "./observer.ts";

const environment = readEnvironment(process.env);
const ports = guardPorts(environment, powertoolsObserver(environment.stage));
const sweepAccount = sweep(ports, environment.settings);

/** Kept for what is begun when the time is up: a containment with its retries, the second look at all of them. */
const RESERVE_MS = 180_000;

/**
 * The Lambda behind the schedule: judges the whole account. Throws where something is left to do, for want of time
 * too: Lambda then runs it again, twice, and it goes on where it stopped. Answers no findings, of which there may be
 * more than Lambda's 6 MB.
 */
export async function handler(
  _event: unknown,
  context?: { readonly getRemainingTimeInMillis: () => number },
): Promise<{ readonly findings: number }> {
  const leftMs = context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
  const { findings } = await sweepAccount("scheduled sweep", Date.now() + leftMs - RESERVE_MS);
  return { findings: findings.length };
}

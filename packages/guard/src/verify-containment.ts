import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { isAttached, type PolicySnapshot, readPolicyOf } from "./policies/read-policy.ts";
import type { PolicyReader, Ports } from "./ports.ts";

/** IAM shows a change at once and enforces it some 3 to 4 seconds later: long enough for somebody to undo it before. */
export const ENFORCEMENT_LAG_MS = 5_000;

/** True if the finding ended with something that the guard took away. */
export function isContained({ status, containment }: Finding): boolean {
  return status === "contained" && containment?.steps.some(({ outcome }) => outcome === "done") === true;
}

/**
 * Waits for the enforcement lag, and answers what of the contained policies is attached again: one read a finding, one
 * wait for all. `undefined` if nothing was contained.
 */
export async function verifyContainment(
  { policies, clock }: Pick<Ports, "policies" | "clock">,
  findings: readonly Finding[],
): Promise<AsyncIterable<PolicySnapshot> | undefined> {
  const contained = findings.filter(isContained);
  if (contained.length === 0) return undefined;
  await clock.sleepMs(ENFORCEMENT_LAG_MS);
  return reattached(policies, contained);
}

async function* reattached(
  policies: PolicyReader,
  findings: readonly Finding[],
): AsyncGenerator<PolicySnapshot> {
  for (const finding of findings) {
    const policy = await readPolicyOf(policies, finding);
    if (policy !== undefined && isAttached(policy)) yield { policy };
  }
}

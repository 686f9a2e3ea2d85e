import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { RunResult } from "./carry-out.ts";
import { isAttached, type PolicySnapshot, readManaged } from "./policies/snapshot.ts";
import type { PolicyReader, Ports } from "./ports.ts";

/**
 * IAM shows a change at once and enforces it some 3 to 4 seconds later: long enough for whoever watches to undo it
 * before it was ever in force.
 */
export const ENFORCEMENT_LAG_MS = 5_000;

type Judge = (policies: AsyncIterable<PolicySnapshot>) => Promise<RunResult>;

/**
 * Judges, and after the enforcement lag reads once more what was taken away, and judges by the same line what
 * somebody holds again. Two reads a contained finding, one wait for all of them, and none where nothing was contained.
 * An exemption that a restore has made in the meantime counts, since the judging is done anew.
 */
export function withVerification(
  { policies, clock }: Pick<Ports, "policies" | "clock">,
  judge: Judge,
): Judge {
  return async (standing) => {
    const first = await judge(standing);
    const taken = first.findings.filter(isContainedNow);
    if (taken.length === 0) return first;
    await clock.sleepMs(ENFORCEMENT_LAG_MS);
    const second = await judge(heldAgain(policies, taken));
    const findings = new Map([...first.findings, ...second.findings].map((finding) => [finding.id, finding]));
    return { findings: [...findings.values()], failures: [...first.failures, ...second.failures] };
  };
}

/** True where the finding ended with something taken away. */
export function isContainedNow({ status, containment }: Finding): boolean {
  return status === "contained" && containment?.steps.some(({ outcome }) => outcome === "done") === true;
}

async function* heldAgain(
  policies: PolicyReader,
  findings: readonly Finding[],
): AsyncGenerator<PolicySnapshot> {
  for (const { policy: about } of findings) {
    const policy =
      about.principal !== undefined
        ? await policies.inlinePolicy(about.principal, about.name)
        : about.arn !== undefined
          ? await readManaged(policies, about.arn)
          : undefined;
    if (policy !== undefined && isAttached(policy)) yield { policy };
  }
}

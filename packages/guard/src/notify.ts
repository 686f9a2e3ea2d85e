import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { failure } from "./errors.ts";
import type { Ports } from "./ports.ts";

type Outlets = Pick<Ports, "findings" | "alerts" | "clock">;

/**
 * Tells people and programs of a finding, once for each of its statuses; `again` tells even what was told before.
 * When it cannot be known whether somebody was told, they are. Of what keeps coming back, and is contained each time,
 * programs hear each time and people at times only (`isWorthTelling`). Failures are returned.
 */
export async function notify(
  ports: Outlets,
  finding: Finding,
  { again } = { again: false },
): Promise<readonly Error[]> {
  const { id, status } = finding;
  try {
    if (again) await ports.findings.releasePublication(id, status);
    if (!(await ports.findings.claimPublication(id, status))) return [];
  } catch (cause) {
    const unclaimed = failure(`the alert on ${id} could not be claimed`, cause);
    return [unclaimed, ...(await notifyUnclaimed(ports, finding))];
  }
  const failures = await notifyUnclaimed(ports, finding);
  if (failures.length === 0) return failures;
  try {
    await ports.findings.releasePublication(id, status);
    return failures;
  } catch (cause) {
    return [...failures, failure(`the alert on ${id} could not be released for a retry`, cause)];
  }
}

/** Tells them without asking whether they know. */
export async function notifyUnclaimed(
  { alerts, clock }: Pick<Outlets, "alerts" | "clock">,
  finding: Finding,
): Promise<readonly Error[]> {
  const publishedAt = new Date(clock.nowMs()).toISOString();
  try {
    await alerts.publishFinding({ ...finding, timing: { ...finding.timing, publishedAt } });
    return [];
  } catch (cause) {
    return [failure(`the alert on ${finding.id} could not be published`, cause)];
  }
}

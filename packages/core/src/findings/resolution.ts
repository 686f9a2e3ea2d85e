import { isSamePrincipal } from "../aws/principal.ts";
import type { Policy } from "../policy/policy.ts";
import { sha256 } from "../text/hash.ts";
import type { Finding, FindingStatus, Resolution } from "./finding.ts";
import { nextStepsFor } from "./next-steps.ts";

/** The statuses of a finding whose grant stands, as far as is known. */
export const UNRESOLVED = [
  "open",
  "containment-failed",
  "exempt",
  "restored",
] as const satisfies readonly FindingStatus[];

export function isUnresolved({ status }: Finding): boolean {
  return UNRESOLVED.some((unresolved) => unresolved === status);
}

/** What stands in IAM of a finding's policy. */
export interface CurrentPolicy {
  /** `undefined` where the policy is gone. */
  readonly policy: Policy | undefined;
  /** The text that is stored as the finding's version. Needed for findings that are not in force. */
  readonly storedText?: string;
}

/**
 * Why what the finding tells of is no longer so, as a clause; `undefined` where it is still so:
 *
 * - its text is in force, and somebody whom it names holds it (of a finding that named nobody: it is in force);
 * - a text that was not in force is still stored.
 *
 * What has come since, another bad text or another holder, is another finding's matter.
 */
export function resolutionReason(
  finding: Finding,
  { policy, storedText }: CurrentPolicy,
): string | undefined {
  if (policy === undefined) return "the policy is gone";
  const { versionId, documentSha256: found } = finding.policy;
  if (policy.kind === "inline") {
    return sha256(policy.document) === found ? undefined : "another text stands in its place";
  }
  if (finding.notInForce !== undefined) {
    const isStored = storedText !== undefined && sha256(storedText) === found;
    if (isStored) return undefined;
    return versionId === undefined
      ? "no version that is stored has its text"
      : `version ${versionId} is no longer stored`;
  }
  if (sha256(policy.document) !== found) return `version ${policy.versionId} is in force instead`;
  const { attachments } = finding;
  // An AWS managed policy is in force for good, so a finding that names no holder tells of a moment.
  if (attachments.length === 0 && policy.kind === "managed") return undefined;
  const isHeld = attachments.some((holder) =>
    policy.attachments.some((other) => isSamePrincipal(holder, other)),
  );
  return isHeld ? undefined : "nobody of whom it told holds the policy any more";
}

/** The finding as it ended. */
export function resolved(finding: Finding, resolution: Resolution): Finding {
  const next: Finding = { ...finding, status: "resolved", resolution };
  return { ...next, nextSteps: nextStepsFor(next, []) };
}

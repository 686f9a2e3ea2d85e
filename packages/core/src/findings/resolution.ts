import { isSamePrincipal } from "../aws/principal.ts";
import type { Policy } from "../policy/policy.ts";
import { sha256 } from "../text/hash.ts";
import { FINDING_STATUSES, type Finding, type FindingStatus } from "./finding.ts";

/** True where a finding in this status may still be a violation. */
const MAY_BE_VIOLATION: Readonly<Record<FindingStatus, boolean>> = {
  open: true,
  contained: false,
  "containment-failed": true,
  exempt: true,
  restored: true,
  resolved: false,
};

export const UNRESOLVED = FINDING_STATUSES.filter((status) => MAY_BE_VIOLATION[status]);

export function isUnresolved({ status }: Finding): boolean {
  return MAY_BE_VIOLATION[status];
}

/** A finding's policy as it is in IAM now. */
export interface CurrentPolicy {
  /** `undefined` if the policy is gone. */
  readonly policy: Policy | undefined;
  /** The stored text of the finding's version. Needed for findings that are not in force. */
  readonly storedText?: string;
}

/**
 * Why a finding of one policy is no longer true, as a clause; `undefined` if it still is:
 *
 * - its text is in force, and one of its principals has it (if it had none: the text is in force);
 * - a text that was not in force is still stored.
 *
 * Another text or another principal since is another finding.
 */
export function resolutionReason(
  finding: Finding,
  { policy, storedText }: CurrentPolicy,
): string | undefined {
  // What a principal's policies give together is not known of one policy.
  if (finding.policy.kind === "combined") return undefined;
  if (policy === undefined) return "the policy is gone";
  const { documentSha256: found } = finding.policy;
  if (policy.kind === "inline") {
    return sha256(policy.document) === found ? undefined : "another text has replaced it";
  }
  if (finding.notInForce !== undefined) {
    const isStored = storedText !== undefined && sha256(storedText) === found;
    if (isStored) return undefined;
    return "versionId" in finding.policy
      ? `version ${finding.policy.versionId} is no longer stored`
      : "no stored version has its text";
  }
  if (sha256(policy.document) !== found) return `version ${policy.versionId} is in force instead`;
  const { attachments } = finding;
  // An AWS managed policy is always in force, so a finding without principals was true for a moment only.
  if (attachments.length === 0 && policy.kind === "managed") return undefined;
  const isAttached = attachments.some((attachment) =>
    policy.attachments.some((other) => isSamePrincipal(attachment, other)),
  );
  return isAttached ? undefined : "none of its principals has the policy any more";
}

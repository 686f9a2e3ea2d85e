import type { FindingPolicy } from "./finding.ts";

/** `managed arn:aws:iam::111122223333:policy/TeamX v3`, or `inline own of role Build`: not yet safe to print. */
export function subjectText(policy: FindingPolicy): string {
  switch (policy.kind) {
    case "managed":
    case "aws-managed": {
      const version = policy.versionId === undefined ? "" : ` ${policy.versionId}`;
      return `${policy.kind} ${policy.arn}${version}`;
    }
    case "inline":
      return `inline ${policy.name} of ${policy.principal.type} ${policy.principal.name}`;
  }
}

/** The ARN of a managed policy, else the name: what a program searches for. */
export function subjectName(policy: FindingPolicy): string {
  return "arn" in policy ? policy.arn : policy.name;
}

import type { PrincipalName } from "../policy/policy.ts";

/** A named, reasoned, dated permission for a finding to stand. */
export interface Exemption {
  readonly id: string;
  /** A managed policy by ARN, or an inline one by its principal and name. */
  readonly policy:
    | { readonly kind: "managed"; readonly arn: string }
    | { readonly kind: "inline"; readonly principal: PrincipalName; readonly name: string };
  /** Only where the policy is attached to this principal; absent: wherever it is attached. */
  readonly principal?: PrincipalName;
  /** Only for this text of the document; absent: any version. */
  readonly documentSha256?: string;
  readonly reason: string;
  readonly owner: string;
  readonly ticket?: string;
  readonly createdBy: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** ISO 8601 UTC; from this instant on it no longer counts. */
  readonly expiresAt: string;
}

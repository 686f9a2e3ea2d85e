import { sha256 } from "../text/hash.ts";

/** The account whose policies are evaluated. */
export interface Account {
  /** Twelve digits. */
  readonly id: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
}

export const PRINCIPAL_TYPES = ["user", "role", "group"] as const;
export type PrincipalType = (typeof PRINCIPAL_TYPES)[number];

/** What a finding is about. `combined`: what all policies of one principal give together. */
export const POLICY_KINDS = ["managed", "aws-managed", "inline", "combined"] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];

/** A user, role or group by its friendly name, as IAM's calls take it: no path, no ARN. */
export interface PrincipalName {
  readonly type: PrincipalType;
  readonly name: string;
  /** IAM's unique id, `AROA…`, where it was read: a role created again under an old name has another. */
  readonly id?: string;
}

/** The tie of a policy to a principal, as permissions (never as a boundary: those are counted apart). */
export interface Attachment extends PrincipalName {
  /** Known where the reader saw it; ListEntitiesForPolicy has no paths, so it cannot be made up from the name. */
  readonly arn?: string;
  /** Groups only: how many users are in it. */
  readonly members?: number;
}

/** A managed policy as it is in IAM: its default version, and who it is attached to. */
export interface ManagedPolicy {
  /** `aws-managed` where AWS owns it (the account field of its ARN is `aws`): it can be detached, not changed. */
  readonly kind: Exclude<PolicyKind, "inline" | "combined">;
  readonly arn: string;
  readonly name: string;
  /** The default version, `v3`. */
  readonly versionId: string;
  /** The default version's text, decoded. */
  readonly document: string;
  readonly attachments: readonly Attachment[];
  /** Principals that use it as their permissions boundary: a boundary grants nothing and is never taken away. */
  readonly boundaryOf: readonly PrincipalName[];
}

/** A policy that is part of one principal. */
export interface InlinePolicy {
  readonly kind: "inline";
  readonly name: string;
  readonly principal: Attachment;
  readonly document: string;
}

export type Policy = ManagedPolicy | InlinePolicy;

/** All policies of one principal, judged together. */
export interface CombinedPolicies {
  readonly kind: "combined";
  /** The principal's. */
  readonly name: string;
  readonly principal: Attachment;
  /** Lower-case hex SHA-256 of the sorted hashes of the documents that contribute. */
  readonly documentSha256: string;
}

/** What names the subject of a finding, or of an exemption, in its account. */
export type SubjectIdentity =
  | Pick<ManagedPolicy, "kind" | "arn">
  | (Pick<InlinePolicy, "kind" | "name"> & { readonly principal: PrincipalName })
  | (Pick<CombinedPolicies, "kind"> & { readonly principal: PrincipalName });

/** The hash of the text that a finding is about. */
export function documentSha256Of(subject: Policy | CombinedPolicies): string {
  return subject.kind === "combined" ? subject.documentSha256 : sha256(subject.document);
}

/** Which policy: `arn` and `versionId` of a managed one, `principal` of an inline one. */
export interface PolicyRef {
  readonly kind: PolicyKind;
  readonly arn?: string;
  readonly name: string;
  readonly versionId?: string;
  readonly principal?: PrincipalName;
}

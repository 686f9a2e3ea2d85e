import { arnName, managedPolicyKind } from "@kms-guard/core/aws/arn.ts";
import type { Account, PrincipalName, PrincipalType } from "@kms-guard/core/policy/policy.ts";

/**
 * The state of a model account: plain objects, maps and sets that point at each other, so that it can be cloned as it
 * is. Keys are lower-case, since IAM's names are unique whatever their case; what is `undefined` is not known.
 */
export interface AccountState {
  readonly account: Account;
  readonly principals: Readonly<Record<PrincipalType, Map<string, PrincipalState>>>;
  readonly policies: Map<string, PolicyState>;
}

export interface PrincipalState {
  readonly type: PrincipalType;
  name: string;
  path: string | undefined;
  /** IAM's unique id. */
  id: string | undefined;
  readonly attached: Set<PolicyState>;
  /** Inline policies' texts by name. */
  readonly inline: Map<string, string | undefined>;
  boundary: PolicyState | undefined;
  /** A group's users, or a user's groups. */
  readonly membership: Set<PrincipalState>;
}

export interface PolicyState {
  readonly kind: "managed" | "aws-managed";
  readonly arn: string;
  readonly name: string;
  /** Texts by version id, oldest first. */
  readonly versions: Map<string, string | undefined>;
  defaultVersionId: string | undefined;
  /** Ids only grow, and are not given twice. */
  lastVersion: number;
  readonly attachedTo: Set<PrincipalState>;
  readonly boundaryOf: Set<PrincipalState>;
}

export function emptyState(account: Account): AccountState {
  return { account, principals: { user: new Map(), role: new Map(), group: new Map() }, policies: new Map() };
}

export function newPrincipal({ type, name, id }: PrincipalName, path: string | undefined): PrincipalState {
  return {
    type,
    name,
    path,
    id,
    attached: new Set(),
    inline: new Map(),
    boundary: undefined,
    membership: new Set(),
  };
}

/** A policy of which nothing but the ARN is known. */
export function newPolicy(arn: string): PolicyState {
  return {
    kind: managedPolicyKind(arn),
    arn,
    name: arnName(arn),
    versions: new Map(),
    defaultVersionId: undefined,
    lastVersion: 0,
    attachedTo: new Set(),
    boundaryOf: new Set(),
  };
}

export function principalArn(
  { account }: AccountState,
  { type, name, path }: PrincipalState,
): string | undefined {
  return path === undefined ? undefined : `arn:${account.partition}:iam::${account.id}:${type}${path}${name}`;
}

/** Stores a version's text, and keeps the count of ids. */
export function storeVersion(policy: PolicyState, versionId: string, document: string | undefined): void {
  policy.versions.set(versionId, document);
  policy.lastVersion = Math.max(policy.lastVersion, Number.parseInt(versionId.slice(1), 10));
}

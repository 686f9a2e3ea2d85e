import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";

type Eventually<T> = T | Promise<T>;

/** What a contract needs done to an account before it looks: the administrator's side of IAM, whatever stands behind it. */
export interface AccountSeed {
  createUser(name: string, options?: { readonly path?: string }): Eventually<void>;
  createRole(name: string, options?: { readonly path?: string }): Eventually<void>;
  createGroup(name: string, options?: { readonly path?: string }): Eventually<void>;
  addUserToGroup(groupName: string, userName: string): Eventually<void>;
  /** Answers the ARN. */
  createPolicy(name: string, document: string, options?: { readonly path?: string }): Eventually<string>;
  /** Answers the version's id. */
  createPolicyVersion(arn: string, document: string, setAsDefault?: boolean): Eventually<string>;
  setDefaultPolicyVersion(arn: string, versionId: string): Eventually<void>;
  deletePolicyVersion(arn: string, versionId: string): Eventually<void>;
  attachPolicy(principal: PrincipalName, arn: string): Eventually<void>;
  putInlinePolicy(principal: PrincipalName, policyName: string, document: string): Eventually<void>;
  putPermissionsBoundary(principal: PrincipalName, arn: string): Eventually<void>;
}

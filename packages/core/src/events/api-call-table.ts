import type { PrincipalType } from "../policy/policy.ts";
import type { ApiCall } from "./api-call.ts";

/** Where a value is in a CloudTrail record. */
export type RecordPath = `requestParameters.${string}` | `responseElements.${string}`;

/** A principal's type, and where its friendly name is. */
export interface PrincipalRecipe {
  readonly type: PrincipalType;
  readonly name: RecordPath;
  /** Where its new name is, if the call gave it one. */
  readonly renamedTo?: RecordPath;
}

/** Where a call's record says what it changes: the recipe for a `Scope`. */
export type ScopeRecipe =
  | {
      readonly kind: "managed-policy";
      readonly policyArn: RecordPath;
      readonly versionId?: RecordPath;
      /** Whether that version is the default one: known for this call, or a place in the record. */
      readonly isDefault?: boolean | RecordPath;
    }
  | { readonly kind: "attachment"; readonly policyArn: RecordPath; readonly principal: PrincipalRecipe }
  | { readonly kind: "inline-policy"; readonly principal: PrincipalRecipe; readonly policyName: RecordPath }
  | { readonly kind: "principal"; readonly principal: PrincipalRecipe }
  | { readonly kind: "account" };

/** One IAM API call that can change what a policy grants, or to whom. */
export interface ApiCallRow {
  readonly eventName: string;
  readonly effect: ApiCall["effect"];
  /** What the call makes that was not there before. */
  readonly creates?: "policy" | "version";
  /** True where it puts a version in force that was stored before. */
  readonly setsDefaultVersion?: true;
  /**
   * What the call takes away. What it leaves was evaluated when it came, so such a call adds no grant of its own, and
   * nothing has to be waited for. (Deleting a boundary widens access: that is none of these.)
   */
  readonly removes?: "policy" | "version" | "attachment" | "inline-policy" | "membership";
  readonly scope: ScopeRecipe;
  /** Where the identity policy document is that the call carried. */
  readonly document?: RecordPath;
  /** Why the guard listens to it, for the README. */
  readonly why: string;
}

const policyArn = "requestParameters.policyArn";
const policyName = "requestParameters.policyName";
const document = "requestParameters.policyDocument";
const user = { type: "user", name: "requestParameters.userName" } as const;
const role = { type: "role", name: "requestParameters.roleName" } as const;
const group = { type: "group", name: "requestParameters.groupName" } as const;

/**
 * Every IAM call that the guard handles. The EventBridge rule is generated from it.
 * To handle one more call, add its row here and its record in test/fixtures/events.
 *
 * Left out, because they do not change what an identity policy grants:
 * CreateUser, CreateRole, CreateGroup (a new principal has no policies, and a boundary set at creation only narrows);
 * DeleteUser, DeleteRole, DeleteGroup (IAM refuses while policies are attached);
 * Tag* and Untag* (exemptions do not depend on tags);
 * CreateAccessKey, CreateLoginProfile, UpdateLoginProfile (they give somebody a principal's credentials, and change no policy).
 *
 * Names and members: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
export const API_CALLS: readonly ApiCallRow[] = [
  {
    eventName: "CreatePolicy",
    effect: "grants",
    creates: "policy",
    scope: {
      kind: "managed-policy",
      // The caller names a path and a name; the ARN is in the answer only.
      policyArn: "responseElements.policy.arn",
      versionId: "responseElements.policy.defaultVersionId",
      isDefault: true,
    },
    document,
    why: "a new policy: one attach call puts it in force",
  },
  {
    eventName: "CreatePolicyVersion",
    effect: "changes",
    creates: "version",
    scope: {
      kind: "managed-policy",
      policyArn,
      versionId: "responseElements.policyVersion.versionId",
      // The request may leave it out; the answer always has it.
      isDefault: "responseElements.policyVersion.isDefaultVersion",
    },
    document,
    why: "as the default it changes the access of every principal attached; otherwise it can be made the default later",
  },
  {
    eventName: "SetDefaultPolicyVersion",
    effect: "changes",
    setsDefaultVersion: true,
    scope: {
      kind: "managed-policy",
      policyArn,
      versionId: "requestParameters.versionId",
      isDefault: true,
    },
    why: "puts a stored version in force; the call carries no document",
  },
  {
    eventName: "DeletePolicyVersion",
    effect: "revokes",
    removes: "version",
    // The version is gone, so there is none to name: what is left of the policy is what counts.
    scope: { kind: "managed-policy", policyArn },
    why: "deletes a dormant version, or the clean one to go back to",
  },
  {
    eventName: "DeletePolicy",
    effect: "revokes",
    removes: "policy",
    scope: { kind: "managed-policy", policyArn },
    why: "deletes a policy, and resolves its finding",
  },

  {
    eventName: "AttachUserPolicy",
    effect: "grants",
    scope: { kind: "attachment", policyArn, principal: user },
    why: "attaches a managed policy to a user",
  },
  {
    eventName: "AttachRolePolicy",
    effect: "grants",
    scope: { kind: "attachment", policyArn, principal: role },
    why: "attaches a managed policy to a role",
  },
  {
    eventName: "AttachGroupPolicy",
    effect: "grants",
    scope: { kind: "attachment", policyArn, principal: group },
    why: "attaches a managed policy to a group, for every member",
  },
  {
    eventName: "DetachUserPolicy",
    effect: "changes",
    removes: "attachment",
    scope: { kind: "attachment", policyArn, principal: user },
    why: "removes access from a user, or a Deny that limited it",
  },
  {
    eventName: "DetachRolePolicy",
    effect: "changes",
    removes: "attachment",
    scope: { kind: "attachment", policyArn, principal: role },
    why: "removes access from a role, or a Deny that limited it",
  },
  {
    eventName: "DetachGroupPolicy",
    effect: "changes",
    removes: "attachment",
    scope: { kind: "attachment", policyArn, principal: group },
    why: "removes access from a group's members, or a Deny that limited it",
  },

  {
    eventName: "PutUserPolicy",
    effect: "changes",
    scope: { kind: "inline-policy", principal: user, policyName },
    document,
    why: "writes a user's inline policy, or overwrites the one of that name",
  },
  {
    eventName: "PutRolePolicy",
    effect: "changes",
    scope: { kind: "inline-policy", principal: role, policyName },
    document,
    why: "writes a role's inline policy, or overwrites the one of that name",
  },
  {
    eventName: "PutGroupPolicy",
    effect: "changes",
    scope: { kind: "inline-policy", principal: group, policyName },
    document,
    why: "writes a group's inline policy, or overwrites the one of that name",
  },
  {
    eventName: "DeleteUserPolicy",
    effect: "changes",
    removes: "inline-policy",
    scope: { kind: "inline-policy", principal: user, policyName },
    why: "removes a user's inline policy, or a Deny that limited its access",
  },
  {
    eventName: "DeleteRolePolicy",
    effect: "changes",
    removes: "inline-policy",
    scope: { kind: "inline-policy", principal: role, policyName },
    why: "removes a role's inline policy, or a Deny that limited its access",
  },
  {
    eventName: "DeleteGroupPolicy",
    effect: "changes",
    removes: "inline-policy",
    scope: { kind: "inline-policy", principal: group, policyName },
    why: "removes a group's inline policy, or a Deny that limited its access",
  },

  {
    eventName: "AddUserToGroup",
    effect: "grants",
    // The group's policies are what the new member gets; nothing else of the user changes.
    scope: { kind: "principal", principal: group },
    why: "gives a user every policy of a group, without a policy call",
  },
  {
    eventName: "RemoveUserFromGroup",
    effect: "changes",
    removes: "membership",
    // A Deny of the group may have limited the user's own policies.
    scope: { kind: "principal", principal: user },
    why: "removes a group's access from a user, or a Deny that limited the user's own",
  },
  {
    eventName: "UpdateUser",
    effect: "grants",
    scope: {
      kind: "principal",
      principal: { ...user, renamedTo: "requestParameters.newUserName" },
    },
    why: "a renamed user is not found under the name in an earlier event",
  },
  {
    eventName: "UpdateGroup",
    effect: "grants",
    scope: {
      kind: "principal",
      principal: { ...group, renamedTo: "requestParameters.newGroupName" },
    },
    why: "a renamed group is not found under the name in an earlier event",
  },
  {
    eventName: "UpdateAssumeRolePolicy",
    effect: "grants",
    // Its policyDocument is a trust policy: not a document to judge, so the row names none.
    scope: { kind: "principal", principal: role },
    why: "lets someone new assume a role, and so use all its policies",
  },

  {
    eventName: "PutUserPermissionsBoundary",
    effect: "changes",
    scope: { kind: "principal", principal: user },
    why: "a wider boundary puts a user's policies in force",
  },
  {
    eventName: "PutRolePermissionsBoundary",
    effect: "changes",
    scope: { kind: "principal", principal: role },
    why: "a wider boundary puts a role's policies in force",
  },
  {
    eventName: "DeleteUserPermissionsBoundary",
    effect: "grants",
    scope: { kind: "principal", principal: user },
    why: "without a boundary, a user's policies are in force",
  },
  {
    eventName: "DeleteRolePermissionsBoundary",
    effect: "grants",
    scope: { kind: "principal", principal: role },
    why: "without a boundary, a role's policies are in force",
  },

  {
    eventName: "AcceptDelegationRequest",
    effect: "grants",
    scope: { kind: "account" },
    why: "temporary delegation grants permissions from a template, without a policy call",
  },
  {
    eventName: "SendDelegationToken",
    effect: "grants",
    scope: { kind: "account" },
    why: "grants a temporary delegation's permissions",
  },
];

const ROWS: ReadonlyMap<unknown, ApiCallRow> = new Map(API_CALLS.map((row) => [row.eventName, row]));

/** The row of a call by its name; `undefined` for every other text or value. */
export function apiCallRow(eventName: unknown): ApiCallRow | undefined {
  return ROWS.get(eventName);
}

/** True for calls that take something away (column `removes`). */
export function isRemoval({ eventName }: { readonly eventName: string }): boolean {
  return apiCallRow(eventName)?.removes !== undefined;
}

/** Calls that change no access, but make or end a principal that later calls name: a replay follows them. */
export const PRINCIPAL_CALLS: readonly {
  readonly eventName: string;
  readonly creates?: PrincipalType;
  readonly deletes?: PrincipalType;
}[] = [
  { eventName: "CreateUser", creates: "user" },
  { eventName: "CreateRole", creates: "role" },
  { eventName: "CreateGroup", creates: "group" },
  { eventName: "DeleteUser", deletes: "user" },
  { eventName: "DeleteRole", deletes: "role" },
  { eventName: "DeleteGroup", deletes: "group" },
];

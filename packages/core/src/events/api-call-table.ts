import type { PrincipalType } from "../policy/policy.ts";
import type { Trigger } from "./api-call.ts";

/** Where a value stands in a CloudTrail record. */
export type RecordPath = `requestParameters.${string}` | `responseElements.${string}`;

/** A principal's type, and where its friendly name stands. */
export interface WhichPrincipal {
  readonly type: PrincipalType;
  readonly name: RecordPath;
  /** Where the name stands that it has from now on, if the call gave it a new one. */
  readonly renamedTo?: RecordPath;
}

/** What a call affects, as places in its record: the recipe for an `Affected`. */
export type WhatIsAffected =
  | {
      readonly kind: "managed-policy";
      readonly policyArn: RecordPath;
      readonly versionId?: RecordPath;
      /** Whether that version is the default one: known for this call, or a place in the record. */
      readonly isDefault?: boolean | RecordPath;
    }
  | { readonly kind: "attachment"; readonly policyArn: RecordPath; readonly principal: WhichPrincipal }
  | { readonly kind: "inline-policy"; readonly principal: WhichPrincipal; readonly policyName: RecordPath }
  | { readonly kind: "principal"; readonly principal: WhichPrincipal }
  | { readonly kind: "account" };

/** One API call of IAM that can change what a policy grants, or to whom. */
export interface TriggerRow {
  readonly eventName: string;
  readonly effect: Trigger["effect"];
  readonly affected: WhatIsAffected;
  /** Where the identity policy document stands that the call carried. */
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
 * Every call the guard listens to, all of `iam.amazonaws.com`; the EventBridge rule is made from it too.
 * To guard against one more call, add its row and its record in test/fixtures/events.
 *
 * Left out, because what they change is no grant of an identity policy:
 * CreateUser, CreateRole, CreateGroup (new ones hold nothing, and a boundary given at birth only narrows);
 * DeleteUser, DeleteRole, DeleteGroup (IAM refuses while policies are attached);
 * Tag* and Untag* (exemptions do not depend on tags);
 * CreateAccessKey, CreateLoginProfile, UpdateLoginProfile (they take over a principal, and change no policy).
 *
 * Names and members: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
export const TRIGGERS: readonly TriggerRow[] = [
  {
    eventName: "CreatePolicy",
    effect: "gives",
    affected: {
      kind: "managed-policy",
      // The caller names a path and a name; the ARN is in the answer only.
      policyArn: "responseElements.policy.arn",
      versionId: "responseElements.policy.defaultVersionId",
      isDefault: true,
    },
    document,
    why: "a new policy, one call away from whoever it is attached to",
  },
  {
    eventName: "CreatePolicyVersion",
    effect: "either",
    affected: {
      kind: "managed-policy",
      policyArn,
      versionId: "responseElements.policyVersion.versionId",
      // The request may leave it to the default, the answer always tells.
      isDefault: "responseElements.policyVersion.isDefaultVersion",
    },
    document,
    why: "as the default version it changes what everyone attached holds; otherwise it waits to be made the default",
  },
  {
    eventName: "SetDefaultPolicyVersion",
    effect: "either",
    affected: {
      kind: "managed-policy",
      policyArn,
      versionId: "requestParameters.versionId",
      isDefault: true,
    },
    why: "wakes a version stored earlier; the call carries no document",
  },
  {
    eventName: "DeletePolicyVersion",
    effect: "takes",
    // The version is gone, so there is none to name: what is left of the policy is what counts.
    affected: { kind: "managed-policy", policyArn },
    why: "removes a waiting version, or the clean one to go back to",
  },
  {
    eventName: "DeletePolicy",
    effect: "takes",
    affected: { kind: "managed-policy", policyArn },
    why: "ends a policy, and with it a finding",
  },

  {
    eventName: "AttachUserPolicy",
    effect: "gives",
    affected: { kind: "attachment", policyArn, principal: user },
    why: "gives a managed policy to a user",
  },
  {
    eventName: "AttachRolePolicy",
    effect: "gives",
    affected: { kind: "attachment", policyArn, principal: role },
    why: "gives a managed policy to a role",
  },
  {
    eventName: "AttachGroupPolicy",
    effect: "gives",
    affected: { kind: "attachment", policyArn, principal: group },
    why: "gives a managed policy to every member of a group",
  },
  {
    eventName: "DetachUserPolicy",
    effect: "either",
    affected: { kind: "attachment", policyArn, principal: user },
    why: "takes a grant from a user, or the Deny that held one back",
  },
  {
    eventName: "DetachRolePolicy",
    effect: "either",
    affected: { kind: "attachment", policyArn, principal: role },
    why: "takes a grant from a role, or the Deny that held one back",
  },
  {
    eventName: "DetachGroupPolicy",
    effect: "either",
    affected: { kind: "attachment", policyArn, principal: group },
    why: "takes a grant from a group's members, or the Deny that held one back",
  },

  {
    eventName: "PutUserPolicy",
    effect: "either",
    affected: { kind: "inline-policy", principal: user, policyName },
    document,
    why: "writes a user's inline policy, over the one of that name if there is one",
  },
  {
    eventName: "PutRolePolicy",
    effect: "either",
    affected: { kind: "inline-policy", principal: role, policyName },
    document,
    why: "writes a role's inline policy, over the one of that name if there is one",
  },
  {
    eventName: "PutGroupPolicy",
    effect: "either",
    affected: { kind: "inline-policy", principal: group, policyName },
    document,
    why: "writes a group's inline policy, over the one of that name if there is one",
  },
  {
    eventName: "DeleteUserPolicy",
    effect: "either",
    affected: { kind: "inline-policy", principal: user, policyName },
    why: "removes a user's inline grant, or the Deny that held one back",
  },
  {
    eventName: "DeleteRolePolicy",
    effect: "either",
    affected: { kind: "inline-policy", principal: role, policyName },
    why: "removes a role's inline grant, or the Deny that held one back",
  },
  {
    eventName: "DeleteGroupPolicy",
    effect: "either",
    affected: { kind: "inline-policy", principal: group, policyName },
    why: "removes a group's inline grant, or the Deny that held one back",
  },

  {
    eventName: "AddUserToGroup",
    effect: "gives",
    // The group's policies are what the new member gets; nothing else of the user changes.
    affected: { kind: "principal", principal: group },
    why: "gives a user all that a group holds, without touching a policy",
  },
  {
    eventName: "RemoveUserFromGroup",
    effect: "either",
    // The user's own policies are what a Deny of the group may have held back.
    affected: { kind: "principal", principal: user },
    why: "takes a group's grants from a user, or the Deny that held the user's own back",
  },
  {
    eventName: "UpdateUser",
    effect: "gives",
    affected: {
      kind: "principal",
      principal: { ...user, renamedTo: "requestParameters.newUserName" },
    },
    why: "a renamed user is not found under the name of an earlier event",
  },
  {
    eventName: "UpdateGroup",
    effect: "gives",
    affected: {
      kind: "principal",
      principal: { ...group, renamedTo: "requestParameters.newGroupName" },
    },
    why: "a renamed group is not found under the name of an earlier event",
  },
  {
    eventName: "UpdateAssumeRolePolicy",
    effect: "gives",
    // Its policyDocument is a trust policy: not a document to judge, so the row names none.
    affected: { kind: "principal", principal: role },
    why: "lets someone new into a role, and so into all that it holds",
  },

  {
    eventName: "PutUserPermissionsBoundary",
    effect: "either",
    affected: { kind: "principal", principal: user },
    why: "a wider boundary frees what a user's policies already say",
  },
  {
    eventName: "PutRolePermissionsBoundary",
    effect: "either",
    affected: { kind: "principal", principal: role },
    why: "a wider boundary frees what a role's policies already say",
  },
  {
    eventName: "DeleteUserPermissionsBoundary",
    effect: "gives",
    affected: { kind: "principal", principal: user },
    why: "frees what a user's policies already say",
  },
  {
    eventName: "DeleteRolePermissionsBoundary",
    effect: "gives",
    affected: { kind: "principal", principal: role },
    why: "frees what a role's policies already say",
  },

  {
    eventName: "AcceptDelegationRequest",
    effect: "gives",
    affected: { kind: "account" },
    why: "temporary delegation gives permissions from a template, without a policy call",
  },
  {
    eventName: "SendDelegationToken",
    effect: "gives",
    affected: { kind: "account" },
    why: "hands over a temporary delegation's permissions",
  },
];

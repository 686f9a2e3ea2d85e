import type { Problem } from "../policy/document.ts";
import type { PrincipalName } from "../policy/policy.ts";

/** Who made the call, from CloudTrail's userIdentity: text from AWS, part of it chosen by the caller. */
export interface Actor {
  readonly type: string;
  readonly arn?: string;
  /** For an assumed role, the role behind the session, with its path. */
  readonly roleArn?: string;
  readonly sourceIp?: string;
  readonly userAgent?: string;
  /** The AWS service that called on somebody's behalf: `cloudformation.amazonaws.com`. */
  readonly invokedBy?: string;
  readonly mfa?: boolean;
}

/** What a call may have changed, so what has to be read from IAM and evaluated again. */
export type Scope =
  /** One managed policy; `versionId` is what the call made or set, where the record says so. */
  | {
      readonly kind: "managed-policy";
      readonly policyArn: string;
      readonly versionId?: string;
      readonly isDefault?: boolean;
    }
  /** One managed policy attached to, or detached from, one principal. */
  | { readonly kind: "attachment"; readonly policyArn: string; readonly principal: PrincipalName }
  | { readonly kind: "inline-policy"; readonly principal: PrincipalName; readonly policyName: string }
  /** Every policy of one principal: group membership, boundaries. */
  | { readonly kind: "principal"; readonly principal: PrincipalName }
  /** The record does not say which (its parameters were left out): the whole account has to be read. */
  | { readonly kind: "account" };

/** An API call that can change access. */
export interface ApiCall {
  readonly eventId: string;
  readonly eventName: string;
  /** ISO 8601 UTC, whole seconds, as CloudTrail has it. */
  readonly eventTime: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly actor: Actor;
  readonly scope: Scope;
  /** `grants` can only add access, `revokes` can only remove it, `changes` can do both. */
  readonly effect: "grants" | "revokes" | "changes";
  /** The document the call carried, as text: evidence only, IAM's own state decides. */
  readonly document?: string;
  /** True where CloudTrail left out the request parameters, which takes a padded request. */
  readonly parametersOmitted: boolean;
}

/** What `readApiCall` reads an event as. */
export type ApiCallReading =
  | { readonly kind: "api-call"; readonly call: ApiCall }
  | {
      readonly kind: "not-ours";
      readonly reason: string;
      readonly eventId?: string;
      readonly eventName?: string;
      readonly eventTime?: string;
    }
  | {
      readonly kind: "malformed";
      readonly problems: readonly Problem[];
      readonly eventId?: string;
      readonly eventName?: string;
      readonly eventTime?: string;
    };

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

/** What in IAM may grant something else since the call, so has to be read and judged again. */
export type Affected =
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
  /** Which one is unknown: the record does not say (its parameters are gone). The whole account has to be read. */
  | { readonly kind: "account" };

/** An API call that can change a grant. */
export interface Trigger {
  readonly eventId: string;
  readonly eventName: string;
  /** ISO 8601 UTC, whole seconds, as CloudTrail has it. */
  readonly eventTime: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly actor: Actor;
  readonly affected: Affected;
  /** `gives` can only add a grant, `takes` can only remove one from the guarded view, `either` both. */
  readonly effect: "gives" | "takes" | "either";
  /** The document the call carried, as text: evidence only, what stands in IAM decides. */
  readonly document?: string;
  /** True where CloudTrail left out the request parameters: nobody does that by accident. */
  readonly parametersOmitted: boolean;
}

/** What `readTrigger` makes of an event. */
export type TriggerReading =
  | { readonly kind: "trigger"; readonly trigger: Trigger }
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

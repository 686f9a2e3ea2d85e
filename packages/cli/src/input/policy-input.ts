import type { Account, Attachment } from "@kms-guard/core/policy/policy.ts";

/** `document` if only the text of the policy is known. */
export type PolicyKind = "document" | "managed" | "aws-managed" | "inline";

/** Where an input was read. */
export interface Place {
  /** As the user would type it; `-` is standard input. */
  readonly path: string;
  /** From 1: the line of JSON Lines, or the line where any other text begins. */
  readonly line?: number;
}

/** A policy to evaluate. */
export interface PolicyInput {
  readonly kind: "policy";
  /** Its id if it has one, else its ARN, else the path. */
  readonly id: string;
  readonly place: Place;
  readonly policyKind: PolicyKind;
  /** Text or parsed JSON, as it was read. */
  readonly document: unknown;
  /** The account of the policy, if the input says. */
  readonly account?: Account;
  /** What it is attached to, if the input says: complete only when the whole file has been read. */
  readonly attachments?: () => readonly Attachment[];
}

/** An input that should be a policy and cannot be read as one. */
export interface UnreadableInput {
  readonly kind: "unreadable";
  readonly id: string;
  readonly place: Place;
  /** A clause that follows the name of the place: `has no Arn in Policies[3]`. */
  readonly problem: string;
}

/** The result of reading: policies, and what could not be read and why. */
export type Input =
  | PolicyInput
  | UnreadableInput
  /** A file in a folder that has no policy. */
  | { readonly kind: "skipped"; readonly path: string }
  | { readonly kind: "warning"; readonly message: string };

/** `file:line`, or the file. */
export function sourceOf({ path, line }: Place): string {
  return line === undefined ? path : `${path}:${line}`;
}

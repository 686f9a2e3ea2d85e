import type { Account, Attachment } from "@kms-guard/core/policy/policy.ts";

/** What a policy is known as; `document` where nothing but its text is known. */
export type PolicyKind = "document" | "managed" | "aws-managed" | "inline";

/** Where something was read. */
export interface Place {
  /** As the user would write it; `-` is standard input. */
  readonly path: string;
  /** From 1: of JSON Lines the line itself, of anything else where it begins. */
  readonly line?: number;
}

/** A policy to judge. */
export interface PolicyInput {
  readonly kind: "policy";
  /** Its own id, else its ARN, else the path. */
  readonly id: string;
  readonly place: Place;
  readonly policyKind: PolicyKind;
  /** Text or parsed JSON, untouched. */
  readonly document: unknown;
  /** Whose it is, where the input tells. */
  readonly account?: Account;
  /** Who holds it, where the input tells: complete only when the file has been read to its end. */
  readonly holders?: () => readonly Attachment[];
}

/** Something that should be a policy and cannot be read as one. */
export interface UnreadableInput {
  readonly kind: "unreadable";
  readonly id: string;
  readonly place: Place;
  /** What is wrong, to go on after the name of the place. */
  readonly problem: string;
}

/** What comes out of reading: besides policies, what was not read and why. */
export type Input =
  | PolicyInput
  | UnreadableInput
  /** A file met in a folder that holds no policy: somebody else's. */
  | { readonly kind: "passed-over"; readonly path: string }
  | { readonly kind: "warning"; readonly message: string };

/** The place as programs read it: `file:line`, or the file. */
export function sourceOf({ path, line }: Place): string {
  return line === undefined ? path : `${path}:${line}`;
}

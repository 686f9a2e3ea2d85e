import { isSamePrincipal } from "../aws/principal.ts";
import type { Problem } from "../policy/document.ts";
import type { CombinedPolicies, Policy, PrincipalName, SubjectIdentity } from "../policy/policy.ts";
import { shortId } from "../text/hash.ts";

/** A named, reasoned permission, with an end, for a violation to stay. */
export interface Exemption {
  readonly id: string;
  /** Of the policy, twelve digits: an AWS managed policy has the same ARN in every account. */
  readonly account: string;
  /**
   * A managed policy by ARN, or an inline one by its principal and name; or what these texts of a principal's policies
   * give together.
   */
  readonly policy:
    | { readonly kind: "managed"; readonly arn: string }
    | { readonly kind: "inline"; readonly principal: PrincipalName; readonly name: string }
    | { readonly kind: "combined"; readonly principal: PrincipalName; readonly documentSha256: string };
  /** Only where the policy is attached to this principal; absent: wherever it is attached. */
  readonly principal?: PrincipalName;
  /** Only for this text of the document; absent: any version. */
  readonly documentSha256?: string;
  readonly reason: string;
  readonly owner: string;
  readonly ticket?: string;
  /** ARN. */
  readonly createdBy: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** ISO 8601 UTC; from this instant on it no longer counts. */
  readonly expiresAt: string;
}

/** A policy with one principal it is attached to (absent: nobody), and the hash of its document. */
export interface ExemptionSubject {
  /** Twelve digits. */
  readonly account: string;
  readonly policy: Policy | CombinedPolicies;
  readonly principal?: PrincipalName;
  /** Lower-case hex. */
  readonly documentSha256: string;
}

const DAY_MS = 86_400_000;
/** A year: if it is still needed then, somebody has to say so again. */
export const MAX_EXEMPTION_DAYS = 365;
/** The owner is notified this long before the end. */
const EXPIRING_DAYS = 7;
/** An exemption is one item of the findings table, and a line of an e-mail. In characters. */
const MAX_LENGTHS = { reason: 500, owner: 200, ticket: 100 } as const;

/** True where the exemption covers this at `nowMs`. */
export function exemptionCovers(exemption: Exemption, subject: ExemptionSubject, nowMs: number): boolean {
  return (
    !isExpired(exemption, nowMs) &&
    exemption.account === subject.account &&
    isForDocument(exemption, subject.policy, subject.documentSha256) &&
    (exemption.principal === undefined ||
      (subject.principal !== undefined && isSamePrincipal(exemption.principal, subject.principal)))
  );
}

/** True for an exemption of this policy, of this text of it or of any: at whatever time, for whatever principal. */
export function isForDocument(
  { policy: exempted, documentSha256: exemptedSha256 }: Pick<Exemption, "policy" | "documentSha256">,
  subject: SubjectIdentity,
  documentSha256: string,
): boolean {
  if (exemptedSha256 !== undefined && exemptedSha256.toLowerCase() !== documentSha256) return false;
  switch (exempted.kind) {
    case "managed":
      return "arn" in subject && subject.arn === exempted.arn;
    case "inline":
      return (
        subject.kind === "inline" &&
        subject.name === exempted.name &&
        isSamePrincipal(subject.principal, exempted.principal)
      );
    case "combined":
      return (
        subject.kind === "combined" &&
        exempted.documentSha256.toLowerCase() === documentSha256 &&
        isSamePrincipal(subject.principal, exempted.principal)
      );
  }
}

/** True from `expiresAt` on, and where that is no date: what cannot be read exempts nothing. */
export function isExpired({ expiresAt }: Pick<Exemption, "expiresAt">, nowMs: number): boolean {
  return !(nowMs < Date.parse(expiresAt));
}

/** True in the week before the end. */
export function isExpiring({ expiresAt }: Pick<Exemption, "expiresAt">, nowMs: number): boolean {
  const leftMs = Date.parse(expiresAt) - nowMs;
  return leftMs > 0 && leftMs <= EXPIRING_DAYS * DAY_MS;
}

/** `arn:aws:iam::111122223333:policy/TeamX`, `inline policy own of role/Build`, `the policies of role/Build together`. */
export function describePolicy(policy: Exemption["policy"]): string {
  switch (policy.kind) {
    case "managed":
      return policy.arn;
    case "inline":
      return `inline policy ${policy.name} of ${policy.principal.type}/${policy.principal.name}`;
    case "combined":
      return `the policies of ${policy.principal.type}/${policy.principal.name} together`;
  }
}

/** What somebody asks to exempt, and why. */
export interface ExemptionRequest
  extends Pick<Exemption, "account" | "policy" | "principal" | "documentSha256"> {
  readonly reason: string;
  readonly owner: string;
  readonly ticket?: string;
  /** From now, whole: 1 to `MAX_EXEMPTION_DAYS`. */
  readonly days: number;
  /** ARN of who asks. */
  readonly by: string;
}

export type ExemptionResult =
  | { readonly kind: "exemption"; readonly exemption: Exemption }
  /** Paths are fields of the request. */
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** The exemption that is asked for, or every problem of the request: each exemption has a reason, an owner and an end. */
export function createExemption(request: ExemptionRequest, nowMs: number): ExemptionResult {
  const { account, policy, principal, documentSha256, days, by } = request;
  const reason = request.reason.trim();
  const owner = request.owner.trim();
  const ticket = request.ticket?.trim();
  const problems = [
    ...lengthProblem("reason", reason),
    ...lengthProblem("owner", owner),
    ...(ticket === undefined ? [] : lengthProblem("ticket", ticket)),
    ...dayProblem(days),
    ...principalProblem(policy, principal),
    ...(policy.kind === "combined" && documentSha256 === undefined ? [ANY_VERSION] : []),
  ];
  if (problems.length > 0) return { kind: "refused", problems };
  const createdAt = new Date(nowMs).toISOString();
  return {
    kind: "exemption",
    exemption: {
      // Another time or another person is another exemption: none replaces one that exists.
      id: shortId("ke", [account, policy, principal, documentSha256, by, createdAt]),
      account,
      policy,
      ...(principal !== undefined && { principal }),
      ...(documentSha256 !== undefined && { documentSha256 }),
      reason,
      owner,
      ...(ticket !== undefined && { ticket }),
      createdBy: by,
      createdAt,
      expiresAt: new Date(nowMs + days * DAY_MS).toISOString(),
    },
  };
}

function lengthProblem(path: keyof typeof MAX_LENGTHS, text: string): readonly Problem[] {
  if (text !== "" && text.length <= MAX_LENGTHS[path]) return [];
  return [{ path, message: `has ${text.length} characters, not 1 to ${MAX_LENGTHS[path]}` }];
}

function dayProblem(days: number): readonly Problem[] {
  if (Number.isInteger(days) && days >= 1 && days <= MAX_EXEMPTION_DAYS) return [];
  return [{ path: "days", message: `is ${days}, not a whole number from 1 to ${MAX_EXEMPTION_DAYS}` }];
}

/** With another text of one of them, a principal's policies give something else together. */
const ANY_VERSION: Problem = { path: "any-version", message: "is for the versions of one policy" };

function principalProblem(
  policy: Exemption["policy"],
  principal: PrincipalName | undefined,
): readonly Problem[] {
  if (principal === undefined || policy.kind === "managed" || isSamePrincipal(policy.principal, principal))
    return [];
  const { type, name } = policy.principal;
  const has = policy.kind === "inline" ? "who has the inline policy" : "whose policies these are";
  return [{ path: "principal", message: `is not ${has}: that is ${type}/${name}` }];
}

import { isSamePrincipal } from "../aws/principal.ts";
import type { Policy, PolicyRef, PrincipalName } from "../policy/policy.ts";
import type { Exemption } from "./exemption.ts";

/** A grant that an exemption may cover: a policy, who holds it (absent: nobody), and the hash of its text. */
export interface ExemptionSubject {
  readonly policy: Policy;
  readonly principal?: PrincipalName;
  /** Lower-case hex. */
  readonly documentSha256: string;
}

/**
 * True where the exemption lets this grant stand at `nowMs`. From `expiresAt` on it does not, nor does one whose
 * `expiresAt` is no date: what cannot be read exempts nothing.
 */
export function exemptionCovers(exemption: Exemption, subject: ExemptionSubject, nowMs: number): boolean {
  return (
    nowMs < Date.parse(exemption.expiresAt) &&
    isForDocument(exemption, subject.policy, subject.documentSha256) &&
    (exemption.principal === undefined ||
      (subject.principal !== undefined && isSamePrincipal(exemption.principal, subject.principal)))
  );
}

/** True for an exemption of this policy, of this text of it or of any: at whatever time, for whatever principal. */
export function isForDocument(
  { policy: exempted, documentSha256: exemptedSha256 }: Pick<Exemption, "policy" | "documentSha256">,
  policy: Pick<PolicyRef, "kind" | "arn" | "name" | "principal">,
  documentSha256: string,
): boolean {
  if (exemptedSha256 !== undefined && exemptedSha256.toLowerCase() !== documentSha256) return false;
  if (exempted.kind === "managed") return policy.kind !== "inline" && policy.arn === exempted.arn;
  return (
    policy.kind === "inline" &&
    policy.name === exempted.name &&
    policy.principal !== undefined &&
    isSamePrincipal(policy.principal, exempted.principal)
  );
}

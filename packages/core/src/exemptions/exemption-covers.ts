import { isSamePrincipal } from "../aws/principal.ts";
import type { Policy, PrincipalName } from "../policy/policy.ts";
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
    coversPolicy(exemption.policy, subject.policy) &&
    (exemption.principal === undefined ||
      (subject.principal !== undefined && isSamePrincipal(exemption.principal, subject.principal))) &&
    (exemption.documentSha256 === undefined ||
      exemption.documentSha256.toLowerCase() === subject.documentSha256)
  );
}

function coversPolicy(named: Exemption["policy"], policy: Policy): boolean {
  if (named.kind === "managed") return policy.kind !== "inline" && policy.arn === named.arn;
  return (
    policy.kind === "inline" &&
    policy.name === named.name &&
    isSamePrincipal(policy.principal, named.principal)
  );
}

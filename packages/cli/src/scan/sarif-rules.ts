import type { Verdict, VerdictName } from "@kms-guard/core/evaluate/verdict.ts";

/** One kind of result in SARIF: what it is called, how bad it is and what to do about it. */
export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly level: "error" | "warning" | "note";
  /** GitHub code scanning reads: over 9.0 critical, from 7.0 high, from 4.0 medium. */
  readonly securitySeverity: string;
  readonly short: string;
  readonly full: string;
  readonly cure: string;
}

const NARROW =
  "Name the actions that are needed and the key ARNs they are needed on; leave key administration to key administrators.";

/** Worst first; the order is the results' `ruleIndex`. */
export const RULES: readonly Rule[] = [
  {
    id: "kms-guard/full",
    name: "FullKmsAccess",
    level: "error",
    securitySeverity: "9.8",
    short: "Grants every KMS action on every key",
    full: "The policy allows every AWS KMS action on any key without a condition: read, hand over and destroy.",
    cure: NARROW,
  },
  {
    id: "kms-guard/near-full",
    name: "NearFullKmsAccess",
    level: "error",
    securitySeverity: "9.5",
    short: "Grants what matters of KMS on every key of the account",
    full: "The policy allows decrypting with, granting, re-policing and deleting every key of the account; only lesser actions are missing.",
    cure: NARROW,
  },
  {
    id: "kms-guard/vacuous-conditional-full",
    name: "VacuouslyConditionalFullKmsAccess",
    level: "error",
    securitySeverity: "9.5",
    short: "Grants full KMS access under a condition that always holds",
    full: "The policy allows full access to AWS KMS under conditions, every one of which is always true.",
    cure: `The condition protects nothing. ${NARROW}`,
  },
  {
    id: "kms-guard/conditional-full",
    name: "ConditionalFullKmsAccess",
    level: "warning",
    securitySeverity: "7.5",
    short: "Grants full KMS access under a condition",
    full: "The policy allows full access to AWS KMS for requests that meet its conditions.",
    cure: `Check that the condition is as strict as it is meant to be. ${NARROW}`,
  },
  {
    id: "kms-guard/scoped-full",
    name: "ScopedFullKmsAccess",
    level: "warning",
    securitySeverity: "5.5",
    short: "Grants every action on some KMS keys",
    full: "The policy allows every key action of AWS KMS, though only on some keys.",
    cure: "Check that whoever holds it has to administer these keys, not only to use them.",
  },
  {
    id: "kms-guard/invalid",
    name: "PolicyNotEvaluated",
    level: "warning",
    securitySeverity: "7.0",
    short: "Cannot be evaluated",
    full: "The policy could not be read or is no valid IAM policy, so what it grants is unknown.",
    cure: "Repair the file, then scan again.",
  },
];

/** Which rule a verdict breaks: the index in RULES, or -1 for `none`. */
export function ruleIndexOf(verdict: Verdict): number {
  const suffix: VerdictName | "vacuous-conditional-full" = verdict.vacuous
    ? "vacuous-conditional-full"
    : verdict.name;
  return RULES.findIndex((rule) => rule.id === `kms-guard/${suffix}`);
}

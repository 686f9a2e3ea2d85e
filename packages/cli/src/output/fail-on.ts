import { VERDICTS, type Verdict, type VerdictName } from "@kms-guard/core/evaluate/verdict.ts";

/**
 * Whether a verdict makes the scan fail. An invalid policy does at any threshold, since it may grant anything; a
 * clean one does at none.
 */
export function failsAt(threshold: VerdictName, verdict: Pick<Verdict, "name" | "vacuous">): boolean {
  if (verdict.name === "none") return false;
  return verdict.name === "invalid" || rankOf(verdict) <= VERDICTS.indexOf(threshold);
}

/** Place among the verdicts, 0 the worst; a condition that always holds is no condition. */
export function rankOf(verdict: Pick<Verdict, "name" | "vacuous">): number {
  return VERDICTS.indexOf(verdict.vacuous ? "full" : verdict.name);
}

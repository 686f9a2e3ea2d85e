import { VERDICTS, type Verdict, type VerdictName } from "@kms-guard/core/evaluate/verdict.ts";

/**
 * Whether a verdict makes the exit code 2. An invalid policy does at any threshold, because it may grant anything; a
 * clean one never does.
 */
export function failsAt(threshold: VerdictName, verdict: Pick<Verdict, "name" | "vacuous">): boolean {
  if (verdict.name === "none") return false;
  return verdict.name === "invalid" || rankOf(verdict) <= VERDICTS.indexOf(threshold);
}

/** The position among the verdicts, 0 for the worst. A condition that is always true counts as none. */
export function rankOf(verdict: Pick<Verdict, "name" | "vacuous">): number {
  return VERDICTS.indexOf(verdict.vacuous ? "full" : verdict.name);
}

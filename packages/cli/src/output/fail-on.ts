import { VERDICTS, type Verdict, type VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import { rankOf } from "../scan/row.ts";

/**
 * Whether a verdict makes the scan fail. An invalid policy does at any threshold, since it may grant anything; a
 * clean one does at none.
 */
export function failsAt(threshold: VerdictName, verdict: Pick<Verdict, "name" | "vacuous">): boolean {
  if (verdict.name === "none") return false;
  return verdict.name === "invalid" || rankOf(verdict) <= VERDICTS.indexOf(threshold);
}

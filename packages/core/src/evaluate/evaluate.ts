import type { ParsedDocument } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import type { Verdict } from "./verdict.ts";

/** What a document grants of KMS in this account, with proof. (Being written: signature only.) */
export function evaluate(_parsed: ParsedDocument, _account: Account): Verdict {
  return { name: "none", vacuous: false, reason: "", evidence: [], missingActions: [] };
}

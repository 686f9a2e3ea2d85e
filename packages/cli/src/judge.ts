import { evaluate } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import { parseDocument } from "@kms-guard/core/policy/parse-document.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";

/** What a document, as text or parsed JSON, grants in an account. Pure. */
export type Judge = (document: unknown, account: Account) => Verdict;

export const judge: Judge = (document, account) => evaluate(parseDocument(document), account);

import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { judge } from "./judge.ts";
import { SETTING } from "./setting.ts";
import type { WrittenDocument } from "./statements.ts";

/** Both answers on one document, as `conditional-full vacuous`. */
export interface Answers {
  readonly evaluator: string;
  readonly oracle: string;
  /** False where the two contradict each other: neither is unsure. */
  readonly agree: boolean;
}

export function answersOn(document: WrittenDocument): Answers {
  const evaluator = text(evaluateDocument(document, { account: SETTING.account, service: KMS, nowMs: 0 }));
  const oracle = text(judge(document, SETTING));
  return { evaluator, oracle, agree: evaluator === oracle || evaluator === "invalid" || oracle === "unsure" };
}

const text = ({ name, vacuous }: { readonly name: string; readonly vacuous: boolean }) =>
  vacuous ? `${name} vacuous` : name;

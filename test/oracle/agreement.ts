import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import type { Setting } from "./cells.ts";
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

export function answersOn(document: WrittenDocument, setting: Setting): Answers {
  const { account, regions } = setting;
  // What the evaluator counts where nothing is set is compared, too.
  const context = { account, service: KMS, nowMs: 0, ...(setting !== SETTING && { regions }) };
  const evaluator = text(evaluateDocument(document, context));
  const oracle = text(judge(document, setting));
  return { evaluator, oracle, agree: evaluator === oracle || evaluator === "invalid" || oracle === "unsure" };
}

const text = ({ name, vacuous }: { readonly name: string; readonly vacuous: boolean }) =>
  vacuous ? `${name} vacuous` : name;

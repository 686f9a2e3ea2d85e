import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import type { Setting } from "./cells.ts";
import { judge } from "./judge.ts";
import { SETTING } from "./setting.ts";
import type { WrittenDocument } from "./statements.ts";

/** Both answers on one document, as `conditional-full vacuous` or `scoped-full on 0.0625`. */
export interface Answers {
  readonly evaluator: string;
  readonly oracle: string;
  /** False where the two contradict each other: neither is unsure. */
  readonly agree: boolean;
  /** The same of the share, where both say scoped-full. */
  readonly shareAgrees: boolean;
}

/** Denies of a negligible part may count or not. */
const NEGLIGIBLE = 0.002;

export function answersOn(document: WrittenDocument, setting: Setting): Answers {
  const { account, regions } = setting;
  // What the evaluator counts where nothing is set is compared, too.
  const context = { account, service: KMS, nowMs: 0, ...(setting !== SETTING && { regions }) };
  const evaluator = evaluateDocument(document, context);
  const oracle = judge(document, setting);
  const isScoped = evaluator.name === "scoped-full" && oracle.name === "scoped-full";
  const isUndecided = evaluator.name === "invalid" || oracle.name === "unsure";
  const isSame = evaluator.name === oracle.name && evaluator.vacuous === oracle.vacuous;
  return {
    evaluator: text(evaluator, isScoped),
    oracle: text(oracle, isScoped),
    agree: isUndecided || isSame,
    shareAgrees: !isScoped || isClose(evaluator.share, oracle.share),
  };
}

interface Answer {
  readonly name: string;
  readonly vacuous: boolean;
  readonly share?: number;
}

const isClose = (share = 0, expected = 0) => Math.abs(share - expected) < NEGLIGIBLE;

function text({ name, vacuous, share = 0 }: Answer, isScoped: boolean): string {
  if (isScoped) return `${name} on ${share.toFixed(4)}`;
  return vacuous ? `${name} vacuous` : name;
}

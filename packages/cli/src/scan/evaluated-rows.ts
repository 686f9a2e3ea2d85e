import type { EvaluationContext } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import { type Input, type PolicyInput, sourceOf, type UnreadableInput } from "../input/policy-input.ts";
import { type Io, note } from "../io/io.ts";
import type { Progress } from "../io/progress.ts";
import type { Row } from "./formats.ts";

/** What a document, as text or parsed JSON, grants. */
export type Evaluate = (document: unknown, context: EvaluationContext) => Verdict;

/** In whose account policies are judged: what the user chose, else what the input tells, else what is assumed. */
export interface Owner {
  readonly chosen: Partial<Account>;
  readonly assumed: Account;
}

/**
 * Every policy with its verdict, in order; notes and progress go to stderr. What cannot be read is an
 * `invalid` row that names the place and the problem.
 */
export async function* judgedRows(
  inputs: AsyncIterable<Input>,
  evaluate: Evaluate,
  owner: Owner,
  io: Io,
  progress: Progress,
): AsyncGenerator<Row> {
  const passedOver: string[] = [];
  const nowMs = io.clock.nowMs();
  let count = 0;
  for await (const input of inputs) {
    if (input.kind === "policy" || input.kind === "unreadable") {
      count += 1;
      await progress.show(`judged ${count} policies`);
      yield input.kind === "policy" ? judged(input, evaluate, owner, nowMs) : unreadable(input);
    } else if (input.kind === "warning") {
      await progress.clear();
      await note(io, `warning: ${printable(input.message)}`);
    } else {
      passedOver.push(input.path);
    }
  }
  await progress.clear();
  if (passedOver.length > 0) await note(io, passedOverNote(passedOver));
}

function judged(input: PolicyInput, evaluate: Evaluate, { chosen, assumed }: Owner, nowMs: number): Row {
  const account = { ...assumed, ...input.account, ...chosen };
  const { id, place, policyKind: kind, holders } = input;
  const verdict = evaluate(input.document, { account, service: KMS, nowMs });
  return { id, place, kind, verdict, ...(holders === undefined ? {} : { holders }) };
}

function unreadable({ id, place, problem }: UnreadableInput): Row {
  const reason = `\`${sourceOf(place)}\` ${problem}`;
  const verdict = {
    name: "invalid",
    vacuous: false,
    severity: "HIGH",
    reason,
    evidence: [],
    missingActions: [],
  } as const;
  return { id, place, kind: "document", verdict };
}

const NAMED = 3;

function passedOverNote(paths: readonly string[]): string {
  const named = paths
    .slice(0, NAMED)
    .map((path) => `\`${printable(path)}\``)
    .join(", ");
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : "";
  return `note: passed over ${paths.length} ${paths.length === 1 ? "file" : "files"} without a policy: ${named}${more}`;
}

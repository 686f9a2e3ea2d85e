import { SEVERITIES, type Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import { rankOf } from "../output/fail-on.ts";
import { type Named, namedIn } from "./named.ts";

/** AWS's documentation account: no account of the user's can be guessed. */
export const PLACEHOLDER: Account = { id: "111122223333", partition: "aws" };

/** What neither the user nor the input said, and the scan assumed. */
export type Assumed = Readonly<{ account?: string; partition?: string }>;

/**
 * The verdict on a document of an account that is at most in part `said`, and what was assumed. The verdict's reason
 * says what was assumed where the document names an account or a partition.
 *
 * The account is the only one that the document's KMS ARNs name, because authors name their own; the partition is that
 * of its ARNs. A guess hides nothing: where there are several, the worst verdict is the answer.
 */
export function evaluateAssuming(
  document: unknown,
  said: Assumed,
  evaluateFor: (account: Account) => Verdict,
): { readonly verdict: Verdict; readonly assumed: Assumed } {
  const { account: id, partition } = said;
  if (id !== undefined && partition !== undefined)
    return { verdict: evaluateFor({ id, partition }), assumed: {} };
  const named = namedIn(document);
  const partitions = partition === undefined ? likelyPartitions(named) : [partition];
  const evaluated = (idsIn: typeof likelyAccounts): readonly Evaluated[] =>
    partitions
      .flatMap((name) => idsIn(named, name).map((each) => ({ id: each, partition: name })))
      .map((account) => ({ account, verdict: evaluateFor(account) }));
  const likely = worstOf(evaluated(id === undefined ? likelyAccounts : () => [id]));
  const others = id === undefined && likely.verdict.name === "none" ? evaluated(everyAccount) : [];
  const { account, verdict } = worstOf([likely, ...others]);
  const assumed = {
    ...(id === undefined && { account: account.id }),
    ...(partition === undefined && { partition: account.partition }),
  };
  const note = noteOn(assumed, account.partition, named);
  return {
    assumed,
    verdict: note === undefined ? verdict : { ...verdict, reason: `${verdict.reason}; ${note}` },
  };
}

interface Evaluated {
  readonly account: Account;
  readonly verdict: Verdict;
}

/** The first of those with the worst verdict. */
function worstOf(evaluated: readonly Evaluated[]): Evaluated {
  return evaluated.reduce((worst, each) => (isWorse(each.verdict, worst.verdict) ? each : worst));
}

function isWorse(one: Verdict, other: Verdict): boolean {
  return (severityRank(one) - severityRank(other) || rankOf(one) - rankOf(other)) < 0;
}

function severityRank({ severity }: Verdict): number {
  return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

function likelyPartitions({ partitions, isPartitionCertain }: Named): readonly string[] {
  return isPartitionCertain ? partitions : [...partitions, PLACEHOLDER.partition];
}

function likelyAccounts(named: Named, partition: string): readonly string[] {
  const ofKeys = named.accountsOfKeys(partition);
  const [only, ...more] = ofKeys.length > 0 ? ofKeys : named.accountsOfConditions;
  return only === undefined || more.length > 0 ? [PLACEHOLDER.id] : [only, PLACEHOLDER.id];
}

function everyAccount(named: Named, partition: string): readonly string[] {
  return [...named.accountsOfKeys(partition), ...named.accountsOfConditions];
}

const NAMED = "which the document names";

/** `evaluated as account 111122223333, a placeholder: use --account ID for yours`. */
function noteOn(assumed: Assumed, partition: string, named: Named): string | undefined {
  const { account } = assumed;
  const parts: Part[] = [];
  if (account !== undefined && named.isAboutAccounts) {
    const origin = everyAccount(named, partition).includes(account) ? NAMED : "a placeholder";
    parts.push({ text: `as account ${account}`, origin, option: "--account ID" });
  }
  if (assumed.partition !== undefined && named.partitions.some((name) => name !== PLACEHOLDER.partition)) {
    const origin = named.partitions.includes(partition) ? NAMED : "the default";
    parts.push({ text: `in the partition ${partition}`, origin, option: "--partition NAME" });
  }
  if (parts.length === 0) return undefined;
  const texts = parts.map(({ text, origin }, index) =>
    parts[index + 1]?.origin === origin ? text : `${text}, ${origin}${parts[index + 1] ? "," : ""}`,
  );
  const options = parts.map(({ option }) => option);
  return `evaluated ${texts.join(" ")}: use ${options.join(" and ")} for yours`;
}

interface Part {
  readonly text: string;
  readonly origin: string;
  readonly option: string;
}

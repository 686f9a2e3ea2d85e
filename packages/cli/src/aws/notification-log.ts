import type { HistoryEntry } from "@kms-guard/adapters/history/history-entry.ts";
import type { Finding, FindingStatus } from "@kms-guard/core/findings/finding.ts";
import type { ReadNotice } from "@kms-guard/core/notifications/notice.ts";

/** One telling of a finding. */
export interface Telling {
  readonly status: FindingStatus;
  /** By the clock of who told it, where it says so: to the millisecond. */
  readonly at: string;
  /** By AWS's clock, to the second. */
  readonly takenAt: string;
}

/** A finding as it was last told (or what is kept of it), and every time that it was told, oldest first. */
export interface Told<Kept = Finding> {
  readonly finding: Kept;
  readonly tellings: readonly Telling[];
}

export interface ToldSoFar<Kept = Finding> {
  /** By their ids. */
  readonly findings: ReadonlyMap<string, Told<Kept>>;
  readonly notices: readonly ReadNotice[];
  readonly unreadable: { readonly count: number; readonly first?: string };
}

/** What a history's entries come to, in whatever order they are: AWS delivers some twice, and promises no order. */
export function toldIn(entries: AsyncIterable<HistoryEntry>): Promise<ToldSoFar> {
  return toldAndKept(entries, (finding) => finding);
}

/** The same, where not all of thousands of findings has to be held. */
export async function toldAndKept<Kept>(
  entries: AsyncIterable<HistoryEntry>,
  keep: (finding: Finding) => Kept,
): Promise<ToldSoFar<Kept>> {
  const findings = new Map<string, Told<Kept>>();
  const notices = new Map<string, ReadNotice>();
  let count = 0;
  let first: string | undefined;
  for await (const entry of entries) {
    if (entry.kind === "unreadable") {
      count += 1;
      first ??= entry.problem;
    } else if (entry.kind === "notice") {
      notices.set(entry.notice.id, entry.notice);
    } else {
      findings.set(entry.finding.id, withTelling(findings.get(entry.finding.id), entry, keep));
    }
  }
  return {
    findings,
    notices: [...notices.values()].toSorted((one, other) => ascending(one.at, other.at)),
    unreadable: { count, ...(first !== undefined && { first }) },
  };
}

function withTelling<Kept>(
  before: Told<Kept> | undefined,
  { at: takenAt, finding }: { readonly at: string; readonly finding: Finding },
  keep: (finding: Finding) => Kept,
): Told<Kept> {
  const telling = { status: finding.status, at: finding.timing.publishedAt ?? takenAt, takenAt };
  if (before === undefined) return { finding: keep(finding), tellings: [telling] };
  const isKnown = before.tellings.some(
    ({ status, at, takenAt: taken }) => status === telling.status && at === telling.at && taken === takenAt,
  );
  if (isKnown) return before;
  const tellings = [...before.tellings, telling].toSorted(
    // Who restores has another clock than the guard: AWS's decides, as far as it goes.
    (one, other) => ascending(one.takenAt, other.takenAt) || ascending(one.at, other.at),
  );
  return { finding: tellings.at(-1) === telling ? keep(finding) : before.finding, tellings };
}

function ascending(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

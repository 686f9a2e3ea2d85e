import type { HistoryEntry } from "@kms-guard/adapters/history/history-entry.ts";
import type { Notice } from "@kms-guard/core/alert/alert.ts";
import type { Finding, FindingStatus } from "@kms-guard/core/respond/finding.ts";

/** One telling of a finding. */
export interface Telling {
  readonly status: FindingStatus;
  /** By the clock of who told it, where it says so: to the millisecond. */
  readonly at: string;
  /** By AWS's clock, to the second. */
  readonly takenAt: string;
}

/** A finding as it was last told, and every time that it was told, oldest first. */
export interface Told {
  readonly finding: Finding;
  readonly tellings: readonly Telling[];
}

export interface ToldSoFar {
  /** By their ids. */
  readonly findings: ReadonlyMap<string, Told>;
  readonly notices: readonly Notice[];
  readonly unreadable: { readonly count: number; readonly first?: string };
}

/** What a history's entries come to, in whatever order they are: AWS delivers some twice, and promises no order. */
export async function toldIn(entries: AsyncIterable<HistoryEntry>): Promise<ToldSoFar> {
  const findings = new Map<string, Told>();
  const notices = new Map<string, Notice>();
  let count = 0;
  let first: string | undefined;
  for await (const entry of entries) {
    if (entry.kind === "unreadable") {
      count += 1;
      first ??= entry.problem;
    } else if (entry.kind === "notice") {
      notices.set(entry.notice.id, entry.notice);
    } else {
      findings.set(entry.finding.id, withTelling(findings.get(entry.finding.id), entry));
    }
  }
  return {
    findings,
    notices: [...notices.values()].toSorted((one, other) => ascending(one.at, other.at)),
    unreadable: { count, ...(first !== undefined && { first }) },
  };
}

function withTelling(
  before: Told | undefined,
  { at: takenAt, finding }: { readonly at: string; readonly finding: Finding },
): Told {
  const telling = { status: finding.status, at: finding.timing.publishedAt ?? takenAt, takenAt };
  if (before === undefined) return { finding, tellings: [telling] };
  const isKnown = before.tellings.some(
    ({ status, at, takenAt: taken }) => status === telling.status && at === telling.at && taken === takenAt,
  );
  if (isKnown) return before;
  const tellings = [...before.tellings, telling].toSorted(
    // Who restores has another clock than the guard: AWS's decides, as far as it goes.
    (one, other) => ascending(one.takenAt, other.takenAt) || ascending(one.at, other.at),
  );
  return { finding: tellings.at(-1) === telling ? finding : before.finding, tellings };
}

function ascending(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

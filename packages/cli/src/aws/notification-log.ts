import type { HistoryEntry } from "@kms-guard/adapters/history/history-entry.ts";
import type { Finding, FindingStatus } from "@kms-guard/core/findings/finding.ts";
import type { ReadNotice } from "@kms-guard/core/notifications/notice.ts";

/** One publication of a finding with a status. */
export interface Notification {
  readonly status: FindingStatus;
  /** By the publisher's clock if it is known, to the millisecond. */
  readonly at: string;
  /** By AWS's clock, to the second. */
  readonly takenAt: string;
}

/** The latest state of a finding (or what is kept of it), and all its notifications, oldest first. */
export interface PublishedFinding<Kept = Finding> {
  readonly finding: Kept;
  readonly notifications: readonly Notification[];
}

export interface AlertHistory<Kept = Finding> {
  /** By id. */
  readonly findings: ReadonlyMap<string, PublishedFinding<Kept>>;
  readonly notices: readonly ReadNotice[];
  readonly unreadable: { readonly count: number; readonly first?: string };
}

/** Collects the entries of a history in any order: AWS delivers some twice, and guarantees no order. */
export function readHistory(entries: AsyncIterable<HistoryEntry>): Promise<AlertHistory> {
  return readHistoryKeeping(entries, (finding) => finding);
}

/** The same, but keeps only a part of each finding, so that thousands fit in memory. */
export async function readHistoryKeeping<Kept>(
  entries: AsyncIterable<HistoryEntry>,
  keep: (finding: Finding) => Kept,
): Promise<AlertHistory<Kept>> {
  const findings = new Map<string, PublishedFinding<Kept>>();
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
      findings.set(entry.finding.id, withNotification(findings.get(entry.finding.id), entry, keep));
    }
  }
  return {
    findings,
    notices: [...notices.values()].toSorted((one, other) => ascending(one.at, other.at)),
    unreadable: { count, ...(first !== undefined && { first }) },
  };
}

function withNotification<Kept>(
  before: PublishedFinding<Kept> | undefined,
  { at: takenAt, finding }: { readonly at: string; readonly finding: Finding },
  keep: (finding: Finding) => Kept,
): PublishedFinding<Kept> {
  const notification = { status: finding.status, at: finding.timing.publishedAt ?? takenAt, takenAt };
  if (before === undefined) return { finding: keep(finding), notifications: [notification] };
  const isKnown = before.notifications.some(
    ({ status, at, takenAt: taken }) =>
      status === notification.status && at === notification.at && taken === takenAt,
  );
  if (isKnown) return before;
  const notifications = [...before.notifications, notification].toSorted(
    // The operator who restores has another clock than the guard, so AWS's clock decides first.
    (one, other) => ascending(one.takenAt, other.takenAt) || ascending(one.at, other.at),
  );
  return { finding: notifications.at(-1) === notification ? keep(finding) : before.finding, notifications };
}

function ascending(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

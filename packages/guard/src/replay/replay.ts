import { partitionOfRegion } from "@kms-guard/core/aws/partitions.ts";
import { API_CALLS, apiCallRow, PRINCIPAL_CALLS } from "@kms-guard/core/events/api-call-table.ts";
import {
  memberOf,
  type RecordLabels,
  readEventTime,
  textOf,
} from "@kms-guard/core/events/cloudtrail-record.ts";
import { readApiCall } from "@kms-guard/core/events/read-api-call.ts";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import {
  evaluateAsOf,
  type ReplayedAccount,
  type ReplayResult,
  type ReplaySettings,
} from "./evaluate-as-of.ts";
import { SeenRecords } from "./seen-records.ts";
import { TimeWindow } from "./time-window.ts";

/** One thing of an archive; `place` is where it stands, for the reader's own use. */
export type Archived<Place> =
  | { readonly kind: "record"; readonly record: unknown; readonly place: Place }
  /** What stands in the place of a record, and is none. */
  | ({ readonly kind: "broken-record"; readonly problem: string; readonly place: Place } & RecordLabels)
  /** A file that could not be read, or not to its end. */
  | { readonly kind: "unreadable"; readonly problem: string; readonly place: Place };

/** One event of interest, with what the guard would have made of it. */
export interface ReplayedEvent<Place> extends ReplayResult, RecordLabels {
  readonly place: Place;
  readonly account?: string;
}

/** What a replay came to, counted as it goes. */
export interface ReplaySummary {
  /** All that were read, whosever. */
  records: number;
  /** Calls that can change a grant. */
  triggers: number;
  /** Triggers that the guard would have alerted on. */
  findings: number;
  /** Those of which it would have taken something away in enforce mode. */
  wouldContain: number;
  notOurs: number;
  malformed: number;
  /** Triggers of which the archive does not have enough. */
  unresolved: number;
  duplicates: number;
  /** Records that came too late to be put in order. */
  late: number;
}

export function emptySummary(): ReplaySummary {
  return {
    records: 0,
    triggers: 0,
    findings: 0,
    wouldContain: 0,
    notOurs: 0,
    malformed: 0,
    unresolved: 0,
    duplicates: 0,
    late: 0,
  };
}

/** In characters of JSON, of which an IAM change has 1,500 to 3,000: some 4,000 changes. */
const WINDOW_CHARACTERS = 8 * 1024 * 1024;

const OF_PRINCIPALS: ReadonlySet<unknown> = new Set(PRINCIPAL_CALLS.map(({ eventName }) => eventName));
/** They come before every other call about what they make, also within the same second. */
const CREATIONS: ReadonlySet<unknown> = new Set(
  [
    ...API_CALLS.filter(({ creates }) => creates === "policy"),
    ...PRINCIPAL_CALLS.filter(({ creates }) => creates),
  ].map(({ eventName }) => eventName),
);

/** A record that waits for its turn: as text, which is a third of what the parsed object takes. */
interface Waiting<Place> {
  readonly time: string | undefined;
  readonly isCreation: boolean;
  readonly size: number;
  readonly text: string;
  readonly place: Place;
}

/**
 * What the guard would have done about an archive of CloudTrail records: each account's are put in order of time as
 * far as the window goes, copies are dropped, each moves its account forward, and each call is judged on what
 * stood right after it. Nothing that the guard would have taken away is taken away in the model: history stays as it
 * was. Nothing is waited for. Memory is bounded by the window and by what stands in the accounts.
 *
 * Yields triggers, calls of listed names that are not ours (failed ones, other services'), and what cannot be read.
 */
export function replay(accountOf: (account: Account) => ReplayedAccount, settings: ReplaySettings) {
  return async function* <Place>(
    archive: AsyncIterable<Archived<Place>>,
    summary: ReplaySummary,
    { windowCharacters = WINDOW_CHARACTERS } = {},
  ): AsyncGenerator<ReplayedEvent<Place>> {
    const window = new TimeWindow<Waiting<Place>>(windowCharacters);
    const seen = new SeenRecords();
    for await (const item of archive) {
      if (item.kind !== "unreadable") summary.records += 1;
      if (item.kind !== "record") {
        summary.malformed += 1;
        const { kind: _, problem: reason, ...known } = item;
        yield { ...known, outcome: "malformed", reason, findings: [], wouldContain: false };
        continue;
      }
      const record = memberOf(item.record, "detail") ?? item.record;
      if (!isOfUse(item.record, record)) {
        summary.notOurs += 1;
      } else if (seen.isCopy(record)) {
        summary.duplicates += 1;
      } else {
        const waiting = waitingOf(item.record, record, item.place);
        const account = accountOfRecord(item.record, record);
        for (const due of window.add(account?.id ?? "", waiting)) yield* replayed(due, summary);
        summary.late = window.late;
      }
    }
    for (const due of window.rest()) yield* replayed(due, summary);
  };

  async function* replayed<Place>(
    { text, place }: Waiting<Place>,
    summary: ReplaySummary,
  ): AsyncGenerator<ReplayedEvent<Place>> {
    const event: unknown = JSON.parse(text);
    const reading = readApiCall(event);
    const account = reading.kind === "api-call" ? accountIn(reading.call) : accountOfRecord(event);
    const model = account && accountOf(account);
    const effect = model?.applyRecord(event);
    const known = { place, ...(account !== undefined && { account: account.id }) };
    const nothing = { findings: [], wouldContain: false };
    if (reading.kind === "not-ours") {
      summary.notOurs += 1;
      const { kind: outcome, ...rest } = reading;
      if (apiCallRow(reading.eventName) !== undefined) yield { ...known, ...rest, ...nothing, outcome };
    } else if (reading.kind === "malformed") {
      summary.malformed += 1;
      const { kind: outcome, problems, ...rest } = reading;
      const reason = problems.map(({ path, message }) => `${path} ${message}`.trim()).join("; ");
      yield { ...known, ...rest, ...nothing, outcome, reason };
    } else if (model !== undefined) {
      const { call } = reading;
      summary.triggers += 1;
      const isObscure = effect === "unknown" || (effect === "ignored" && call.scope.kind === "account");
      const judged = await evaluateAsOf(call, model, isObscure, settings);
      if (judged.outcome === "finding") summary.findings += 1;
      if (judged.outcome === "unresolved") summary.unresolved += 1;
      if (judged.wouldContain) summary.wouldContain += 1;
      const { eventId, eventName, eventTime } = call;
      yield { ...known, eventId, eventName, eventTime, ...judged };
    }
  }
}

/** Nearly every record is somebody else's, and goes no further than this. */
function isOfUse(event: unknown, record: unknown): boolean {
  const reading = readApiCall(event);
  if (reading.kind !== "not-ours" || apiCallRow(reading.eventName) !== undefined) return true;
  return OF_PRINCIPALS.has(reading.eventName) && memberOf(record, "eventSource") === "iam.amazonaws.com";
}

function waitingOf<Place>(event: unknown, record: unknown, place: Place): Waiting<Place> {
  const text = JSON.stringify(event);
  const eventTime = textOf(memberOf(record, "eventTime"));
  return {
    time: eventTime && readEventTime(eventTime),
    isCreation: CREATIONS.has(textOf(memberOf(record, "eventName"))),
    size: text.length,
    text,
    place,
  };
}

function accountOfRecord(event: unknown, record = memberOf(event, "detail") ?? event): Account | undefined {
  const id =
    textOf(memberOf(record, "recipientAccountId")) ??
    textOf(memberOf(event, "account")) ??
    textOf(memberOf(memberOf(record, "userIdentity"), "accountId"));
  const region = textOf(memberOf(record, "awsRegion")) ?? "";
  return id === undefined ? undefined : { id, partition: partitionOfRegion(region) };
}

function accountIn({ account, partition }: { account: string; partition: string }): Account {
  return { id: account, partition };
}

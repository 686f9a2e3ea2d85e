import { labelsOf, type RecordLabels } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { Archived } from "@kms-guard/guard/replay/replay.ts";
import type { Io } from "../io/io.ts";
import { archiveTexts } from "./archive-texts.ts";
import { type Found, filesAt, hasJsonName, unreadableBecause } from "./files.ts";
import { parsedJson } from "./json-texts.ts";
import type { Place } from "./policy-input.ts";
import { isJsonObject, type JsonObject } from "./shape.ts";
import { textOf } from "./text.ts";

/** Where a record was read: a file, its line, its place in a list. */
export interface RecordPlace extends Place {
  /** `Records[3]`. */
  readonly at?: string;
}

/** The result of reading an archive. */
export type ArchiveInput =
  | Archived<RecordPlace>
  /** The end of a file. `isOurs` is false for a file in a folder that has no record. */
  | { readonly kind: "file"; readonly path: string; readonly isOurs: boolean };

const NO_RECORD =
  "has no CloudTrail record: it is not a CloudTrail log file, JSON Lines of records, EventBridge events, " +
  "or the output of `aws cloudtrail lookup-events`";

/**
 * Reads every CloudTrail record at the paths, in file order. A record that cannot be read is yielded as such, and reading
 * goes on. A path without any record is unreadable too, so that a mistyped path does not look like a quiet account. Log
 * files and JSON Lines of any length need the memory of one record.
 */
export async function* readArchive(paths: readonly string[], io: Io): AsyncGenerator<ArchiveInput> {
  for (const path of paths) {
    let isEmpty = true;
    for await (const found of filesAt(path, io)) {
      if (found.kind === "unreadable") {
        isEmpty = false;
        yield { kind: "unreadable", place: { path: found.path }, problem: found.problem };
        continue;
      }
      for await (const input of inFile(found)) {
        isEmpty &&= input.kind === "file" && !input.isOurs;
        yield input;
      }
    }
    if (isEmpty) yield { kind: "unreadable", place: { path }, problem: NO_RECORD };
  }
}

async function* inFile({
  path,
  named,
  bytes,
}: Extract<Found, { readonly kind: "file" }>): AsyncGenerator<ArchiveInput> {
  // The user named the file, or it has records: then anything else in it is an error.
  let isOurs = named;
  let isBlank = true;
  // In a file that may not be ours: the first line that is other JSON.
  let odd: RecordPlace | undefined;
  try {
    for await (const json of archiveTexts(textOf(bytes()))) {
      isBlank = false;
      if (json.kind === "listed") {
        isOurs = true;
        const { isSound, ...record } = listed(json.text);
        yield { ...record, place: { path, at: `Records[${json.index}]` } };
        if (isSound) continue;
        break;
      }
      const place: RecordPlace = json.line === undefined ? { path } : { path, line: json.line };
      if (json.kind === "broken") {
        isOurs ||= hasJsonName(path);
        if (isOurs) yield { kind: "broken-record", place, problem: json.problem };
        continue;
      }
      const records = recordsIn(json.value);
      if (records === undefined) {
        if (isOurs && json.line !== undefined)
          yield { kind: "broken-record", place, problem: "is not a CloudTrail record" };
        else if (isOurs) yield { kind: "unreadable", place, problem: NO_RECORD };
        else odd ??= place;
        continue;
      }
      isOurs = true;
      if (odd !== undefined) {
        const problem =
          "is not a CloudTrail record, and there may be more such lines before the first record";
        yield { kind: "broken-record", place: odd, problem };
        odd = undefined;
      }
      for (const { at, ...record } of records) {
        yield { ...record, place: at === undefined ? place : { ...place, at } };
      }
    }
    if (isBlank && (isOurs || hasJsonName(path)))
      yield { kind: "unreadable", place: { path }, problem: "is empty" };
  } catch (error) {
    const problem = unreadableBecause(error);
    isOurs ||= hasJsonName(path);
    if (isOurs) yield { kind: "unreadable", place: { path }, problem };
  }
  yield { kind: "file", path, isOurs };
}

/** One record of a log file's list. If it is not JSON, the start of the next one is unknown. */
function listed(text: string): ArchivedRecord & { readonly isSound: boolean } {
  const parsed = parsedJson(text);
  if ("value" in parsed) return { ...plainRecord(parsed.value), isSound: true };
  const problem = `${parsed.problem}; what follows in the file was not read`;
  return { kind: "broken-record", problem, isSound: false };
}

/** One record of a JSON text, or the problem with it. `at` is its place in a text with several. */
export type ArchivedRecord =
  | { readonly kind: "record"; readonly record: JsonObject; readonly at?: string }
  | ({ readonly kind: "broken-record"; readonly problem: string; readonly at?: string } & RecordLabels);

/** A CloudTrail record or an EventBridge event has at least one of these. */
const MEMBERS = [
  "eventVersion",
  "eventSource",
  "eventName",
  "eventID",
  "userIdentity",
  "detail-type",
  "detail",
];

/**
 * The records in a JSON value, recognised by its members: a CloudTrail log file, the output of `aws cloudtrail
 * lookup-events`, a record, an EventBridge event, `{"record":{…}}`, or a list of these. `undefined` for anything else.
 *
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export function recordsIn(value: unknown): Iterable<ArchivedRecord> | undefined {
  if (Array.isArray(value)) return value.some(isRecordLike) ? eachOf(value, "", recordOf) : undefined;
  if (!isJsonObject(value)) return undefined;
  if (Array.isArray(value.Records)) return eachOf(value.Records, "Records", plainRecord);
  // lookup-events lists the newest first; the order matters within one second.
  if (Array.isArray(value.Events)) return [...eachOf(value.Events, "Events", recordOf)].reverse();
  return isRecordLike(value) ? [recordOf(value)] : undefined;
}

function isRecordLike(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  return "record" in value || "CloudTrailEvent" in value || MEMBERS.some((member) => member in value);
}

function* eachOf(
  list: readonly unknown[],
  name: string,
  read: (value: unknown) => ArchivedRecord,
): Generator<ArchivedRecord> {
  for (const [index, value] of list.entries()) yield { ...read(value), at: `${name}[${index}]` };
}

function recordOf(value: unknown): ArchivedRecord {
  if (!isJsonObject(value)) return plainRecord(value);
  if (typeof value.CloudTrailEvent === "string") return fromText(value.CloudTrailEvent, value);
  return plainRecord(!("eventSource" in value) && "record" in value ? value.record : value);
}

/** An element of a log file's list: a record, or the problem with it. */
function plainRecord(value: unknown): ArchivedRecord {
  if (!isJsonObject(value))
    return { kind: "broken-record", problem: "is not a CloudTrail record: not a JSON object" };
  // Without an eventSource the service is unknown. EventBridge and Insights events have it deeper inside.
  return ["eventSource", "detail", "source", "insightDetails"].some((name) => name in value)
    ? { kind: "record", record: value }
    : {
        kind: "broken-record",
        problem: "is not a CloudTrail record: it has no eventSource",
        ...labelsOf(value),
      };
}

function fromText(
  text: string,
  { EventId: eventID, EventName: eventName, EventTime: eventTime }: JsonObject,
) {
  try {
    return plainRecord(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const problem = `has a CloudTrailEvent that is not JSON: ${error.message}`;
    return { kind: "broken-record", problem, ...labelsOf({ eventID, eventName, eventTime }) } as const;
  }
}

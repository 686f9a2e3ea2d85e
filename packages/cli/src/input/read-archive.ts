import type { Archived } from "@kms-guard/guard/replay/replay.ts";
import type { Io } from "../io/io.ts";
import { type ArchivedRecord, plainRecord, recordsIn } from "./archive-shape.ts";
import { archiveTexts } from "./archive-texts.ts";
import { type Found, filesAt, hasJsonName } from "./files.ts";
import { parsedJson } from "./json-texts.ts";
import type { Place } from "./policy-input.ts";
import { textOf } from "./text.ts";
import { unreadableBecause } from "./unreadable.ts";

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

/** One record of a log file's list; where that is no JSON, nobody can say where the next one begins. */
function listed(text: string): ArchivedRecord & { readonly isSound: boolean } {
  const parsed = parsedJson(text);
  if ("value" in parsed) return { ...plainRecord(parsed.value), isSound: true };
  const problem = `${parsed.problem}; what follows in the file was not read`;
  return { kind: "broken-record", problem, isSound: false };
}

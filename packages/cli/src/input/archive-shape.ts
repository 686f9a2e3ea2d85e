import { labelsOf, type RecordLabels } from "@kms-guard/core/events/cloudtrail-record.ts";
import { isJsonObject, type JsonObject } from "./shape.ts";

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
export function plainRecord(value: unknown): ArchivedRecord {
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

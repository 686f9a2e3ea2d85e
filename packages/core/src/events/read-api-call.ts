import { iamRegionOf, partitionOfArn, partitionOfRegion } from "../aws/partitions.ts";
import type { Problem } from "../policy/document.ts";
import type { ApiCallReading } from "./api-call.ts";
import { type ApiCallRow, apiCallRow } from "./api-call-table.ts";
import {
  HIDDEN,
  isCut,
  isGone,
  isJsonObject,
  type JsonObject,
  labelsOf,
  memberOf,
  shown,
  textOf,
  unexpected,
} from "./cloudtrail-record.ts";
import { readEventTime } from "./event-time.ts";
import { readActor } from "./read-actor.ts";
import { readScope, valueAt } from "./read-scope.ts";

const IAM = "iam.amazonaws.com";

/**
 * Whether an event is an API call that can change access, and if so, its scope.
 *
 * @param event An EventBridge event of CloudTrail, or a CloudTrail record as archives have it: any value at all.
 * @returns `api-call`; `not-ours` for what the guard does not handle; `malformed`, with every problem (paths
 *   are the record's), for an IAM call of the table that cannot be read. Never throws.
 *
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function readApiCall(event: unknown): ApiCallReading {
  if (!isJsonObject(event)) return { kind: "not-ours", reason: `not an event but ${shown(event)}` };
  if (event.eventSource !== undefined) return readRecord(event, undefined);
  if (event.detail !== undefined || event.source !== undefined) return readEnvelope(event);
  return { kind: "not-ours", reason: "neither a CloudTrail record nor an EventBridge event" };
}

function readEnvelope(envelope: JsonObject): ApiCallReading {
  const { source, detail } = envelope;
  // A caller of PutEvents can send any detail, but no source that begins with `aws.`.
  if (source !== "aws.iam") return notOurs(detail, `its source is ${shown(source)}, not \`aws.iam\``);
  if (!isJsonObject(detail)) return malformed(detail, [unexpected("detail", detail, "a CloudTrail record")]);
  return readRecord(detail, envelope);
}

/** Nearly every record of an archive is another service's: one comparison and one look-up decide that. */
function readRecord(record: JsonObject, envelope: JsonObject | undefined): ApiCallReading {
  const { eventSource, eventName } = record;
  const row = apiCallRow(eventName);
  if (eventSource !== IAM) {
    if (envelope !== undefined && typeof eventSource !== "string") {
      return malformed(record, [unexpected("eventSource", eventSource, `\`${IAM}\``)]);
    }
    return notOurs(
      record,
      row ? `${row.eventName} of ${shown(eventSource)}, not of IAM` : "another service's call",
    );
  }
  if (row === undefined) {
    if (typeof eventName === "string") return notOurs(record, "not a call that changes access");
    return malformed(record, [unexpected("eventName", eventName, "an API call's name")]);
  }
  const errorCode = textOf(record.errorCode);
  // Exports to CSV and back turn null into text.
  if (errorCode !== undefined && errorCode !== "null") {
    return notOurs(record, `failed with ${shown(errorCode)}: changed nothing`);
  }
  const eventType = textOf(record.eventType);
  if (eventType !== undefined && eventType !== "AwsApiCall") {
    return notOurs(record, `its eventType is ${shown(eventType)}, not \`AwsApiCall\``);
  }
  return readCall(row, record, envelope);
}

function readCall(row: ApiCallRow, record: JsonObject, envelope: JsonObject | undefined): ApiCallReading {
  const problems: Problem[] = [];
  const eventId = eventIdOf(record);
  if (eventId === undefined) problems.push(unexpected("eventID", record.eventID, "an id"));
  const eventTime = eventTimeOf(record);
  if (eventTime === undefined) problems.push(unexpected("eventTime", record.eventTime, "a time"));
  const account = accountOf(record, envelope);
  if (account === undefined)
    problems.push(unexpected("recipientAccountId", record.recipientAccountId, "an account id"));
  const sender = textOf(envelope?.account);
  if (sender !== undefined && account !== undefined && sender !== account) {
    problems.push({
      path: "recipientAccountId",
      message: `is ${shown(account)}, but the event is from account ${shown(sender)}`,
    });
  }
  const scope = readScope(row.scope, record, problems);
  if (eventId === undefined || eventTime === undefined || account === undefined || problems.length > 0) {
    return malformed(record, problems);
  }

  const actor = readActor(record);
  const loggedRegion = textOf(record.awsRegion) ?? textOf(envelope?.region);
  const partition =
    ("policyArn" in scope ? partitionOfArn(scope.policyArn) : undefined) ??
    partitionOfArn(actor.arn) ??
    partitionOfRegion(loggedRegion ?? "");
  const document = row.document && textOf(valueAt(record, row.document));
  return {
    kind: "api-call",
    call: {
      eventId,
      eventName: row.eventName,
      eventTime,
      account,
      region: loggedRegion ?? iamRegionOf(partition),
      partition,
      actor,
      scope,
      effect: row.effect,
      ...(document !== undefined && document !== HIDDEN && { document }),
      parametersOmitted: isGone(record.requestParameters) || isCut(record.requestParameters),
    },
  };
}

/** CloudTrail's eventID is the same in every copy of a record; old ones and exports may only have the request's. */
function eventIdOf(record: JsonObject): string | undefined {
  const eventId = textOf(record.eventID);
  const requestId = textOf(record.requestID);
  return eventId ?? (requestId && `${requestId}:${record.eventName}`);
}

function eventTimeOf(record: JsonObject): string | undefined {
  return typeof record.eventTime === "string" ? readEventTime(record.eventTime) : undefined;
}

function accountOf(record: JsonObject, envelope: JsonObject | undefined): string | undefined {
  return (
    textOf(record.recipientAccountId) ??
    textOf(envelope?.account) ??
    textOf(memberOf(record.userIdentity, "accountId"))
  );
}

function notOurs(record: unknown, reason: string): ApiCallReading {
  return { kind: "not-ours", reason, ...labelsOf(record) };
}

function malformed(record: unknown, problems: readonly Problem[]): ApiCallReading {
  return { kind: "malformed", problems, ...labelsOf(record) };
}

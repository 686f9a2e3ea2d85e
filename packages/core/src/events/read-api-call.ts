import { iamRegionOf, partitionOfArn, partitionOfRegion } from "../aws/partitions.ts";
import type { Problem } from "../policy/document.ts";
import type { PrincipalName } from "../policy/policy.ts";
import type { ApiCallReading, Scope } from "./api-call.ts";
import {
  type ApiCallRow,
  apiCallRow,
  type PrincipalRecipe,
  type RecordPath,
  type ScopeRecipe,
} from "./api-call-table.ts";
import {
  flagOf,
  HIDDEN,
  isCut,
  isGone,
  isJsonObject,
  type JsonObject,
  labelsOf,
  memberOf,
  readActor,
  readEventTime,
  shown,
  textOf,
  unexpected,
} from "./cloudtrail-record.ts";

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
  const eventTime = typeof record.eventTime === "string" ? readEventTime(record.eventTime) : undefined;
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

/** A text that has to look like something before IAM is asked about it. */
interface Shape {
  readonly what: string;
  readonly pattern: RegExp;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html; AWS's own ARNs have `aws` for the account. */
const POLICY_ARN: Shape = {
  what: "the ARN of an IAM policy",
  pattern: /^arn:aws[a-z-]{0,20}:iam::(?:\d{12}|aws):policy\/[\x21-\x7e]{1,1024}$/,
};
const NAME: Shape = { what: "a name", pattern: /^[\x20-\x7e]{1,256}$/ };
const VERSION_ID: Shape = { what: "a version id", pattern: /^v[1-9]\d{0,9}(?:\.[A-Za-z0-9-]{1,64})?$/ };

/**
 * What a call affects, read from its record by its row's recipe. Where CloudTrail left out what the recipe needs,
 * anything may be scope, so it is the account. What cannot be true is added to `problems`, all of it; the
 * answer is then worth nothing.
 */
function readScope(recipe: ScopeRecipe, record: JsonObject, problems: Problem[]): Scope {
  switch (recipe.kind) {
    case "managed-policy": {
      const policyArn = required(record, recipe.policyArn, POLICY_ARN, problems);
      const versionId = recipe.versionId && optional(record, recipe.versionId, VERSION_ID, problems);
      const isDefault =
        typeof recipe.isDefault === "string" ? flagOf(valueAt(record, recipe.isDefault)) : recipe.isDefault;
      if (policyArn === undefined) return { kind: "account" };
      return {
        kind: "managed-policy",
        policyArn,
        ...(versionId !== undefined && { versionId }),
        ...(isDefault !== undefined && { isDefault }),
      };
    }
    case "attachment": {
      const policyArn = required(record, recipe.policyArn, POLICY_ARN, problems);
      const principal = readPrincipal(recipe.principal, record, problems);
      if (policyArn === undefined || principal === undefined) return { kind: "account" };
      return { kind: "attachment", policyArn, principal };
    }
    case "inline-policy": {
      const principal = readPrincipal(recipe.principal, record, problems);
      const policyName = required(record, recipe.policyName, NAME, problems);
      if (principal === undefined || policyName === undefined) return { kind: "account" };
      return { kind: "inline-policy", principal, policyName };
    }
    case "principal": {
      const principal = readPrincipal(recipe.principal, record, problems);
      return principal === undefined ? { kind: "account" } : { kind: "principal", principal };
    }
    case "account":
      return { kind: "account" };
  }
}

function readPrincipal(
  which: PrincipalRecipe,
  record: JsonObject,
  problems: Problem[],
): PrincipalName | undefined {
  const newName = which.renamedTo && optional(record, which.renamedTo, NAME, problems);
  const name = required(record, which.name, NAME, problems);
  return name === undefined ? undefined : { type: which.type, name: newName ?? name };
}

/** The text at a place that a successful call fills; undefined where CloudTrail left it out, or with a problem. */
function required(
  record: JsonObject,
  path: RecordPath,
  shape: Shape,
  problems: Problem[],
): string | undefined {
  const value = valueAt(record, path);
  if (value !== undefined && value !== null) return optional(record, path, shape, problems);
  const part = memberOf(record, path.split(".", 1)[0] ?? "");
  if (!isGone(part) && !isCut(part)) problems.push(unexpected(path, value, shape.what));
  return undefined;
}

/** The text at a place that may be empty; undefined where it is empty or hidden, or with a problem. */
function optional(
  record: JsonObject,
  path: RecordPath,
  shape: Shape,
  problems: Problem[],
): string | undefined {
  const value = valueAt(record, path);
  if (value === undefined || value === null || value === HIDDEN) return undefined;
  if (typeof value === "string" && shape.pattern.test(value)) return value;
  problems.push(unexpected(path, value, shape.what));
  return undefined;
}

/** The value at a place of the record; undefined where there is none. */
function valueAt(record: JsonObject, path: RecordPath): unknown {
  let value: unknown = record;
  for (const name of path.split(".")) value = memberOf(value, name);
  return value;
}

import type { Problem } from "../policy/document.ts";
import type { Actor } from "./api-call.ts";

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of an object's own member; undefined where there is no object, or no such member. */
export function memberOf(object: unknown, name: string): unknown {
  return isJsonObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The value if it is a text with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** CloudTrail has some flags as a boolean, some as the text `"true"`, and exports turn the one into the other. */
export function flagOf(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  return undefined;
}

/** What CloudTrail writes in place of a value that it will not show. */
export const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

/**
 * True where requestParameters or responseElements say nothing: null, absent, `{}`, hidden, or `"null"` in exports.
 */
export function isGone(part: unknown): boolean {
  if (part === undefined || part === null) return true;
  if (typeof part === "string") return part === "" || part === "null" || part === HIDDEN;
  return isJsonObject(part) && Object.keys(part).length === 0;
}

/**
 * True where CloudTrail cut the part because it was too large, which padding a policy with white space brings
 * about: `{"omitted":true,"reason":"requestParameters too large","originalSize":149893}`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function isCut(part: unknown): boolean {
  return flagOf(memberOf(part, "omitted")) === true;
}

/** The id, name and time of a record that is not read, as far as each is a text. */
export interface RecordLabels {
  readonly eventId?: string;
  readonly eventName?: string;
  readonly eventTime?: string;
}

/** The labels of a CloudTrail record, or of any value at all. */
export function labelsOf(record: unknown): RecordLabels {
  const eventId = textOf(memberOf(record, "eventID"));
  const eventName = textOf(memberOf(record, "eventName"));
  const eventTime = textOf(memberOf(record, "eventTime"));
  return {
    ...(eventId !== undefined && { eventId }),
    ...(eventName !== undefined && { eventName }),
    ...(eventTime !== undefined && { eventTime }),
  };
}

/** A value from a record as a message shows it: short, and marked as not ours. */
export function shown(value: unknown): string {
  if (typeof value === "string") return `\`${value.length > 80 ? `${value.slice(0, 80)}…` : value}\``;
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value === undefined) return "nothing";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The problem that a path has another value than was expected. */
export function unexpected(path: string, value: unknown, expected: string): Problem {
  return {
    path,
    message: `${value === undefined ? "is missing" : `is ${shown(value)}`}, ${expected} was expected`,
  };
}

/** CloudTrail's own form, and what exports make of it: a space for the T, a fraction, an offset, no zone. */
const EVENT_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;

/** An event's time as ISO 8601 UTC in whole seconds, a missing zone taken as UTC; undefined where it is no time. */
export function readEventTime(text: string): string | undefined {
  const [, date, time, zone = "Z"] = EVENT_TIME.exec(text) ?? [];
  const instantMs = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(instantMs) ? undefined : `${new Date(instantMs).toISOString().slice(0, 19)}Z`;
}

const ROLE_ARN = /^arn:[^:]*:iam::[^:]*:role\//;

/**
 * Who made the call. A record without userIdentity has an actor of type `Unknown`, as CloudTrail itself has it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function readActor(record: JsonObject): Actor {
  const identity = memberOf(record, "userIdentity");
  const session = memberOf(identity, "sessionContext");
  const arn = textOf(memberOf(identity, "arn"));
  // The issuer is `{}` in console sessions, and a user or root behind a federated one.
  const issuerArn = textOf(memberOf(memberOf(session, "sessionIssuer"), "arn"));
  const sourceIp = textOf(memberOf(record, "sourceIPAddress"));
  const userAgent = textOf(memberOf(record, "userAgent"));
  const invokedBy = textOf(memberOf(identity, "invokedBy"));
  const mfa = flagOf(memberOf(memberOf(session, "attributes"), "mfaAuthenticated"));
  return {
    type: textOf(memberOf(identity, "type")) ?? "Unknown",
    ...(arn !== undefined && { arn }),
    ...(issuerArn !== undefined && ROLE_ARN.test(issuerArn) && { roleArn: issuerArn }),
    ...(sourceIp !== undefined && { sourceIp }),
    ...(userAgent !== undefined && { userAgent }),
    ...(invokedBy !== undefined && { invokedBy }),
    ...(mfa !== undefined && { mfa }),
  };
}

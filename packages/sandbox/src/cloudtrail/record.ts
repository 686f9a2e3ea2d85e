import { childOf, parseXml } from "../moto/xml.ts";
import { responseElements } from "./elements.ts";
import { requestParameters } from "./parameters.ts";
import type { UserIdentity } from "./user-identity.ts";

/** A call on IAM as it came in. */
export interface IamCall {
  /** The query protocol's form, `Action` and `Version` in it. */
  readonly form: URLSearchParams;
  readonly sourceIp: string;
  readonly userAgent: string;
}

/** What IAM said to it. */
export interface IamAnswer {
  readonly status: number;
  readonly body: string;
}

export interface RecordedWith {
  readonly identity: UserIdentity;
  /** A UUID that no other record has. */
  readonly eventId: string;
  /** When IAM took the call, in milliseconds since the epoch. */
  readonly calledAtMs: number;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

/**
 * The error codes that CloudTrail writes as the API's model names the exception, not as the API answers them.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html are written as they are.
 */
const EXCEPTIONS = new Set([
  ...["NoSuchEntity", "LimitExceeded", "DeleteConflict", "InvalidInput", "MalformedPolicyDocument"],
  ...["UnmodifiableEntity", "EntityTemporarilyUnmodifiable", "EntityAlreadyExists", "ConcurrentModification"],
  ...["PolicyNotAttachable", "InvalidUserType", "ServiceFailure", "PolicyEvaluation"],
]);

/** User agents and error messages are cut at 1 KB. */
const MOST_TEXT = 1_024;

/** True for the calls that CloudTrail calls read-only, which EventBridge does not get to see. */
export function isReadOnly(action: string): boolean {
  return /^(Get|List|Simulate|Generate)/.test(action);
}

export type CloudTrailRecord = ReturnType<typeof cloudTrailRecord>;

/**
 * What CloudTrail records of a call on IAM.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function cloudTrailRecord(call: IamCall, answer: IamAnswer, recorded: RecordedWith) {
  const action = call.form.get("Action") ?? "";
  const xml = parseXml(answer.body);
  const failed = answer.status >= 300;
  return {
    eventVersion: "1.11",
    userIdentity: recorded.identity,
    eventTime: `${new Date(recorded.calledAtMs).toISOString().slice(0, 19)}Z`,
    eventSource: "iam.amazonaws.com",
    eventName: action,
    awsRegion: recorded.region,
    sourceIPAddress: call.sourceIp,
    userAgent: call.userAgent.slice(0, MOST_TEXT),
    ...(failed &&
      errorOf(xml === undefined ? undefined : (childOf(xml, "Error") ?? childOf(xml, "Errors", "Error")))),
    requestParameters: requestParameters(call.form),
    responseElements: failed ? null : responseElements(action, xml),
    requestID: requestIdOf(xml) ?? recorded.eventId,
    eventID: recorded.eventId,
    readOnly: isReadOnly(action),
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: recorded.account,
    eventCategory: "Management",
  };
}

function errorOf(error: Parameters<typeof childOf>[0]): {
  readonly errorCode: string;
  readonly errorMessage?: string;
} {
  const code = childOf(error, "Code")?.text || "ServiceFailure";
  const message = childOf(error, "Message")?.text;
  return {
    errorCode: EXCEPTIONS.has(code) ? `${code}Exception` : code,
    ...(message !== undefined && { errorMessage: message.slice(0, MOST_TEXT) }),
  };
}

function requestIdOf(xml: Parameters<typeof childOf>[0]): string | undefined {
  return childOf(xml, "ResponseMetadata", "RequestId")?.text ?? childOf(xml, "RequestId")?.text;
}

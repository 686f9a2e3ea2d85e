import type { Actor } from "./api-call.ts";
import { flagOf, type JsonObject, memberOf, textOf } from "./cloudtrail-record.ts";

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

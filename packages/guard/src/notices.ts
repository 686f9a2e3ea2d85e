import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { ApiCall, ApiCallReading } from "@kms-guard/core/events/api-call.ts";
import type { Notice } from "@kms-guard/core/notifications/alert.ts";
import { noticeId } from "@kms-guard/core/notifications/notice-id.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { oneLine } from "@kms-guard/core/text/untrusted.ts";
import { failure } from "./errors.ts";
import { type EventResult, resultWithoutFindings } from "./event-result.ts";
import type { Ports } from "./ports.ts";

type Place = Pick<GuardSettings, "account" | "region">;
type Malformed = ApiCallReading & { readonly kind: "malformed" };

/** A record that cannot be read is told, and reported: it is never dropped. Throws where it cannot be told. */
export async function tellOfMalformed(
  ports: Ports,
  settings: GuardSettings,
  reading: Malformed,
): Promise<EventResult> {
  const problems = reading.problems.map(({ path, message }) =>
    path === "" ? message : `${path} ${message}`,
  );
  const report = resultWithoutFindings(ports, reading, "malformed", problems.join("; "));
  await ports.alerts.publishNotice(malformedNotice(reading, settings, ports.clock.nowMs()));
  return report;
}

/** Tells of a call whose parameters CloudTrail left out. Failures are returned: the account is read meanwhile. */
export async function tellOfOmitted(
  { alerts, clock }: Ports,
  settings: GuardSettings,
  trigger: ApiCall,
): Promise<readonly Error[]> {
  try {
    await alerts.publishNotice(parametersOmittedNotice(trigger, settings, clock.nowMs()));
    return [];
  } catch (cause) {
    return [failure(`the notice on ${trigger.eventId} could not be published`, cause)];
  }
}

/** A record that cannot be read may hide a grant, so people hear of it. */
function malformedNotice(reading: Malformed, { account, region }: Place, nowMs: number): Notice {
  const { eventId, eventName, problems } = reading;
  return {
    schemaVersion: "1",
    id: noticeId("malformed-record", eventId ?? JSON.stringify(problems)),
    kind: "malformed-record",
    severity: "HIGH",
    title: oneLine(`a CloudTrail record of ${eventName ?? "an unknown call"} cannot be read`),
    reason: "The guard cannot tell what the call changed, so a grant may have gone unseen.",
    account: account.id,
    region,
    at: new Date(nowMs).toISOString(),
    details: [
      ...(eventId === undefined ? [] : [{ label: "event", value: eventId }]),
      ...problems.map(({ path, message }) => ({ label: path === "" ? "record" : path, value: message })),
    ],
    nextSteps: [`${KMS_GUARD} scan --live`],
  };
}

/** There is no benign reason to pad an IAM call until CloudTrail leaves its parameters out. */
function parametersOmittedNotice(trigger: ApiCall, { account, region }: Place, nowMs: number): Notice {
  const { actor, eventId, eventName, eventTime } = trigger;
  return {
    schemaVersion: "1",
    id: noticeId("parameters-omitted", eventId),
    kind: "parameters-omitted",
    severity: "HIGH",
    title: `${eventName} came with its parameters hidden`,
    reason:
      "CloudTrail left out the request parameters because they were too large, which padding a policy with white " +
      "space brings about. The guard is judging every policy of the account instead.",
    account: account.id,
    region,
    at: new Date(nowMs).toISOString(),
    details: [
      { label: "event", value: eventId },
      { label: "time", value: eventTime },
      { label: "actor", value: actor.arn ?? actor.type },
      ...(actor.sourceIp === undefined ? [] : [{ label: "source IP", value: actor.sourceIp }]),
    ],
    nextSteps: [`${KMS_GUARD} scan --live`],
  };
}

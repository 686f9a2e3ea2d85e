import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { ApiCall, ApiCallReading } from "@kms-guard/core/events/api-call.ts";
import {
  malformedRecordNotice,
  type NoticeOrigin,
  parametersOmittedNotice,
} from "@kms-guard/core/notifications/create-notice.ts";
import type { Notice } from "@kms-guard/core/notifications/notice.ts";
import { failure } from "./errors.ts";
import { type EventResult, resultWithoutFindings } from "./event-result.ts";
import type { Ports } from "./ports.ts";

/** Where a notice comes from, now. */
export function noticeOrigin(
  { account, region }: Pick<GuardSettings, "account" | "region">,
  clock: Pick<Ports["clock"], "nowMs">,
): NoticeOrigin {
  return { account, region, nowMs: clock.nowMs() };
}

/** A record that cannot be read is never dropped. Throws where the notice cannot be published. */
export async function notifyMalformed(
  ports: Ports,
  settings: GuardSettings,
  reading: Extract<ApiCallReading, { readonly kind: "malformed" }>,
): Promise<EventResult> {
  const problems = reading.problems.map(({ path, message }) =>
    path === "" ? message : `${path} ${message}`,
  );
  const result = resultWithoutFindings(ports, reading, "malformed", problems.join("; "));
  await ports.alerts.publishNotice(malformedRecordNotice(reading, noticeOrigin(settings, ports.clock)));
  return result;
}

/** A call whose parameters CloudTrail left out. Failures are returned: the account is read meanwhile. */
export async function notifyOmitted(
  { alerts, clock }: Ports,
  settings: GuardSettings,
  call: ApiCall,
): Promise<readonly Error[]> {
  try {
    await alerts.publishNotice(parametersOmittedNotice(call, noticeOrigin(settings, clock)));
    return [];
  } catch (cause) {
    return [failure(`the notice on ${call.eventId} could not be published`, cause)];
  }
}

/** Publishes a notice once for its id, or again where it is not known whether it was published. Failures are returned. */
export async function notifyOnce(
  { findings, alerts }: Pick<Ports, "findings" | "alerts">,
  notice: Notice,
): Promise<readonly Error[]> {
  const failures: Error[] = [];
  try {
    if (!(await findings.claimPublication(notice.id, "notice"))) return [];
  } catch (cause) {
    failures.push(failure(`notice ${notice.id} could not be claimed`, cause));
  }
  try {
    await alerts.publishNotice(notice);
  } catch (cause) {
    failures.push(failure(`notice ${notice.id} could not be published`, cause));
    await findings.releasePublication(notice.id, "notice").catch((error) => {
      failures.push(failure(`notice ${notice.id} could not be released for a retry`, error));
    });
  }
  return failures;
}

import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { ApiCall, ApiCallReading } from "@kms-guard/core/events/api-call.ts";
import {
  malformedRecordNotice,
  type NoticeOrigin,
  parametersOmittedNotice,
} from "@kms-guard/core/notifications/create-notice.ts";
import { throwFailures } from "./errors.ts";
import { type EventResult, resultWithoutFindings } from "./event-result.ts";
import { notifyOnce } from "./notify.ts";
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
  throwFailures(
    await notifyOnce(ports, malformedRecordNotice(reading, noticeOrigin(settings, ports.clock))),
    [],
  );
  return result;
}

/** A call whose parameters CloudTrail left out. Failures are returned: the account is read meanwhile. */
export function notifyParametersOmitted(
  ports: Ports,
  settings: GuardSettings,
  call: ApiCall,
): Promise<readonly Error[]> {
  return notifyOnce(ports, parametersOmittedNotice(call, noticeOrigin(settings, ports.clock)));
}

import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { ApiCall, ApiCallReading } from "@kms-guard/core/events/api-call.ts";
import {
  malformedRecordNotice,
  type NoticeOrigin,
  parametersOmittedNotice,
  unreadableRecordNotice,
} from "@kms-guard/core/notifications/create-notice.ts";
import { notifyOnce } from "./notify.ts";
import type { Ports, Unreadable } from "./ports.ts";

/** Where a notice comes from, now. */
export function noticeOrigin(
  { account, region }: Pick<GuardSettings, "account" | "region">,
  clock: Pick<Ports["clock"], "nowMs">,
): NoticeOrigin {
  return { account, region, nowMs: clock.nowMs() };
}

/** A record that cannot be read is never dropped. Failures are returned. */
export function notifyMalformed(
  ports: Ports,
  settings: GuardSettings,
  reading: Extract<ApiCallReading, { readonly kind: "malformed" }>,
): Promise<readonly Error[]> {
  return notifyOnce(ports, malformedRecordNotice(reading, noticeOrigin(settings, ports.clock)));
}

/** A call whose parameters CloudTrail left out. Failures are returned: the account is read meanwhile. */
export function notifyParametersOmitted(
  ports: Ports,
  settings: GuardSettings,
  call: ApiCall,
): Promise<readonly Error[]> {
  return notifyOnce(ports, parametersOmittedNotice(call, noticeOrigin(settings, ports.clock)));
}

/** Notifies people of each item that cannot be read, once for its problem. Failures are returned. */
export async function notifyOfUnreadable(
  ports: Pick<Ports, "findings" | "alerts" | "clock">,
  settings: Pick<GuardSettings, "account" | "region">,
  items: readonly Unreadable[],
): Promise<readonly Error[]> {
  const failures: Error[] = [];
  for (const item of items) {
    const notice = unreadableRecordNotice(item, noticeOrigin(settings, ports.clock));
    failures.push(...(await notifyOnce(ports, notice)));
  }
  return failures;
}

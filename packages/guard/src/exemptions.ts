import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { exemptionAddedNotice, exemptionRemovedNotice } from "@kms-guard/core/notifications/create-notice.ts";
import { noticeOrigin } from "./notices.ts";
import { notifyAlways } from "./notify.ts";
import type { Ports } from "./ports.ts";

type ExemptionPorts = Pick<Ports, "findings" | "alerts" | "clock">;
type Origin = Pick<GuardSettings, "account" | "region">;

/**
 * Notifies everybody, then adds the exemption. In that order: without the notification there is no exemption.
 * @throws Error if either fails; then the exemption does not count.
 */
export async function addExemption(
  { findings, alerts, clock }: ExemptionPorts,
  origin: Origin,
  exemption: Exemption,
): Promise<void> {
  const [failed] = await notifyAlways(
    { alerts },
    exemptionAddedNotice(exemption, exemption.createdBy, noticeOrigin(origin, clock)),
  );
  if (failed !== undefined) throw failed;
  await findings.addExemption(exemption);
}

/**
 * Removes an exemption, then notifies everybody. Answers the notifications that failed.
 * @param by ARN of the caller.
 * @throws Error if it cannot be removed.
 */
export async function removeExemption(
  { findings, alerts, clock }: ExemptionPorts,
  origin: Origin,
  exemption: Exemption,
  by: string,
): Promise<readonly Error[]> {
  const existed = await findings.removeExemption(exemption.id);
  if (!existed) return [];
  return notifyAlways({ alerts }, exemptionRemovedNotice(exemption, by, noticeOrigin(origin, clock)));
}

import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { exemptionAddedNotice, exemptionRemovedNotice } from "@kms-guard/core/notifications/create-notice.ts";
import { failure } from "./errors.ts";
import { noticeOrigin } from "./notices.ts";
import type { Ports } from "./ports.ts";

type ExemptionPorts = Pick<Ports, "findings" | "alerts" | "clock">;
type Origin = Pick<GuardSettings, "account" | "region">;

/**
 * Notifies people and programs, then stores the exemption. In that order: no exemption exists that nobody was notified
 * of. Throws where either fails, and then the exemption does not count.
 */
export async function addExemption(
  { findings, alerts, clock }: ExemptionPorts,
  origin: Origin,
  exemption: Exemption,
): Promise<void> {
  await alerts.publishNotice(
    exemptionAddedNotice(exemption, exemption.createdBy, noticeOrigin(origin, clock)),
  );
  await findings.addExemption(exemption);
}

/**
 * Removes an exemption, then notifies: the guard assesses the policy again from here on, also where the notice fails.
 * Returns what could not be published. Throws where the exemption cannot be removed.
 * @param by ARN of who removes it.
 */
export async function removeExemption(
  { findings, alerts, clock }: ExemptionPorts,
  origin: Origin,
  exemption: Exemption,
  by: string,
): Promise<readonly Error[]> {
  const existed = await findings.removeExemption(exemption.id);
  if (!existed) return [];
  try {
    await alerts.publishNotice(exemptionRemovedNotice(exemption, by, noticeOrigin(origin, clock)));
    return [];
  } catch (cause) {
    return [failure(`the notice that ${exemption.id} is removed could not be published`, cause)];
  }
}

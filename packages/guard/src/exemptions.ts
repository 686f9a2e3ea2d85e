import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { exemptionNotice } from "@kms-guard/core/exemptions/exemption-notice.ts";
import { failure } from "./errors.ts";
import type { Ports } from "./ports.ts";

type Needed = Pick<Ports, "findings" | "alerts" | "clock">;
type Place = Pick<GuardSettings, "account" | "region">;

/**
 * Tells people and programs, then lets the grant stand. In that order: an exemption that nobody could be told of is not
 * made. Throws where it cannot be told or kept, and then it does not count.
 */
export async function addExemption(
  { findings, alerts, clock }: Needed,
  place: Place,
  exemption: Exemption,
): Promise<void> {
  await alerts.publishNotice(
    exemptionNotice({
      kind: "exemption-added",
      exemption,
      by: exemption.createdBy,
      account: place.account.id,
      region: place.region,
      atMs: clock.nowMs(),
    }),
  );
  await findings.addExemption(exemption);
}

/**
 * Takes an exemption back, then tells: the guard judges again from here on, whether or not anybody hears of it.
 * Answers what could not be told. Throws where the exemption cannot be removed.
 * @param by ARN of who does it.
 */
export async function removeExemption(
  { findings, alerts, clock }: Needed,
  place: Place,
  exemption: Exemption,
  by: string,
): Promise<readonly Error[]> {
  const wasThere = await findings.removeExemption(exemption.id);
  if (!wasThere) return [];
  try {
    await alerts.publishNotice(
      exemptionNotice({
        kind: "exemption-removed",
        exemption,
        by,
        account: place.account.id,
        region: place.region,
        atMs: clock.nowMs(),
      }),
    );
    return [];
  } catch (cause) {
    return [failure(`that ${exemption.id} is removed could not be told`, cause)];
  }
}

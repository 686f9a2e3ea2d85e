import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { isForDocument } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { isWorthTelling } from "@kms-guard/core/findings/recurrence.ts";
import type { Telling } from "../aws/notification-log.ts";
import { stepText } from "./step-text.ts";

/** One thing that happened; `what` may hold text from AWS. */
export interface Happening {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly what: string;
}

/** From the call to the restore, in the order of time, as far as it is recorded. */
export function timeline(
  { trigger, timing, containment, resolution, policy, id, recurrence }: Finding,
  tellings: readonly Telling[],
  exemptions: readonly Exemption[],
): readonly Happening[] {
  const { eventName = "the call", actor } = trigger;
  const by = actor === undefined ? "" : ` by ${actor.arn ?? actor.type}`;
  const from = actor?.sourceIp === undefined ? "" : ` from ${actor.sourceIp}`;
  return [
    ...(timing.eventTime === undefined ? [] : [{ at: timing.eventTime, what: `${eventName}${by}${from}` }]),
    {
      at: timing.receivedAt,
      what: timing.eventTime === undefined ? `found by a ${trigger.kind}` : "received by the guard",
    },
    // Of the same instant: a restore is exempted first, then done, then told.
    ...exemptions
      .filter((exemption) => isForDocument(exemption, policy, policy.documentSha256))
      .map(({ id: exemptionId, createdAt, createdBy, reason, expiresAt }) => ({
        at: createdAt,
        what:
          exemptionId === `ke-restore-${id}`
            ? `restored by ${createdBy}, to stand until ${expiresAt}: ${reason}`
            : `exempted by ${createdBy} until ${expiresAt} (${exemptionId}): ${reason}`,
      })),
    ...(containment?.steps ?? []).map((step) => ({
      at: step.at,
      what: `${step.outcome}: ${stepText(step)}${step.error === undefined ? "" : ` (${step.error})`}`,
    })),
    ...(timing.reopenedAt === undefined ? [] : [{ at: timing.reopenedAt, what: "judged anew" }]),
    ...(resolution === undefined ? [] : [{ at: resolution.at, what: overWords(resolution) }]),
    ...tellings.map(({ at, status }) => {
      const isTold = isWorthTelling({ status, ...(recurrence !== undefined && { recurrence }) });
      return { at, what: `${isTold ? "told" : "recorded, a repetition of which people knew"}: ${status}` };
    }),
  ].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function overWords({ reason, trigger }: NonNullable<Finding["resolution"]>): string {
  if (trigger === undefined) return `over: ${reason}`;
  const by = trigger.actor?.arn ?? trigger.actor?.type ?? `a ${trigger.kind}`;
  return `over: ${reason} (${trigger.eventName === undefined ? "" : `${trigger.eventName} by `}${by})`;
}

import { type Exemption, isForDocument } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { isRepeat } from "@kms-guard/core/notifications/should-notify.ts";
import type { Notification } from "../aws/notification-log.ts";
import { stepText } from "./finding-text.ts";

/** One thing that happened. `what` may contain text from AWS: not yet safe to print. */
export interface TimelineEntry {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly what: string;
}

/** All that is recorded about a finding, from the call to the restore, in order of time. */
export function timeline(
  { trigger, timing, containment, resolution, policy, id, recurrence }: Finding,
  notifications: readonly Notification[],
  exemptions: readonly Exemption[],
): readonly TimelineEntry[] {
  const { eventName = "the call", actor } = trigger;
  const by = actor === undefined ? "" : ` by ${actor.arn ?? actor.type}`;
  const from = actor?.sourceIp === undefined ? "" : ` from ${actor.sourceIp}`;
  return [
    ...(timing.eventTime === undefined ? [] : [{ at: timing.eventTime, what: `${eventName}${by}${from}` }]),
    {
      at: timing.receivedAt,
      what: timing.eventTime === undefined ? `found by a ${trigger.kind}` : "received by the guard",
    },
    // Within one instant: a restore adds an exemption, then takes its steps, then notifies.
    ...exemptions
      .filter((exemption) => isForDocument(exemption, policy, policy.documentSha256))
      .map(({ id: exemptionId, createdAt, createdBy, reason, expiresAt }) => ({
        at: createdAt,
        what:
          exemptionId === `ke-restore-${id}`
            ? `restored by ${createdBy}, exempt until ${expiresAt}: ${reason}`
            : `exempted by ${createdBy} until ${expiresAt} (${exemptionId}): ${reason}`,
      })),
    ...(containment?.steps ?? []).map((step) => ({
      at: step.at,
      what: `${step.outcome}: ${stepText(step)}${step.error === undefined ? "" : ` (${step.error})`}`,
    })),
    ...(timing.reopenedAt === undefined ? [] : [{ at: timing.reopenedAt, what: "reopened" }]),
    ...(resolution === undefined ? [] : [{ at: resolution.at, what: resolutionText(resolution) }]),
    ...notifications.map(({ at, status }) => {
      const isSuppressed = isRepeat({ status, ...(recurrence !== undefined && { recurrence }) });
      return {
        at,
        what: `${isSuppressed ? "recorded, notification suppressed (repeat)" : "notified"}: ${status}`,
      };
    }),
  ].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function resolutionText({ reason, trigger }: NonNullable<Finding["resolution"]>): string {
  if (trigger === undefined) return `resolved: ${reason}`;
  const by = trigger.actor?.arn ?? trigger.actor?.type ?? `a ${trigger.kind}`;
  return `resolved: ${reason} (${trigger.eventName === undefined ? "" : `${trigger.eventName} by `}${by})`;
}

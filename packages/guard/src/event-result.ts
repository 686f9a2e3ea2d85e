import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Ports } from "./ports.ts";

/** The answer to one event. */
export interface EventResult {
  readonly eventId?: string;
  readonly eventName?: string;
  readonly outcome: "finding" | "clean" | "not-ours" | "malformed";
  /** One sentence. */
  readonly reason: string;
  /** Every finding, exempt ones too. */
  readonly findings: readonly Finding[];
}

/** The parts of a reading that name its event. */
interface EventName {
  readonly eventId?: string;
  readonly eventName?: string;
}

/** Logs and answers an event without a finding. */
export function resultWithoutFindings(
  { observer }: Pick<Ports, "observer">,
  { eventId, eventName }: EventName,
  outcome: Exclude<EventResult["outcome"], "finding">,
  reason: string,
): EventResult {
  observer.event(outcome, { eventId, eventName, reason });
  return {
    ...(eventId !== undefined && { eventId }),
    ...(eventName !== undefined && { eventName }),
    outcome,
    reason,
    findings: [],
  };
}

/** Logs and answers an event with its findings. */
export function resultWithFindings(
  ports: Pick<Ports, "observer">,
  event: Required<EventName>,
  findings: readonly Finding[],
): EventResult {
  const [first, ...more] = findings;
  if (first === undefined)
    return resultWithoutFindings(ports, event, "clean", "no policy in scope grants full kms:*");
  const { eventId, eventName } = event;
  const reason = more.length === 0 ? first.title : `${first.title}, and ${more.length} more`;
  ports.observer.event("finding", { eventId, eventName, reason, findings: findings.length });
  return { eventId, eventName, outcome: "finding", reason, findings };
}

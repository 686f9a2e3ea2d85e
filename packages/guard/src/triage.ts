import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { type EvaluationContext, isViolation } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Trigger, TriggerReading } from "@kms-guard/core/events/api-call.ts";
import { readTrigger } from "@kms-guard/core/events/read-api-call.ts";
import { type Report, reportOn } from "./event-result.ts";
import type { Ports } from "./ports.ts";
import { isOwnRemoval } from "./removal.ts";

/** An event that is answered already, or what has to be followed up. */
export type Sifted =
  | { readonly kind: "answered"; readonly report: Report }
  | Exclude<TriggerReading, { readonly kind: "not-ours" }>;

/** Reads an event, and answers it at once where nothing in IAM has to be looked at. */
export function sift(ports: Pick<Ports, "observer" | "clock">, settings: GuardSettings) {
  return (event: unknown): Sifted => {
    const reading = readTrigger(event);
    const answered = (outcome: "not-ours" | "clean", reason: string): Sifted => ({
      kind: "answered",
      report: reportOn(ports, reading.kind === "trigger" ? reading.trigger : reading, outcome, reason),
    });
    if (reading.kind === "not-ours") return answered("not-ours", reading.reason);
    if (reading.kind === "malformed") return reading;
    const { trigger } = reading;
    if (trigger.account !== settings.account.id) return answered("not-ours", "another account's");
    if (isOwnRemoval(trigger, settings)) return answered("clean", "the guard's own removal");
    if (isHarmlessBirth(trigger, { ...settings, nowMs: ports.clock.nowMs() }))
      return answered("clean", "a new policy that grants no full kms:*, and that nobody has");
    return reading;
  };
}

/**
 * True for a policy that was made with a harmless document. Nobody holds it, and whatever would make it matter (another
 * version, another default, somebody to hold it) is a call, and so an event, of its own.
 */
function isHarmlessBirth(trigger: Trigger, context: EvaluationContext): boolean {
  const { eventName, document, parametersOmitted } = trigger;
  return (
    eventName === "CreatePolicy" &&
    !parametersOmitted &&
    document !== undefined &&
    !isViolation(document, context)
  );
}

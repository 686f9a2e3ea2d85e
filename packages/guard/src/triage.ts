import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { type EvaluationContext, isViolation } from "@kms-guard/core/evaluate/evaluate.ts";
import type { ApiCall, ApiCallReading } from "@kms-guard/core/events/api-call.ts";
import { apiCallRow } from "@kms-guard/core/events/api-call-table.ts";
import { readApiCall } from "@kms-guard/core/events/read-api-call.ts";
import { type EventResult, resultWithoutFindings } from "./event-result.ts";
import type { Ports } from "./ports.ts";
import { isOwnRemoval } from "./removal.ts";

/** An event that is answered already, or what has to be followed up. */
export type Triage =
  | { readonly kind: "answered"; readonly report: EventResult }
  | Exclude<ApiCallReading, { readonly kind: "not-ours" }>;

/** Reads an event, and answers it at once where nothing in IAM has to be looked at. */
export function triage(ports: Pick<Ports, "observer" | "clock">, settings: GuardSettings) {
  return (event: unknown): Triage => {
    const reading = readApiCall(event);
    const answered = (outcome: "not-ours" | "clean", reason: string): Triage => ({
      kind: "answered",
      report: resultWithoutFindings(
        ports,
        reading.kind === "api-call" ? reading.call : reading,
        outcome,
        reason,
      ),
    });
    if (reading.kind === "not-ours") return answered("not-ours", reading.reason);
    if (reading.kind === "malformed") return reading;
    const { call } = reading;
    if (call.account !== settings.account.id) return answered("not-ours", "another account's");
    if (isOwnRemoval(call, settings)) return answered("clean", "the guard's own removal");
    if (isNewAndHarmless(call, { ...settings, nowMs: ports.clock.nowMs() }))
      return answered("clean", "a new policy that grants no full kms:*, and that nobody has");
    return reading;
  };
}

/**
 * True for a policy that was made with a harmless document. Nobody holds it, and whatever would make it matter (another
 * version, another default, somebody to hold it) is a call, and so an event, of its own.
 */
function isNewAndHarmless(call: ApiCall, context: EvaluationContext): boolean {
  const { eventName, document, parametersOmitted } = call;
  return (
    apiCallRow(eventName)?.creates === "policy" &&
    !parametersOmitted &&
    document !== undefined &&
    !isViolation(document, context)
  );
}

import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { FindingTrigger } from "@kms-guard/core/findings/finding.ts";
import { detectionFrom } from "./assess.ts";
import { withDeadline } from "./deadline.ts";
import { throwFailures } from "./errors.ts";
import { type EventResult, resultWithFindings } from "./event-result.ts";
import { notifyMalformed, notifyOmitted } from "./notices.ts";
import { loadAffectedPolicies, readsAccount } from "./policies/load-affected-policies.ts";
import type { Ports } from "./ports.ts";
import { findReported } from "./previous-findings.ts";
import { processPolicies } from "./process-policies.ts";
import { isRemoval } from "./removal.ts";
import { resolveFindings } from "./resolve.ts";
import { triage } from "./triage.ts";
import { withVerification } from "./verify-containment.ts";

/** The function has 15 minutes; what is begun at the end of these, the telling and the closing need the rest. */
const BUDGET_MS = 5 * 60_000;
const WHOLE_ACCOUNT_BUDGET_MS = 12 * 60_000;

/**
 * The straight line from one event to its alert. The event is an EventBridge event or a bare CloudTrail record, of
 * which nothing is believed but that it is worth a look: only what stands in IAM can cause a containment.
 * Throws `Unsettled` when everything was tried, or the time is up, and something is left to do, so that the event
 * comes again.
 */
export function handleEvent(world: Ports, settings: GuardSettings, kind: FindingTrigger["kind"] = "event") {
  return async (event: unknown): Promise<EventResult> => {
    const receivedAtMs = world.clock.nowMs();
    const sifted = triage(world, settings)(event);
    if (sifted.kind === "answered") return sifted.report;
    if (sifted.kind === "malformed") return notifyMalformed(world, settings, sifted);
    const { call } = sifted;
    const budgetMs = readsAccount(call) ? WHOLE_ACCOUNT_BUDGET_MS : BUDGET_MS;
    const ports = withDeadline(world, receivedAtMs + budgetMs);

    const telling = call.parametersOmitted ? notifyOmitted(ports, settings, call) : [];
    const policies = loadAffectedPolicies(ports, settings)(call);
    // What a call that takes something away leaves is likely to be known, and so is most of a whole account.
    const recall = isRemoval(call) || readsAccount(call) ? findReported(ports.findings) : undefined;
    const judge = processPolicies(ports, settings, detectionFrom(call, kind, receivedAtMs), recall);
    const { findings, failures } = await withVerification(ports, judge)(policies);

    const report = resultWithFindings(ports, call, findings);
    const unresolved = await resolveFindings(ports, call, findings);
    throwFailures([...failures, ...unresolved, ...(await telling)], findings);
    return report;
  };
}

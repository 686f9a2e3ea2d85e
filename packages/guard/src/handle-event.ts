import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { FindingTrigger } from "@kms-guard/core/findings/finding.ts";
import { occasionOf } from "./assess.ts";
import { inTime } from "./deadline.ts";
import { throwFailures } from "./errors.ts";
import { type Report, reportFindings } from "./event-result.ts";
import { tellOfMalformed, tellOfOmitted } from "./notices.ts";
import { loadPolicies, readsAccount } from "./policies/load-affected-policies.ts";
import type { Ports } from "./ports.ts";
import { recallFrom } from "./previous-findings.ts";
import { respond } from "./process-policies.ts";
import { isRemoval } from "./removal.ts";
import { resolveAfter } from "./resolve.ts";
import { sift } from "./triage.ts";
import { withRecheck } from "./verify-containment.ts";

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
  return async (event: unknown): Promise<Report> => {
    const receivedAtMs = world.clock.nowMs();
    const sifted = sift(world, settings)(event);
    if (sifted.kind === "answered") return sifted.report;
    if (sifted.kind === "malformed") return tellOfMalformed(world, settings, sifted);
    const { trigger } = sifted;
    const budgetMs = readsAccount(trigger) ? WHOLE_ACCOUNT_BUDGET_MS : BUDGET_MS;
    const ports = inTime(world, receivedAtMs + budgetMs);

    const telling = trigger.parametersOmitted ? tellOfOmitted(ports, settings, trigger) : [];
    const policies = loadPolicies(ports, settings)(trigger);
    // What a call that takes something away leaves is likely to be known, and so is most of a whole account.
    const recall = isRemoval(trigger) || readsAccount(trigger) ? recallFrom(ports.findings) : undefined;
    const judge = respond(ports, settings, occasionOf(trigger, kind, receivedAtMs), recall);
    const { findings, failures } = await withRecheck(ports, judge)(policies);

    const report = reportFindings(ports, trigger, findings);
    const unresolved = await resolveAfter(ports, trigger, findings);
    throwFailures([...failures, ...unresolved, ...(await telling)], findings);
    return report;
  };
}

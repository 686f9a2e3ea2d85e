import { evaluate } from "@kms-guard/core/evaluate/evaluate.ts";
import { parseDocument } from "@kms-guard/core/policy/parse-document.ts";
import type { FindingTrigger } from "@kms-guard/core/respond/finding.ts";
import type { GuardSettings } from "@kms-guard/core/respond/guard-settings.ts";
import { decideOn, findingOn, type Occasion, occasionOf, readExemptions } from "./judge.ts";
import { loadPolicies } from "./load-policies.ts";
import { tellOfMalformed, tellOfOmitted } from "./notices.ts";
import type { Ports } from "./ports.ts";
import { withRecheck } from "./recheck.ts";
import { type Report, reportFindings } from "./report.ts";
import { type Settled, type Settlement, settle } from "./settle.ts";
import { sift } from "./sift.ts";
import type { Standing } from "./standing.ts";
import { failure, throwFailures } from "./unsettled.ts";

/**
 * The straight line from one event to its alert. The event is an EventBridge event or a bare CloudTrail record, of
 * which nothing is believed but that it is worth a look: only what stands in IAM can cause a containment.
 * Throws `Unsettled` when everything was tried and something is left to do, so that the event comes again.
 */
export function handleEvent(ports: Ports, settings: GuardSettings, kind: FindingTrigger["kind"] = "event") {
  return async (event: unknown): Promise<Report> => {
    const receivedAtMs = ports.clock.nowMs();
    const sifted = sift(ports, settings)(event);
    if (sifted.kind === "answered") return sifted.report;
    if (sifted.kind === "malformed") return tellOfMalformed(ports, settings, sifted);
    const { trigger } = sifted;

    const telling = trigger.parametersOmitted ? tellOfOmitted(ports, settings, trigger) : [];
    const policies = loadPolicies(ports, settings.account)(trigger);
    const judge = respond(ports, settings, occasionOf(trigger, kind, receivedAtMs));
    const { findings, failures } = await withRecheck(ports, judge)(policies);

    const report = reportFindings(ports, trigger, findings);
    throwFailures([...failures, ...(await telling)], findings);
    return report;
  };
}

/** Judges each policy, and settles each finding: the part of the line that sweeps and second looks go along too. */
export function respond(ports: Ports, settings: GuardSettings, occasion: Occasion) {
  return async (policies: AsyncIterable<Standing>): Promise<Settlement> => {
    const reading = readExemptions(ports);
    const settled = new Map<string, Settled>();
    const failures: Error[] = [];
    try {
      for await (const standing of policies) {
        const verdict = evaluate(parseDocument(standing.policy.document), settings.account);
        const finding = findingOn(standing, verdict, settings, occasion);
        if (finding === undefined || settled.has(finding.id)) continue;
        const exemptions = await reading;
        const decision = decideOn(standing, verdict, exemptions, settings, occasion, ports.clock.nowMs());
        const unsure = exemptions instanceof Error ? exemptions : undefined;
        settled.set(finding.id, await settle(ports, settings.account, finding, decision, standing, unsure));
      }
    } catch (cause) {
      failures.push(failure("not every policy could be read and judged", cause));
    }
    const all = [...settled.values()];
    return {
      findings: all.map(({ finding }) => finding),
      failures: [...failures, ...all.flatMap((s) => s.failures)],
    };
  };
}

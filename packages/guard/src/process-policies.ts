import type { Decision } from "@kms-guard/core/containment/decide.ts";
import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { type Detection, decisionFor, findingFor, readExemptions } from "./assess.ts";
import { carryOut, type FindingResult, type RunResult } from "./carry-out.ts";
import { failure } from "./errors.ts";
import { withReservedRoles } from "./policies/reserved-roles.ts";
import { type PolicySnapshot, readAgain } from "./policies/snapshot.ts";
import type { Ports } from "./ports.ts";
import { type FindPrevious, findPreviousFor } from "./previous-findings.ts";

/** A policy with what was found and decided; `unsure` where that rests on too little to act. */
interface Judged {
  readonly standing: PolicySnapshot;
  readonly finding: Finding;
  readonly decision: Decision;
  readonly unsure?: Error;
}

/**
 * Judges each policy, and settles each finding: the part of the line that sweeps and second looks go along too.
 * @param recall Finds what is known of a finding, to go on with that instead of opening another; without it that is
 *   done only where it is likely to be known.
 */
export function processPolicies(
  ports: Ports,
  settings: GuardSettings,
  occasion: Detection,
  recall?: FindPrevious,
) {
  return async (policies: AsyncIterable<PolicySnapshot>): Promise<RunResult> => {
    const reading = readExemptions(ports);
    const settled = new Map<string, FindingResult>();
    const failures: Error[] = [];

    async function judged(seen: PolicySnapshot): Promise<Judged | undefined> {
      const verdict = evaluateDocument(seen.policy.document, { ...settings, nowMs: ports.clock.nowMs() });
      if (verdict.name === "none") return undefined;
      const { policy, unread } = await withReservedRoles(ports.policies, seen.policy);
      // Until it can be read its name counts: the others are contained, and the event comes again for it.
      if (unread !== undefined) failures.push(failure("a role's path could not be read", unread));
      const standing = { ...seen, policy };
      const finding = findingFor(standing, verdict, settings, occasion);
      if (finding === undefined) return undefined;
      const exemptions = await reading;
      const decision = decisionFor(standing, verdict, exemptions, settings, occasion, ports.clock.nowMs());
      return { finding, decision, standing, ...(exemptions instanceof Error && { unsure: exemptions }) };
    }

    /** Nothing is taken away on a survey alone: its owner may have repaired it in the meantime. */
    async function judgedNow(seen: PolicySnapshot): Promise<Judged | undefined> {
      const first = await judged(seen);
      if (first?.decision.action !== "contain" || seen.fromAccountScan !== true) return first;
      try {
        const policy = await readAgain(ports.policies, seen.policy);
        return policy && (await judged({ policy }));
      } catch (cause) {
        return { ...first, unsure: failure("what stands by now could not be read", cause) };
      }
    }

    try {
      for await (const seen of policies) {
        const known = await judgedNow(seen);
        if (known === undefined || settled.has(known.finding.id)) continue;
        const { finding, decision, standing, unsure } = known;
        const recalling = recall ?? findPreviousFor(ports.findings, seen, occasion);
        const basis = {
          ...(unsure !== undefined && { unsure }),
          ...(recalling !== undefined && { recall: recalling }),
        };
        settled.set(finding.id, await carryOut(ports, settings, finding, decision, standing, basis));
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

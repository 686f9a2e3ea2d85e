import type { Finding } from "@kms-guard/core/respond/finding.ts";
import type { GuardSettings } from "@kms-guard/core/respond/guard-settings.ts";
import { respond } from "./handle-event.ts";
import { wholeAccount } from "./load-policies.ts";
import type { Ports } from "./ports.ts";
import { withRecheck } from "./recheck.ts";
import { throwFailures } from "./unsettled.ts";

/** What came of a sweep. */
export interface SweepReport {
  /** Why the account was swept, as the caller said. */
  readonly reason: string;
  /** Every policy that was found, known ones and exempt ones too. */
  readonly findings: readonly Finding[];
}

/**
 * Judges every policy of the account like one that an event names, because CloudTrail delivers on a best-effort basis
 * and AWS changes its own policies without an event. What an earlier sweep told, and is as it was, is not told again.
 * Throws `Unsettled` like `handleEvent`, after everything has been tried.
 */
export function sweep(ports: Ports, settings: GuardSettings) {
  return async (reason: string): Promise<SweepReport> => {
    const receivedAtMs = ports.clock.nowMs();
    const judge = respond(ports, settings, { trigger: { kind: "sweep" }, receivedAtMs });
    const { findings, failures } = await withRecheck(ports, judge)(wholeAccount(ports.policies));
    ports.observer.event(findings.length > 0 ? "finding" : "clean", { reason, findings: findings.length });
    throwFailures(failures, findings);
    return { reason, findings };
  };
}

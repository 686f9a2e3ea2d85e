import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import type { Verdict } from "@kms-guard/core/evaluate/verdict.ts";
import { isExpiring } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { UNRESOLVED } from "@kms-guard/core/findings/resolution.ts";
import {
  dormantVersionNotice,
  exemptionExpiringNotice,
} from "@kms-guard/core/notifications/create-notice.ts";
import { sha256 } from "@kms-guard/core/text/hash.ts";
import { failure, IncompleteRunError } from "./errors.ts";
import { processPolicies } from "./handle-event.ts";
import { noticeOrigin, notifyOfUnreadable } from "./notices.ts";
import { notifyOnce } from "./notify.ts";
import { AccountScan } from "./policies/account-scan.ts";
import { type PolicySnapshot, withDeadline } from "./policies/read-policy.ts";
import type { Ports } from "./ports.ts";
import { sortStored } from "./records.ts";
import { resolveStale } from "./resolve.ts";

/** The result of a sweep. */
export interface SweepReport {
  /** Why the account was swept, as the caller said. */
  readonly reason: string;
  /** Every finding, known and exempt ones too. */
  readonly findings: readonly Finding[];
}

/** How much longer a policy that was begun before a sweep's deadline may be read and contained. */
const GRACE_MS = 60_000;

/**
 * Processes every policy of the account as an event would, because CloudTrail delivers on a best-effort basis and AWS
 * changes its managed policies without an event. Known findings are not notified again; those that are no longer true are
 * resolved. A dormant version, and an exemption that ends within the week, are notified once.
 *
 * Throws `IncompleteRunError` like `handleEvent`, after everything was tried. If `deadlineMs` (since the epoch) comes
 * first, it stops between two policies and throws too: the next run goes through what is known by then, which is fast,
 * and on to the rest.
 */
export function sweep(ports: Ports, ofEvents: GuardSettings) {
  const settings = { ...ofEvents, effort: SWEEP_EFFORT };
  const { clock, findings: records, observer, policies } = ports;

  return async (reason: string, deadlineMs = Number.POSITIVE_INFINITY): Promise<SweepReport> => {
    const receivedAtMs = clock.nowMs();
    // Before the account is read: a finding of the meantime is newer than the scan.
    const { unresolved, ...unlisted } = await readUnresolved();
    const scan = new AccountScan(settings.account.id, unresolved);
    const inside = withDeadline(ports, deadlineMs + GRACE_MS);
    const detection = { trigger: { kind: "sweep" }, receivedAtMs, meetsKnownFindings: true } as const;
    const { findings, failures: unprocessed } = await processPolicies(
      inside,
      settings,
      detection,
      account(scan, deadlineMs),
    );
    observer.sweep(reason, findings.length);
    const failures = [
      ...unlisted.failures,
      ...unprocessed,
      ...(scan.skipped > 0 ? [noTimeFor(`${scan.skipped} policies`)] : []),
      ...(await notifyExpiring()),
      ...(await resolveStaleFindings(scan, deadlineMs)),
      ...(await notifyDormant(scan, deadlineMs)),
    ];
    if (failures.length > 0) throw new IncompleteRunError(failures, findings);
    return { reason, findings };
  };

  async function* account(scan: AccountScan, deadlineMs: number): AsyncGenerator<PolicySnapshot> {
    const wouldBeFull = (document: string) => isFull(verdictOn(document));
    for await (const policy of policies.accountPolicies(wouldBeFull)) {
      if (clock.nowMs() >= deadlineMs) {
        scan.skipped += 1;
        continue;
      }
      scan.observe(policy);
      yield { policy, fromAccountScan: true };
    }
    scan.isWhole = scan.skipped === 0;
  }

  async function readUnresolved() {
    try {
      const stored = await sortStored(records.list({ status: UNRESOLVED }));
      const failures = await notifyOfUnreadable(ports, settings, stored.unreadable);
      return { unresolved: stored.records, failures };
    } catch (cause) {
      return { unresolved: [], failures: [failure("the unresolved findings could not be read", cause)] };
    }
  }

  /** Each is read once more by itself: the scan is minutes old, and the account details may be older. */
  async function resolveStaleFindings(scan: AccountScan, deadlineMs: number): Promise<readonly Error[]> {
    const failures: Error[] = [];
    for (const stale of scan.staleFindings()) {
      if (clock.nowMs() >= deadlineMs) return [...failures, noTimeFor("every stale finding")];
      try {
        failures.push(...(await resolveStale(ports, stale, { trigger: { kind: "sweep" } })));
      } catch (cause) {
        failures.push(failure("stale findings could not be resolved", cause));
      }
    }
    return failures;
  }

  async function notifyDormant(
    { dormantVersions }: AccountScan,
    deadlineMs: number,
  ): Promise<readonly Error[]> {
    const failures: Error[] = [];
    for (const policy of dormantVersions) {
      if (policy.kind === "inline" || verdictOn(policy.document).name !== "none") continue;
      for (const version of policy.otherVersions ?? []) {
        if (clock.nowMs() >= deadlineMs) return [...failures, noTimeFor("every dormant version")];
        const dormant = {
          versionId: version.versionId,
          documentSha256: sha256(version.document),
          verdict: verdictOn(version.document).name,
        };
        const notice = dormantVersionNotice(policy, dormant, settings.service, noticeOrigin(settings, clock));
        failures.push(...(await notifyOnce(ports, notice)));
      }
    }
    return failures;
  }

  async function notifyExpiring(): Promise<readonly Error[]> {
    try {
      const exemptions = await sortStored(await records.exemptions());
      const failures = [...(await notifyOfUnreadable(ports, settings, exemptions.unreadable))];
      for (const exemption of exemptions.records) {
        if (!isExpiring(exemption, clock.nowMs())) continue;
        const notice = exemptionExpiringNotice(exemption, noticeOrigin(settings, clock));
        failures.push(...(await notifyOnce(ports, notice)));
      }
      return failures;
    } catch (cause) {
      return [failure("the exemptions cannot be read", cause)];
    }
  }

  function verdictOn(document: string): Verdict {
    return evaluateDocument(document, { ...settings, nowMs: clock.nowMs() });
  }
}

/** Nobody waits for a sweep: it decides what was too complex for an event. */
const SWEEP_EFFORT = 50;

function noTimeFor(what: string): Error {
  return new Error(`there was no time for ${what}; the next run goes on there`);
}

function isFull({ name, vacuous }: Verdict): boolean {
  return name === "full" || name === "near-full" || (name === "conditional-full" && vacuous);
}

import { principalKey } from "@kms-guard/core/aws/principal.ts";
import type { Decision } from "@kms-guard/core/containment/decide.ts";
import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { anew, contained, decided, isOtherwise, reopened } from "@kms-guard/core/findings/lifecycle.ts";
import { contain } from "./contain.ts";
import { enrich } from "./enrich.ts";
import { failure } from "./errors.ts";
import { notify, notifyUnclaimed } from "./notify.ts";
import type { PolicySnapshot } from "./policies/snapshot.ts";
import type { FindingRecord, Ports } from "./ports.ts";
import { countRecurrence, type FindPrevious } from "./previous-findings.ts";
import { type Opened, openRecord } from "./record.ts";

/** A finding as it ended, and what calls for another run. */
export interface FindingResult {
  readonly finding: Finding;
  readonly failures: readonly Error[];
}

/** What a finding is settled on, besides what stands. */
export interface Basis {
  /** Why the decision rests on too little and has to be made again: then the finding is told, not recorded. */
  readonly unsure?: Error;
  /** For what may be known from before. */
  readonly recall?: FindPrevious;
}

/** What an occasion came to: all its findings, and what calls for another run. */
export interface RunResult {
  readonly findings: readonly Finding[];
  readonly failures: readonly Error[];
}

/**
 * Records a finding, contains it if that is the decision, closes the record and tells people, in this order: nothing
 * is changed that is not written down, and what cannot be written down is told and left alone. Whoever loses the race
 * for the record, or comes back after a failure, goes on where the record stops. Failures are returned, not thrown,
 * so that one finding's never keep another from being settled.
 *
 * With `recall` a finding that is known goes on as that one, and is told where it comes out otherwise than before.
 */
export async function carryOut(
  ports: Ports,
  settings: Pick<GuardSettings, "account" | "service">,
  found: Finding,
  decision: Decision,
  standing: PolicySnapshot,
  { unsure, recall }: Basis,
): Promise<FindingResult> {
  const known = unsure ?? (await recalled(recall, found));
  if (known instanceof Error) return tellOnly(ports, found, decision, known);
  // Nothing of it stands that was not taken away, or told, before.
  if (known?.finding.status === "resolved") return { finding: known.finding, failures: [] };
  if (known?.finding.status === "contained") {
    return { finding: known.finding, failures: await notify(ports, known.finding) };
  }
  const finding = decided(known === undefined ? found : anew(known.finding, found), decision);
  const opened: Opened | Error =
    known === undefined ? await openRecord(ports, finding, decision) : { record: known };
  if (opened instanceof Error) return tellOnly(ports, found, decision, opened);

  const { record } = opened;
  const { plan, outcomes, changed, again, failures } = await contain(ports, opened, decision, standing);
  // A record that was opened with nothing to do, and has something to do by now, is told as it is now.
  const isBegunAnew = record.plan.length === 0 && plan.length > 0;
  const isReopened = recall !== undefined && isOtherwise(record.finding, finding);
  const begun = isReopened
    ? reopened(finding, ports.clock.nowMs())
    : isBegunAnew
      ? finding
      : plan.length > record.plan.length
        ? withHolders(record.finding, finding.attachments)
        : record.finding;
  const isOver = !changed && record.finding.status !== "open";
  const ended = isOver || plan.length === 0 ? begun : contained(begun, plan, outcomes);
  if (opened.isNew !== true && ended === record.finding) {
    return { finding: ended, failures: [...failures, ...(await notify(ports, ended))] };
  }

  const [seen, counted] = await Promise.all([
    enrich(ports.policies, { ...settings, nowMs: ports.clock.nowMs() }, ended, standing),
    countRecurrence(ports.findings, ended),
  ]);
  const { severity, recurrence } = counted;
  const told = { ...seen, severity, ...(recurrence !== undefined && { recurrence }) };
  const closing = await close(ports, told);
  const publishing = await notify(ports, told, { again: again || isReopened });
  ports.observer.finding(told);
  return { finding: told, failures: [...failures, ...closing, ...publishing] };
}

/** Who came to hold it since is among those of whom it tells, and makes it no repetition. */
function withHolders({ recurrence, ...finding }: Finding, holders: Finding["attachments"]): Finding {
  const known = new Set(finding.attachments.map(principalKey));
  const more = holders.filter((holder) => !known.has(principalKey(holder)));
  if (more.length > 0) return { ...finding, attachments: [...finding.attachments, ...more] };
  return { ...finding, ...(recurrence !== undefined && { recurrence }) };
}

async function recalled(
  recall: FindPrevious | undefined,
  found: Finding,
): Promise<FindingRecord | Error | undefined> {
  try {
    return await recall?.(found);
  } catch (cause) {
    return failure("it cannot be known whether the finding was told before", cause);
  }
}

async function close({ findings }: Ports, finding: Finding): Promise<readonly Error[]> {
  try {
    await findings.close(finding);
    return [];
  } catch (cause) {
    return [failure(`finding ${finding.id} could not be closed`, cause)];
  }
}

async function tellOnly(
  ports: Ports,
  found: Finding,
  decision: Decision,
  why: Error,
): Promise<FindingResult> {
  const reason = decision.action === "contain" ? `nothing is taken away: ${why.message}` : decision.reason;
  const finding = decided(found, {
    ...decision,
    action: decision.action === "exempt" ? "exempt" : "alert",
    reason,
  });
  const publishing = await notifyUnclaimed(ports, finding);
  ports.observer.finding(finding);
  return { finding, failures: [why, ...publishing] };
}

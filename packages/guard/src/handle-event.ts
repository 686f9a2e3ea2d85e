import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { ApiCallReading } from "@kms-guard/core/events/api-call.ts";
import { readApiCall } from "@kms-guard/core/events/read-api-call.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding, FindingTrigger } from "@kms-guard/core/findings/finding.ts";
import { transition } from "@kms-guard/core/findings/lifecycle.ts";
import { type Assessment, assess, type Detection, detectionFrom, triage } from "./assess.ts";
import { contain, verifyContainment } from "./contain.ts";
import { enrich } from "./enrich.ts";
import { failure, IncompleteRunError } from "./errors.ts";
import { notifyMalformed, notifyParametersOmitted } from "./notices.ts";
import { notify, notifyUnrecorded } from "./notify.ts";
import { loadAffectedPolicies, readsAccount } from "./policies/load-affected-policies.ts";
import { type PolicySnapshot, withDeadline } from "./policies/read-policy.ts";
import type { Ports } from "./ports.ts";
import { closeRecord, countRecurrence, findPrevious, mayBeKnown, openRecord, sortStored } from "./records.ts";
import { resolveFindings } from "./resolve.ts";

/** The function has 15 minutes; the notifications of what is begun last need the rest. */
const BUDGET_MS = 5 * 60_000;
const WHOLE_ACCOUNT_BUDGET_MS = 12 * 60_000;

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

/**
 * From one event to its alert, in nine steps: read, triage, load, evaluate, correlate, decide, record, contain, notify.
 * The event is an EventBridge event or a bare CloudTrail record. It only says where to look: what IAM answers decides.
 *
 * Throws `IncompleteRunError` if everything was tried, or the time is up, and something is left to do, so that the event
 * comes again.
 */
export function handleEvent(world: Ports, settings: GuardSettings, kind: FindingTrigger["kind"] = "event") {
  return async (event: unknown): Promise<EventResult> => {
    const receivedAtMs = world.clock.nowMs();

    // 1. Read the event.
    const reading = readApiCall(event);
    if (reading.kind === "not-ours") return resultWithoutFindings(world, reading, "not-ours", reading.reason);
    if (reading.kind === "malformed") {
      const result = resultWithoutFindings(world, reading, "malformed", problemsOf(reading));
      const failures = await notifyMalformed(world, settings, reading);
      if (failures.length > 0) throw new IncompleteRunError(failures, []);
      return result;
    }
    const { call } = reading;

    // 2. Triage: does anything in IAM have to be read?
    const answered = triage(call, settings, receivedAtMs);
    if (answered !== undefined) return resultWithoutFindings(world, call, answered.outcome, answered.reason);

    // 3. Load what the call may have changed, and process each policy of it (steps 4 to 9).
    const budgetMs = readsAccount(call) ? WHOLE_ACCOUNT_BUDGET_MS : BUDGET_MS;
    const ports = withDeadline(world, receivedAtMs + budgetMs);
    const notifying = call.parametersOmitted ? notifyParametersOmitted(ports, settings, call) : [];
    const policies = loadAffectedPolicies(ports, settings)(call);
    const { findings, failures: unprocessed } = await processPolicies(
      ports,
      settings,
      detectionFrom(call, kind, receivedAtMs),
      policies,
    );

    // 9. Resolve the findings that the call has ended.
    const result = resultWithFindings(ports, call, findings);
    const unresolved = await resolveFindings(ports, call, findings);
    const failures = [...unprocessed, ...unresolved, ...(await notifying)];
    if (failures.length > 0) throw new IncompleteRunError(failures, findings);
    return result;
  };
}

/** The findings of a run, and what calls for another run. */
export interface RunResult {
  readonly findings: readonly Finding[];
  readonly failures: readonly Error[];
}

/**
 * Steps 4 to 9 for each policy, for events and sweeps alike. Attachments that are back after the enforcement lag are
 * processed once more. One policy's failure never keeps another from being processed.
 */
export async function processPolicies(
  ports: Ports,
  settings: GuardSettings,
  detection: Detection,
  policies: AsyncIterable<PolicySnapshot>,
): Promise<RunResult> {
  const findings = new Map<string, Finding>();
  const failures: Error[] = [];
  let pending: AsyncIterable<PolicySnapshot> | undefined = policies;
  for (let isVerification = false; pending !== undefined; isVerification = true) {
    const seen = new Set<string>();
    // Read at the same time as the policies, and again after the wait: a restore may have made one.
    const exemptions = readExemptions(ports);
    try {
      for await (const snapshot of pending) {
        // 4. Evaluate. 6. Decide.
        const assessment = await assess(ports, settings, detection, snapshot, exemptions);
        if (assessment === undefined || seen.has(assessment.finding.id)) continue;
        seen.add(assessment.finding.id);
        const result = await carryOut(ports, settings, detection, assessment);
        seen.add(result.finding.id);
        findings.set(result.finding.id, result.finding);
        failures.push(...assessment.failures, ...result.failures);
      }
    } catch (cause) {
      failures.push(failure("not every policy could be read and evaluated", cause));
    }
    pending = isVerification ? undefined : await verifyContainment(ports, [...findings.values()]);
  }
  return { findings: [...findings.values()], failures };
}

/** Steps 5 and 7 to 9 for one violation: the only place that changes anything. Failures are returned, not thrown. */
async function carryOut(
  ports: Ports,
  settings: GuardSettings,
  detection: Detection,
  assessment: Assessment,
): Promise<{ readonly finding: Finding; readonly failures: readonly Error[] }> {
  const { snapshot, finding: assessed, decision, blockedBy } = assessment;

  // 5. Correlate with what is known.
  const previous = blockedBy ?? (await findPrevious(ports.findings, snapshot, detection, assessed));
  if (previous instanceof Error) return alertOnly(ports, assessment, previous);

  // 7. Record it before anything is changed.
  const opened =
    previous === undefined
      ? await openRecord(ports, assessed, decision)
      : { record: previous, isNew: false, isConfirmed: false };
  if (opened instanceof Error) return alertOnly(ports, assessment, opened);
  const { record, isNew } = opened;
  const begun = isNew
    ? record.finding
    : transition(record.finding, {
        kind: "reassessed",
        assessed,
        planned: record.plan,
        isRetry: !mayBeKnown(snapshot, detection),
        nowMs: ports.clock.nowMs(),
      });

  // 8. Contain it.
  const { isEnded, failures, ...steps } = await contain(ports, opened, decision, snapshot);
  const ended =
    isEnded && begun.status !== "resolved" ? transition(begun, { kind: "contained", ...steps }) : begun;
  if (!isNew && ended === record.finding) {
    return { finding: ended, failures: [...failures, ...(await notify(ports, ended))] };
  }

  // What people need to judge it, read after the containment.
  const [enriched, { severity, recurrence }] = await Promise.all([
    enrich(ports.policies, { ...settings, nowMs: ports.clock.nowMs() }, ended, snapshot),
    countRecurrence(ports.findings, ended),
  ]);
  const finding = { ...enriched, severity, ...(recurrence !== undefined && { recurrence }) };
  const closing = await closeRecord(ports, finding);

  // 9. Notify.
  const notifying = await notify(ports, finding);
  ports.observer.finding(finding);
  return { finding, failures: [...failures, ...closing, ...notifying] };
}

/** What rests on too little is alerted on: it is not recorded, and nothing is contained. */
async function alertOnly(
  ports: Ports,
  { finding: assessed, decision }: Assessment,
  why: Error,
): Promise<{ readonly finding: Finding; readonly failures: readonly Error[] }> {
  const isContain = decision.action === "contain";
  const finding = transition(assessed, {
    kind: "decided",
    decision: isContain
      ? { ...decision, action: "alert", reason: `nothing is contained: ${why.message}` }
      : decision,
  });
  const notifying = await notifyUnrecorded(ports, finding);
  ports.observer.finding(finding);
  return { finding, failures: [why, ...notifying] };
}

/** The exemptions, or why they cannot be read. */
async function readExemptions({ findings }: Pick<Ports, "findings">): Promise<readonly Exemption[] | Error> {
  try {
    return (await sortStored(await findings.exemptions())).records;
  } catch (cause) {
    return failure("the exemptions cannot be read", cause);
  }
}

function problemsOf({ problems }: Extract<ApiCallReading, { readonly kind: "malformed" }>): string {
  return problems.map(({ path, message }) => (path === "" ? message : `${path} ${message}`)).join("; ");
}

/** The parts of a reading that name its event. */
interface EventName {
  readonly eventId?: string;
  readonly eventName?: string;
}

/** Logs and answers an event without a finding. */
function resultWithoutFindings(
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
function resultWithFindings(
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

import type { ApiCall } from "@kms-guard/core/events/api-call.ts";
import type { Finding, Resolution } from "@kms-guard/core/findings/finding.ts";
import {
  type CurrentPolicy,
  isUnresolved,
  resolutionReason,
  resolved,
  UNRESOLVED,
} from "@kms-guard/core/findings/resolution.ts";
import { subjectKey, subjectKeyOfCall } from "@kms-guard/core/findings/subject-key.ts";
import { failure } from "./errors.ts";
import { notify } from "./notify.ts";
import { waitForConsistency } from "./policies/consistency.ts";
import { isConsistentWith } from "./policies/load-affected-policies.ts";
import { readManaged } from "./policies/snapshot.ts";
import { versionWith } from "./policies/version-with-text.ts";
import type { FindingRecord, PolicyReader, Ports } from "./ports.ts";
import { readableRecords } from "./stored.ts";
import { isContainedNow } from "./verify-containment.ts";

type Needed = Pick<Ports, "policies" | "findings" | "alerts" | "observer" | "clock">;
type Cause = Pick<Resolution, "trigger"> & {
  /** True where IAM shows what the cause did: it may take a while. */
  readonly isShown?: (policy: CurrentPolicy["policy"]) => boolean;
};

/**
 * Ends the findings that an event has made untrue: what somebody detached, deleted or replaced, and what the guard has
 * just taken away. One look into the findings for each policy from which something may be gone, and none for calls that
 * only give. IAM is read only where there is a finding to end. Answers what calls for another run.
 *
 * @param settled What the event led to.
 */
export async function resolveFindings(
  ports: Needed,
  trigger: ApiCall,
  settled: readonly Finding[],
): Promise<readonly Error[]> {
  const causes = new Map<string, Cause>(
    settled.filter(isContainedNow).map(({ account, policy }) => [subjectKey(account, policy), {}]),
  );
  const key = trigger.effect === "grants" ? undefined : subjectKeyOfCall(trigger);
  if (key !== undefined) {
    const { eventName, eventId, eventTime, actor } = trigger;
    causes.set(key, {
      trigger: { kind: "event", eventName, eventId, eventTime, actor },
      isShown: (policy) => isConsistentWith(trigger, policy),
    });
  }
  const failures: Error[] = [];
  for (const [subject, cause] of causes) {
    try {
      const unresolved: FindingRecord[] = [];
      for await (const record of readableRecords(ports.findings.list({ subject, status: UNRESOLVED }))) {
        if (!isBeingContained(record.finding)) unresolved.push(record);
      }
      failures.push(...(await resolveStale(ports, unresolved, cause)));
    } catch (cause) {
      failures.push(failure(`the findings of ${subject} that are over could not be resolved`, cause));
    }
  }
  return failures;
}

/** Ends those findings of one policy that are over, as IAM has it now. */
export async function resolveStale(
  ports: Needed,
  unresolved: readonly FindingRecord[],
  { trigger, isShown = () => true }: Cause,
): Promise<readonly Error[]> {
  const [first] = unresolved;
  if (first === undefined) return [];
  const policy = await waitForConsistency(
    ports.clock,
    () => readPolicy(ports.policies, first.finding),
    isShown,
  );
  const failures: Error[] = [];
  for (const { finding } of unresolved) {
    const storedText = await readStored(ports.policies, finding);
    const reason = resolutionReason(finding, { policy, ...(storedText !== undefined && { storedText }) });
    if (reason === undefined) continue;
    failures.push(...(await end(ports, finding, { reason, ...(trigger !== undefined && { trigger }) })));
  }
  return failures;
}

/** Begun and not ended: whoever began, or its retry, says how it ends; a sweep does where neither can. */
function isBeingContained({ status, decision }: Finding): boolean {
  return status === "open" && decision.action === "contain";
}

/** Told before it is recorded: until then a retry finds it, and goes on. */
async function end(
  ports: Needed,
  { id }: Finding,
  resolution: Omit<Resolution, "at">,
): Promise<readonly Error[]> {
  // Meanwhile somebody else may have ended it.
  const stored = await ports.findings.get(id);
  if (stored?.kind !== "record" || !isUnresolved(stored.record.finding)) return [];
  const ended = resolved(stored.record.finding, {
    ...resolution,
    at: new Date(ports.clock.nowMs()).toISOString(),
  });
  const failures = await notify(ports, ended);
  if (failures.length > 0) return failures;
  await ports.findings.close(ended);
  ports.observer.finding(ended);
  return [];
}

function readPolicy(policies: PolicyReader, { policy }: Finding): Promise<CurrentPolicy["policy"]> {
  if (policy.principal !== undefined) return policies.inlinePolicy(policy.principal, policy.name);
  return readManaged(policies, policy.arn ?? policy.name);
}

async function readStored(policies: PolicyReader, finding: Finding): Promise<string | undefined> {
  const { arn, versionId, documentSha256 } = finding.policy;
  if (finding.notInForce === undefined || arn === undefined) return undefined;
  if (versionId !== undefined) return policies.policyVersion(arn, versionId);
  return (await versionWith(policies, arn, documentSha256))?.document;
}

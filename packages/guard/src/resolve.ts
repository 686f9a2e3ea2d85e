import type { ApiCall } from "@kms-guard/core/events/api-call.ts";
import type { Finding, Resolution } from "@kms-guard/core/findings/finding.ts";
import { transition } from "@kms-guard/core/findings/lifecycle.ts";
import {
  type CurrentPolicy,
  isUnresolved,
  resolutionReason,
  UNRESOLVED,
} from "@kms-guard/core/findings/resolution.ts";
import { subjectKey, subjectKeyOfCall } from "@kms-guard/core/findings/subject.ts";
import { isContained } from "./contain.ts";
import { failure } from "./errors.ts";
import { notify } from "./notify.ts";
import { isConsistentWith } from "./policies/load-affected-policies.ts";
import { readPolicyOf, versionWith, waitForConsistency } from "./policies/read-policy.ts";
import type { FindingRecord, PolicyReader, Ports } from "./ports.ts";
import { readableRecords } from "./records.ts";

type Needed = Pick<Ports, "policies" | "findings" | "alerts" | "observer" | "clock">;
type Cause = Pick<Resolution, "trigger"> & {
  /** True if IAM shows what the cause did, which may take a while. */
  readonly isShown?: (policy: CurrentPolicy["policy"]) => boolean;
};

/**
 * Resolves the findings that an event has made untrue: somebody detached, deleted or replaced the policy, or the guard
 * has just contained it. One query for each policy that may have lost an attachment, and none for calls that only grant.
 * IAM is read only if there is a finding to resolve. Answers what calls for another run.
 *
 * @param processed The findings of the event.
 */
export async function resolveFindings(
  ports: Needed,
  call: ApiCall,
  processed: readonly Finding[],
): Promise<readonly Error[]> {
  const causes = new Map<string, Cause>(
    processed.filter(isContained).map(({ account, policy }) => [subjectKey(account, policy), {}]),
  );
  const key = call.effect === "grants" ? undefined : subjectKeyOfCall(call);
  if (key !== undefined) {
    const { eventName, eventId, eventTime, actor } = call;
    causes.set(key, {
      trigger: { kind: "event", eventName, eventId, eventTime, actor },
      isShown: (policy) => isConsistentWith(call, policy),
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
      failures.push(failure(`the findings of ${subject} could not be resolved`, cause));
    }
  }
  return failures;
}

/** Resolves the findings of one policy that are no longer true, by what IAM answers now. */
export async function resolveStale(
  ports: Needed,
  unresolved: readonly FindingRecord[],
  { trigger, isShown = () => true }: Cause,
): Promise<readonly Error[]> {
  const [first] = unresolved;
  if (first === undefined) return [];
  const policy = await waitForConsistency(
    ports.clock,
    () => readPolicyOf(ports.policies, first.finding),
    isShown,
  );
  const failures: Error[] = [];
  for (const { finding } of unresolved) {
    const storedText = await readStored(ports.policies, finding);
    const reason = resolutionReason(finding, { policy, ...(storedText !== undefined && { storedText }) });
    if (reason === undefined) continue;
    failures.push(...(await resolve(ports, finding, { reason, ...(trigger !== undefined && { trigger }) })));
  }
  return failures;
}

/** The run that contains it, or its retry, closes it; if neither can, a sweep does. */
function isBeingContained({ status, decision }: Finding): boolean {
  return status === "open" && decision.action === "contain";
}

/** Notified before it is recorded: until then a retry finds it, and goes on. */
async function resolve(
  ports: Needed,
  { id }: Finding,
  resolution: Omit<Resolution, "at">,
): Promise<readonly Error[]> {
  // Another run may have resolved it.
  const stored = await ports.findings.get(id);
  if (stored?.kind !== "record" || !isUnresolved(stored.record.finding)) return [];
  const ended = transition(stored.record.finding, {
    kind: "resolved",
    resolution: { ...resolution, at: new Date(ports.clock.nowMs()).toISOString() },
  });
  const failures = await notify(ports, ended);
  if (failures.length > 0) return failures;
  await ports.findings.close(ended);
  ports.observer.finding(ended);
  return [];
}

async function readStored(policies: PolicyReader, finding: Finding): Promise<string | undefined> {
  if (finding.notInForce === undefined || !("arn" in finding.policy)) return undefined;
  const { arn, versionId, documentSha256 } = finding.policy;
  if (versionId !== undefined) return policies.policyVersion(arn, versionId);
  return (await versionWith(policies, arn, documentSha256))?.document;
}

import { parseArn } from "@kms-guard/core/aws/arn.ts";
import { isContainmentStep } from "@kms-guard/core/containment/steps.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { FindingRecord } from "@kms-guard/guard/ports.ts";
import type { Told } from "../aws/notification-log.ts";

/** The finding with the steps of a containment that was interrupted, which only the record has. */
export function asItStands({ finding, outcomes }: FindingRecord): Finding {
  return finding.containment === undefined && outcomes.length > 0
    ? { ...finding, containment: { steps: outcomes } }
    : finding;
}

/** When it happened, as far as is known, to the second: ISO 8601 UTC. */
export function timeOf({ timing }: Finding): string {
  return (timing.eventTime ?? timing.receivedAt).replace(/\.\d+Z$/, "Z");
}

/** `TeamX`, or `own of role Build`: not yet safe to print. */
export function policyWords({ policy: { name, principal } }: Finding): string {
  return principal === undefined ? name : `${name} of ${principal.type} ${principal.name}`;
}

/** `user/mallory`, `assumed-role/Admin/alex`, or how else it was found: not yet safe to print. */
export function whoWords({ trigger: { actor, kind } }: Finding): string {
  if (actor === undefined) return `(${kind})`;
  return actor.arn === undefined ? actor.type : (parseArn(actor.arn)?.resource ?? actor.arn);
}

/** What was done about it, in a few words: not yet safe to print. */
export function doneWords({ status, containment, decision, resolution }: Finding): string {
  const steps = containment?.steps ?? [];
  const taking = steps.filter(isContainmentStep);
  const taken = taking.filter(worked).map(({ target }) => target.principal);
  const back = steps.filter((step) => !isContainmentStep(step)).filter(worked);
  switch (status) {
    case "contained":
      return `taken from ${some(taken)}`;
    case "containment-failed":
      return `FAILED: ${taken.length} of ${taking.length} taken`;
    case "restored":
      return `put back on ${some(back.map(({ target }) => target.principal))}`;
    case "exempt":
      return "exempt";
    case "resolved":
      return resolution === undefined ? "over" : `over: ${resolution.reason}`;
    case "open":
      return decision.mode === "monitor" ? "told (monitor)" : "told only";
  }
}

/**
 * From the call, or where there is none from when the guard looked, until it was contained, else first told: in
 * milliseconds, `undefined` where that is not known.
 */
export function tookMs({
  finding: { timing },
  tellings,
}: Pick<Told, "finding" | "tellings">): number | undefined {
  const end = timing.containedAt ?? tellings[0]?.at;
  const durationMs = Date.parse(end ?? "") - Date.parse(timing.eventTime ?? timing.receivedAt);
  return Number.isFinite(durationMs) && durationMs >= 0 ? durationMs : undefined;
}

export function tookWords(told: Pick<Told, "finding" | "tellings">): string {
  const durationMs = tookMs(told);
  return durationMs === undefined ? "-" : durationWords(durationMs);
}

/** `4.2 s`, `3 min`, `5 h`, `2 d`. */
export function durationWords(durationMs: number): string {
  const seconds = durationMs / 1_000;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

function worked({ outcome }: { readonly outcome: string }): boolean {
  return outcome === "done" || outcome === "already";
}

function some(principals: readonly { readonly type: string; readonly name: string }[]): string {
  const [first] = principals;
  return first !== undefined && principals.length === 1
    ? `${first.type} ${first.name}`
    : `${principals.length} principals`;
}

import { isSamePrincipal } from "../aws/principal.ts";
import type { Severity } from "../evaluate/verdict.ts";
import type { Actor } from "../events/api-call.ts";
import type { PrincipalName } from "../policy/policy.ts";
import type { Finding, Recurrence } from "./finding.ts";

/** What comes back within this time of the last time is the same incident. */
export const RECURRENCE_MS = 3_600_000;

/** People are told of the first time, of this one, and then once in `RECURRENCE_MS`; from it on it is more severe. */
const TOLD_AGAIN_AT = 3;

const RAISED: Readonly<Record<Severity, Severity>> = {
  MEDIUM: "HIGH",
  HIGH: "CRITICAL",
  CRITICAL: "CRITICAL",
};

/**
 * True where the later finding is of a grant that the earlier one told of, and that was gone in between: the same text
 * held by nobody else. A holder who is new is never a repetition.
 */
export function isRecurrence(earlier: Finding, later: Finding): boolean {
  return (
    (earlier.status === "contained" || earlier.status === "resolved") &&
    earlier.notInForce === undefined &&
    earlier.policy.documentSha256 === later.policy.documentSha256 &&
    isWithin(earlier, later) &&
    later.attachments.every((holder) => gone(earlier).some((other) => isSamePrincipal(holder, other)))
  );
}

/** Of those of whom a containment tells some may have kept it: whoever was exempt. */
function gone({ status, attachments, containment }: Finding): readonly PrincipalName[] {
  return status === "contained"
    ? (containment?.steps ?? []).map(({ target }) => target.principal)
    : attachments;
}

/** True where the earlier finding is recent enough to be of the same incident. */
export function isWithin(earlier: Finding, later: Finding): boolean {
  return Date.parse(later.timing.receivedAt) - Date.parse(earlier.timing.receivedAt) <= RECURRENCE_MS;
}

/** The count of an incident that goes on, when `earlier` is the last finding of it and `later` the next. */
export function nextRecurrence(earlier: Finding, later: Finding): Recurrence {
  const at = later.timing.receivedAt;
  const firstAt = earlier.recurrence?.firstAt ?? earlier.timing.receivedAt;
  const toldAt = earlier.recurrence?.toldAt ?? earlier.timing.receivedAt;
  const count = (earlier.recurrence?.count ?? 1) + 1;
  const isTold = count === TOLD_AGAIN_AT || Date.parse(at) - Date.parse(toldAt) >= RECURRENCE_MS;
  const tool = toolOf(later.trigger.actor);
  return { count, firstAt, lastAt: at, toldAt: isTold ? at : toldAt, ...(tool !== undefined && { tool }) };
}

/**
 * The finding as a time of an incident: from the third on its severity is one step above its verdict's.
 *
 * @param finding With its verdict's severity.
 */
export function withRecurrence(finding: Finding, { raisedFrom: _, ...recurrence }: Recurrence): Finding {
  const severity = recurrence.count < TOLD_AGAIN_AT ? finding.severity : RAISED[finding.severity];
  const raisedFrom = severity === finding.severity ? {} : { raisedFrom: finding.severity };
  return { ...finding, severity, recurrence: { ...recurrence, ...raisedFrom } };
}

/**
 * False for what was contained once more, and of which people know. Everything else they are told: what stands, above
 * all, and what could not be taken away.
 */
export function isWorthTelling({ status, recurrence }: Pick<Finding, "status" | "recurrence">): boolean {
  return status !== "contained" || recurrence === undefined || recurrence.toldAt === recurrence.lastAt;
}

const BY_USER_AGENT = [
  ["terraform", "Terraform"],
  ["opentofu", "OpenTofu"],
  ["pulumi", "Pulumi"],
] as const;

/** What seems to make the call: AWS says by which service it came, its caller what it calls itself. */
function toolOf(actor: Actor | undefined): Recurrence["tool"] {
  if (actor?.invokedBy !== undefined) {
    const isKnown = actor.invokedBy === "cloudformation.amazonaws.com";
    return { name: isKnown ? "CloudFormation" : actor.invokedBy, knownBy: "invokedBy" };
  }
  const userAgent = actor?.userAgent?.toLowerCase() ?? "";
  const name = BY_USER_AGENT.find(([word]) => userAgent.includes(word))?.[1];
  return name === undefined ? undefined : { name, knownBy: "userAgent" };
}

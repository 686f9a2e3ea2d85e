import { amongPrincipals } from "../aws/principal.ts";
import type { Severity } from "../evaluate/verdict.ts";
import type { Actor } from "../events/api-call.ts";
import { type Finding, HAS_POLICY, type Recurrence } from "./finding.ts";

/**
 * True if `earlier` already reports what `found` would: the same text, and no principal that is new. That a text is
 * attached to nobody was reported by every finding of it, also by a resolved one.
 */
export function alreadyReports(earlier: Finding, found: Finding): boolean {
  const isKnown = amongPrincipals(earlier.attachments.filter(({ state }) => HAS_POLICY[state]));
  return (
    earlier.policy.documentSha256 === found.policy.documentSha256 &&
    (earlier.notInForce === undefined) === (found.notInForce === undefined) &&
    found.attachments.every(isKnown)
  );
}

/** A finding that comes back within this time is the same incident. */
const RECURRENCE_MS = 3_600_000;

/** People are notified of the first time, of this one, and then once in `RECURRENCE_MS`; from it on the severity is raised. */
const NOTIFIED_AGAIN_AT = 3;

const RAISED: Readonly<Record<Severity, Severity>> = {
  MEDIUM: "HIGH",
  HIGH: "CRITICAL",
  CRITICAL: "CRITICAL",
};

/**
 * True if the later finding is the earlier one (see `isWithin`) come back: the same text, of the same principals and no other, which was
 * contained or resolved in between.
 */
export function isRecurrence(earlier: Finding, later: Finding): boolean {
  return (
    (earlier.status === "contained" || earlier.status === "resolved") &&
    earlier.notInForce === undefined &&
    earlier.policy.documentSha256 === later.policy.documentSha256 &&
    later.attachments.every(amongPrincipals(earlier.attachments.filter(({ state }) => !HAS_POLICY[state])))
  );
}

/** True if the earlier finding is recent enough to be the same incident. */
export function isWithin(earlier: Finding, later: Finding): boolean {
  return Date.parse(later.timing.receivedAt) - Date.parse(earlier.timing.receivedAt) <= RECURRENCE_MS;
}

/** The recurrence of `later`, when `earlier` is the finding before it. */
export function nextRecurrence(earlier: Finding, later: Finding): Recurrence {
  const at = later.timing.receivedAt;
  const firstAt = earlier.recurrence?.firstAt ?? earlier.timing.receivedAt;
  const toldAt = earlier.recurrence?.toldAt ?? earlier.timing.receivedAt;
  const count = (earlier.recurrence?.count ?? 1) + 1;
  const isNotified = count === NOTIFIED_AGAIN_AT || Date.parse(at) - Date.parse(toldAt) >= RECURRENCE_MS;
  const tool = toolOf(later.trigger.actor);
  return {
    count,
    firstAt,
    lastAt: at,
    toldAt: isNotified ? at : toldAt,
    ...(tool !== undefined && { tool }),
  };
}

/**
 * The finding with its recurrence: from the third time on its severity is one step above its verdict's.
 *
 * @param finding With its verdict's severity.
 */
export function withRecurrence(finding: Finding, { raisedFrom: _, ...recurrence }: Recurrence): Finding {
  const severity = recurrence.count < NOTIFIED_AGAIN_AT ? finding.severity : RAISED[finding.severity];
  const raisedFrom = severity === finding.severity ? {} : { raisedFrom: finding.severity };
  return { ...finding, severity, recurrence: { ...recurrence, ...raisedFrom } };
}

const BY_USER_AGENT = [
  ["terraform", "Terraform"],
  ["opentofu", "OpenTofu"],
  ["pulumi", "Pulumi"],
] as const;

/** The tool behind the call: AWS names the service it came through, the caller its own user agent. */
function toolOf(actor: Actor | undefined): Recurrence["tool"] {
  if (actor?.invokedBy !== undefined) {
    const isKnown = actor.invokedBy === "cloudformation.amazonaws.com";
    return { name: isKnown ? "CloudFormation" : actor.invokedBy, knownBy: "invokedBy" };
  }
  const userAgent = actor?.userAgent?.toLowerCase() ?? "";
  const name = BY_USER_AGENT.find(([word]) => userAgent.includes(word))?.[1];
  return name === undefined ? undefined : { name, knownBy: "userAgent" };
}

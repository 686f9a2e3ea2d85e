import { isDone } from "../containment/steps.ts";
import { type Finding, HAS_POLICY, type Recurrence } from "../findings/finding.ts";
import { subjectText } from "../findings/subject.ts";
import { oneLine } from "../text/untrusted.ts";
import type { Alert, Fact } from "./alert.ts";
import { noticeFacts, type ReadNotice } from "./notice.ts";
import { alertSections } from "./sections.ts";

/** An alert is read on a telephone: what is longer is in `kms-guard show`. */
const LINES = 60;

/**
 * A finding in words that a responder can act on at three in the morning: what happened, who did it, the proof, what
 * was done and what was not, and the commands to run next. One line stays one line: control characters are gone, but
 * every channel has still to escape what its own language would read as markup.
 * @param mostLines Of each section.
 */
export function composeAlert(finding: Finding, mostLines = LINES): Alert {
  return {
    title: oneLine(`${finding.severity} ${statusText(finding)}${recurrenceTitle(finding)}: ${finding.title}`),
    severity: finding.severity,
    summary: oneLine(`${sentence(finding.reason)} ${whatWasDone(finding)}${recurrenceSentence(finding)}`),
    facts: [
      ...resolutionFacts(finding),
      ...known("Recurrence", recurrenceFact(finding)),
      ...policyFacts(finding),
      ...actorFacts(finding),
      fact("Timing", timing(finding)),
      fact("Decision", `${finding.decision.action} (${finding.decision.mode}): ${finding.decision.reason}`),
      fact("Finding", finding.id),
    ],
    sections: alertSections(finding, mostLines),
    nextSteps: finding.nextSteps.map(oneLine),
    links: [
      ...link("Policy in the console", finding.links.policy),
      ...link("Event in CloudTrail", finding.links.event),
      ...link("Alert history", finding.links.history),
    ],
  };
}

/** A notice as an alert: there is nothing to prove, so what its data says are the facts. */
export function composeNotice(notice: ReadNotice): Alert {
  return {
    title: oneLine(`${notice.severity} notice: ${notice.title}`),
    severity: notice.severity,
    summary: oneLine(sentence(notice.reason)),
    facts: [
      fact("Kind", notice.kind),
      fact("Account", `${notice.account}, ${notice.region}`),
      fact("At", notice.at),
      ...noticeFacts(notice).map(({ label, value }) => fact(oneLine(label), value)),
      fact("Notice", notice.id),
    ],
    sections: [],
    nextSteps: notice.nextSteps.map(oneLine),
    links: [],
  };
}

const STATUS_TEXT: Readonly<Record<Finding["status"], string>> = {
  open: "not contained",
  contained: "contained",
  "containment-failed": "CONTAINMENT FAILED",
  exempt: "exempt",
  restored: "restored",
  resolved: "resolved",
};

function stillHave(left: number): string {
  return left > 0 ? `; ${left} still ${left === 1 ? "has" : "have"} it` : "";
}

function statusText(finding: Finding): string {
  return finding.status === "open" && removed(finding) > 0
    ? "contained in part"
    : STATUS_TEXT[finding.status];
}

/** From how many principals the guard took it. */
function removed({ containment }: Finding): number {
  return (containment?.steps ?? []).filter(isDone).length;
}

function whatWasDone(finding: Finding): string {
  const steps = finding.containment?.steps ?? [];
  const gone = removed(finding);
  const left = finding.attachments.filter(({ state }) => HAS_POLICY[state]).length;
  switch (finding.status) {
    case "contained":
      if (finding.policy.kind === "combined")
        return `${count(gone, "step")} worked: what is left is no violation.`;
      return `The policy was removed from ${count(gone, "principal")}${stillHave(left)}.`;
    case "containment-failed":
      return `Only ${gone} of ${count(steps.length, "step")} worked: act by hand now.`;
    case "exempt":
      return "An exemption covers it: nothing was changed.";
    case "restored":
      return "What had been removed was restored.";
    case "resolved":
      return sentence(`resolved${finding.resolution === undefined ? "" : `: ${finding.resolution.reason}`}`);
    case "open":
      if (gone > 0) return `The policy was removed from ${count(gone, "principal")}${stillHave(left)}.`;
      return `Nothing was changed: ${finding.decision.reason}.`;
  }
}

/** ` again, 3 times in 4 minutes`, for a title; nothing where it is the first time. */
function recurrenceTitle({ recurrence }: Finding): string {
  return recurrence === undefined ? "" : ` again, ${times(recurrence)}`;
}

/** What a person should do about it. */
function recurrenceSentence({ recurrence, severity, status }: Finding): string {
  if (recurrence === undefined) return "";
  const { tool, raisedFrom } = recurrence;
  const who =
    tool === undefined
      ? "Somebody, or a program, grants it again each time: stop the actor, not only the grant."
      : `${seemingly(tool)} grants it again each time: change its configuration, or it will not end.`;
  const raised = raisedFrom === undefined ? "" : `, so its severity rose from ${raisedFrom} to ${severity}`;
  const rest = status === "contained" ? " Until then you are notified once an hour." : "";
  return ` It was granted ${times(recurrence)}${raised}. ${who}${rest}`;
}

function recurrenceFact({ recurrence }: Finding): string | undefined {
  if (recurrence === undefined) return undefined;
  const { tool, firstAt, lastAt } = recurrence;
  const by = tool === undefined ? "" : `, by what seems to be ${tool.name} (${SOURCES[tool.knownBy]})`;
  return `${times(recurrence)}, from ${firstAt} to ${lastAt}${by}`;
}

const SOURCES = {
  invokedBy: "named by AWS",
  userAgent: "named by the caller itself",
} as const;

function seemingly({ name, knownBy }: NonNullable<Recurrence["tool"]>): string {
  return knownBy === "invokedBy" ? name : `What calls itself ${name}`;
}

function times({ count, firstAt, lastAt }: Recurrence): string {
  const minutes = Math.max(1, Math.ceil((Date.parse(lastAt) - Date.parse(firstAt)) / 60_000));
  const span =
    minutes < 120 ? `${minutes} minute${minutes === 1 ? "" : "s"}` : `${Math.ceil(minutes / 60)} hours`;
  return `${count} times in ${span}`;
}

function policyFacts({ policy, verdict, vacuous, severity, account, partition, region }: Finding): Fact[] {
  return [
    fact("Verdict", `${verdict}${vacuous ? " (its conditions always hold)" : ""}, ${severity}`),
    fact("Account", `${account} (${partition}, ${region})`),
    fact("Policy", subjectText(policy)),
  ];
}

/** A sweep finds what has no event, and what is older than the guard. */
const MISSED = "; its event was missed, or is older than the guard";

function resolutionFacts({ resolution }: Finding): Fact[] {
  if (resolution === undefined) return [];
  const { trigger, at } = resolution;
  if (trigger === undefined) return [fact("Resolved by", `the guard, ${at}`)];
  const by =
    trigger.actor?.arn ?? trigger.actor?.type ?? `nobody that is known of: found by a ${trigger.kind}`;
  const call = [trigger.eventName, trigger.eventId && `event ${trigger.eventId}`];
  return [fact("Resolved by", [by, ...call.filter((part) => part !== undefined), at].join(", "))];
}

function actorFacts({ trigger }: Finding): Fact[] {
  const { actor } = trigger;
  const call =
    trigger.eventName ?? `none: found by a ${trigger.kind}${trigger.kind === "sweep" ? MISSED : ""}`;
  return [
    fact("Call", [call, trigger.eventId].filter((part) => part !== undefined).join(", event ")),
    ...(actor === undefined
      ? []
      : [
          fact("Actor", `${actor.arn ?? "without ARN"} (${actor.type})`),
          ...known("Role of the session", actor.roleArn),
          ...known("Source IP", actor.sourceIp),
          ...known("Called through", actor.invokedBy),
          fact("MFA", actor.mfa === undefined ? "not recorded by CloudTrail" : actor.mfa ? "yes" : "no"),
          ...known("User agent (the caller's own text)", actor.userAgent),
        ]),
  ];
}

/** `event 12:00:05Z, received 3.2 s later, contained 4 s after the event`: in whole, with what is known. */
function timing({ timing: { eventTime, receivedAt, containedAt } }: Finding): string {
  if (eventTime === undefined) {
    return `found ${receivedAt}${containedAt === undefined ? "" : `, contained ${after(receivedAt, containedAt)}`}`;
  }
  return [
    `event ${eventTime}`,
    `received ${after(eventTime, receivedAt)}`,
    ...(containedAt === undefined ? [] : [`contained ${after(eventTime, containedAt)}`]),
  ].join(", ");
}

function after(from: string, to: string): string {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isFinite(seconds) ? `${seconds.toFixed(1)} s later` : to;
}

function fact(label: string, value: string): Fact {
  return { label, value: oneLine(value) };
}

function known(label: string, value: string | undefined): Fact[] {
  return value === undefined ? [] : [fact(label, value)];
}

function link(label: string, url: string | undefined): Alert["links"] {
  return url === undefined ? [] : [{ label, url }];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Starts with a capital and ends with a full stop. */
function sentence(text: string): string {
  const start = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(start) ? start : `${start}.`;
}

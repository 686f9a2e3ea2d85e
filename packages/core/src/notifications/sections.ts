import { isContainmentStep, type StepOutcome } from "../containment/steps.ts";
import { evidenceLines } from "../evaluate/evidence.ts";
import { type Finding, type FindingAttachment, type FindingStatus, HAS_POLICY } from "../findings/finding.ts";
import { SERVICE_BY_PREFIX } from "../services/guarded-services.ts";
import { oneLine, plainLines } from "../text/untrusted.ts";
import type { Alert } from "./alert.ts";

type Section = Alert["sections"][number];

/**
 * The longer parts of a finding's alert, in the order to read them. Empty parts are left out.
 * @param mostLines Of each part.
 */
export function alertSections(finding: Finding, mostLines: number): readonly Section[] {
  const section = (heading: string, lines: readonly string[]): Section => {
    const more = lines.length - mostLines;
    return {
      heading,
      lines: [
        ...lines.slice(0, mostLines).map(oneLineKeepingIndent),
        ...(more > 0 ? [`and ${more} more`] : []),
      ],
    };
  };
  return [
    section("What was done", (finding.containment?.steps ?? []).map(stepLine)),
    section("What was not done, and why", notDone(finding)),
    section(
      "Proof",
      finding.evidence.flatMap((evidence) => evidenceLines(evidence)),
    ),
    section(
      "What is missing from full",
      finding.missingActions.length === 0 ? [] : [finding.missingActions.join(", ")],
    ),
    section(attachedTo(finding), attached(finding.attachments)),
    section("What containment does not undo", survivors(finding)),
    section("What changed", change(finding)),
  ].filter(({ lines }) => lines.length > 0);
}

/** A finding that has ended lists the attachments that it began with; what is left is in another section. */
const ATTACHED_TO: Readonly<Record<FindingStatus, string>> = {
  open: "Attached to",
  contained: "Was attached to",
  "containment-failed": "Was attached to",
  exempt: "Attached to",
  restored: "Attached to",
  resolved: "Was attached to",
};

function attachedTo({ policy, status }: Finding): string {
  return policy.kind === "combined" ? "Principal" : ATTACHED_TO[status];
}

function oneLineKeepingIndent(line: string): string {
  const indent = line.length - line.trimStart().length;
  return " ".repeat(indent) + oneLine(line);
}

function stepLine({ action, target, outcome, error, at }: StepOutcome): string {
  const what = "policyArn" in target ? target.policyArn : target.policyName;
  const { type, name } = target.principal;
  const shown = outcome === "failed" ? "FAILED" : outcome;
  const direction = isContainmentStep({ action }) ? "from" : "to";
  return `${shown}: ${action} ${what} ${direction} ${type} ${name} at ${at}${error === undefined ? "" : `: ${error}`}`;
}

/** Where nothing was tried, the reason; where something was, who is left: the steps above say why. */
function notDone(finding: Finding): readonly string[] {
  if (NEEDS_NOTHING[finding.status]) return [];
  if (finding.decision.action !== "contain") return [finding.decision.reason];
  return finding.attachments
    .filter(({ state }) => HAS_POLICY[state])
    .map((principal) => `still attached to ${named(principal)}`);
}

const NEEDS_NOTHING: Readonly<Record<FindingStatus, boolean>> = {
  open: false,
  contained: false,
  "containment-failed": false,
  exempt: true,
  restored: true,
  resolved: true,
};

function attached(attachments: readonly FindingAttachment[]): readonly string[] {
  return attachments.map(
    (attachment) => named(attachment) + (attachment.members === undefined ? "" : reach(attachment.members)),
  );
}

function reach(members: number): string {
  return `, so ${members} ${members === 1 ? "user" : "users"}`;
}

function named({ type, name, arn }: FindingAttachment): string {
  return `${type} ${name}${arn === undefined ? "" : ` (${arn})`}`;
}

/** What may have been done with the permissions in the meantime, and stays. */
function survivors(finding: Finding): readonly string[] {
  const { verdict, trigger, attachments } = finding;
  const service = SERVICE_BY_PREFIX.get(finding.service);
  if (NEEDS_NOTHING[finding.status] || verdict === "invalid" || attachments.length === 0) return [];
  if (service === undefined) return [];
  const { aftermath, resource } = service;
  const since = isoTime(trigger.eventTime);
  const start = since === undefined ? "" : ` --start-time ${since}`;
  return [
    `${aftermath.what} made in the meantime${since === undefined ? "" : ` (since ${since})`} stay in force.`,
    `Look for them in every region that has ${resource.many}:`,
    ...aftermath.eventNames.map(
      (name) =>
        `aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=${name}${start}`,
    ),
  ];
}

/** The time, formatted here because it goes into a command; `undefined` where it is none. */
function isoTime(time: string | undefined): string | undefined {
  const timeMs = Date.parse(time ?? "");
  return Number.isNaN(timeMs) ? undefined : new Date(timeMs).toISOString().replace(".000Z", "Z");
}

function change({ change: changed }: Finding): readonly string[] {
  if (changed === undefined) return [];
  const { previousVersionId, previousVerdict } = changed;
  const compared = [
    ...(previousVersionId === undefined ? [] : [`compared with ${previousVersionId}`]),
    ...(previousVerdict === undefined ? [] : [`its verdict: ${previousVerdict}`]),
  ];
  return [
    ...(compared.length === 0 ? [] : [compared.join(", ")]),
    ...plainLines(changed.diff ?? "").filter(Boolean),
  ];
}

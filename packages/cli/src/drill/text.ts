import type { Mode } from "@kms-guard/core/containment/decision.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import { type Canary, removalCommand } from "@kms-guard/guard/drill/canary.ts";
import type { DrillEnding, DrillReport, DrillRequest, Reaction } from "@kms-guard/guard/drill/drill.ts";
import type { Connection } from "../aws/connect.ts";

type Progress = Parameters<DrillRequest["onProgress"]>[0];

/** What the drill will do, shown before it asks. */
export function introText(
  { environment, operator, stage }: Connection,
  { policyName, roleName }: Canary,
  attach: boolean,
): string {
  const { mode } = environment.settings;
  return [
    `drill: in account ${operator.account} (stage ${printable(stage)}, ${operator.region}, mode ${mode}) as ${printable(operator.arn)}`,
    `  creates managed policy ${policyName}, which grants kms:* and is attached to nothing`,
    ...(attach
      ? [`  then creates role ${roleName}, which nobody can assume, and attaches the policy to it`]
      : []),
    "  everybody who gets alerts gets a CRITICAL one; what it creates is removed at the end",
  ].join("\n");
}

/** One line about the next step. */
export function progressText(
  progress: Progress,
  { policyName, roleName }: Canary,
  timeoutS: number,
  isInterrupted: boolean,
): string {
  switch (progress) {
    case "create-policy":
      return `creating policy ${policyName}`;
    case "create-role":
      return `creating role ${roleName}`;
    case "attach-role-policy":
      return `attaching the policy to role ${roleName}`;
    case "wait-for-alert":
      return `waiting for the alert, up to ${timeoutS} s`;
    case "wait-for-containment":
      return `waiting for the guard to detach it, up to ${timeoutS} s`;
    default:
      return isInterrupted
        ? "interrupted: removing what the drill created (interrupt again to stop at once)"
        : "removing what the drill created";
  }
}

/** The result, for stdout. */
export function resultText(
  { ending, alert, attachment, left }: DrillReport,
  drill: {
    readonly canary: Canary;
    readonly mode: Mode;
    readonly sameOptions: string;
    readonly timeoutS: number;
  },
): string {
  const { canary, sameOptions } = drill;
  const lines = [
    ...(alert === undefined ? [] : [reactionText("alert", alert)]),
    ...(attachment === undefined ? [] : [attachmentText(attachment, drill.mode)]),
    ...endingLines(ending, drill),
    ...(left.length === 0
      ? ["removed      everything that the drill created"]
      : [
          "LEFT         could not remove everything that the drill created:",
          ...left.map(({ why }) => `  ${printable(why)}`),
          ...left.map(({ step }) => `next: ${removalCommand(step, canary)}`),
        ]),
    ...(alert === undefined || ending.kind !== "passed"
      ? []
      : [`next: ${KMS_GUARD} show ${alert.finding.id}${sameOptions}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function attachmentText(attachment: Reaction, mode: Mode): string {
  return mode === "enforce"
    ? reactionText("containment", attachment)
    : `${reactionText("alert", attachment)}; monitor mode detaches nothing`;
}

function reactionText(what: string, { call, calledAtMs, atMs, isSeenOnly, finding }: Reaction): string {
  const took = `${((atMs - calledAtMs) / 1_000).toFixed(1)} s after ${call}`;
  return `${what.padEnd(13)}${isSeenOnly ? "at most " : ""}${took}, finding ${finding.id}`;
}

function endingLines(
  ending: DrillEnding,
  { sameOptions, timeoutS }: { readonly sameOptions: string; readonly timeoutS: number },
): readonly string[] {
  switch (ending.kind) {
    case "late": {
      const missing = ending.what === "alert" ? "no alert came" : "the guard detached nothing";
      const why = ending.finding === undefined ? "" : `: ${printable(ending.finding.decision.reason)}`;
      const seen =
        ending.finding === undefined ? [] : [`next: ${KMS_GUARD} show ${ending.finding.id}${sameOptions}`];
      return [
        `FAILED       ${missing} within ${timeoutS} s${why}`,
        ...seen,
        `next: ${KMS_GUARD} doctor${sameOptions}`,
      ];
    }
    case "refused":
      return [`FAILED       ${ending.step} was refused: ${printable(ending.error)}`];
    case "interrupted":
      return ["interrupted  before the drill was done"];
    default:
      return [];
  }
}

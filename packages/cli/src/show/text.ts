import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { composeAlert } from "@kms-guard/core/notifications/compose.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import { type Paint, paintSeverity } from "../io/terminal.ts";
import { durationText } from "../output/finding-text.ts";
import type { TimelineEntry } from "../output/timeline.ts";

/** A finding in full: its alert, with nothing left out, and the timeline. */
export function findingText(
  finding: Finding,
  timelineEntries: readonly TimelineEntry[],
  sameOptions: string,
  paint: Paint,
): string {
  const alert = composeAlert(finding, Number.POSITIVE_INFINITY);
  const widest = Math.max(...alert.facts.map(({ label }) => label.length));
  const heading = (text: string) => ["", paint.bold(text)];
  const lines = [
    paintSeverity(paint, finding.severity, printable(alert.title)),
    printable(alert.summary),
    "",
    ...alert.facts.map(({ label, value }) => `  ${label.padEnd(widest)}  ${printable(value)}`),
    ...heading("Timeline"),
    ...timelineLines(timelineEntries),
    ...alert.sections.flatMap((section) => [
      ...heading(section.heading),
      ...section.lines.map((line) => `  ${printable(line)}`),
    ]),
    ...(alert.links.length === 0 ? [] : heading("Links")),
    ...alert.links.map(({ label, url }) => `  ${label}: ${printable(url)}`),
    "",
    ...nextCommands(finding, sameOptions).map((next) => `next: ${printable(next)}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** `2026-03-02 09:00:05Z  +0.0 s  AttachUserPolicy by …`: the time since the first entry, usually the call. */
function timelineLines(timelineEntries: readonly TimelineEntry[]): readonly string[] {
  const firstMs = Date.parse(timelineEntries[0]?.at ?? "");
  const rows = timelineEntries.map(({ at, what }) => ({
    at: printable(at)
      .replace("T", " ")
      .replace(/\.\d+Z$/, "Z"),
    after: `+${durationText(Date.parse(at) - firstMs)}`,
    what: printable(what),
  }));
  const widest = Math.max(0, ...rows.map(({ after }) => after.length));
  return rows.map(({ at, after, what }) => `  ${at}  ${after.padStart(widest)}  ${what}`);
}

/** The finding's own next steps, without `show` itself. */
function nextCommands({ nextSteps }: Finding, sameOptions: string): readonly string[] {
  return nextSteps
    .filter((step) => !step.startsWith(`${KMS_GUARD} show `))
    .map((step) => (step.startsWith(`${KMS_GUARD} `) ? `${step}${sameOptions}` : step));
}

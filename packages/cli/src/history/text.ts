import { FINDING_STATUSES, type FindingStatus } from "@kms-guard/core/findings/finding.ts";
import type { ReadNotice } from "@kms-guard/core/notifications/notice.ts";
import { printable } from "@kms-guard/core/text/untrusted.ts";
import type { PublishedFinding } from "../aws/notification-log.ts";
import { type Paint, paintSeverity } from "../io/terminal.ts";
import { actorText, outcomeText, policyText, timeOf, tookText } from "../output/finding-text.ts";

const GAP = 2;
const HEADS = ["time", "verdict", "policy", "actor", "outcome", "took", "finding"] as const;
const VERDICT = 1;
/** The columns that may be truncated, and their minimum widths. */
const TRUNCATABLE: Readonly<Record<number, number>> = { 2: 14, 3: 12, 4: 16 };

/** The findings, newest first: a table, or some lines for each finding if `columns` is too narrow for a table. */
export function historyText(
  published: readonly PublishedFinding[],
  notices: readonly ReadNotice[],
  columns: number,
  paint: Paint,
): string {
  const rows = published.map(cells);
  const widths = fitted(rows, columns);
  const findings =
    rows.length === 0
      ? []
      : widths === undefined
        ? rows.map((row, index) => stacked(row, published[index], paint))
        : [table(rows, published, widths, paint)];
  const notes = notices.map(
    ({ at, kind, title }) => `${second(at)}  ${printable(kind)}  ${printable(title)}\n`,
  );
  return [...findings, ...(notes.length === 0 ? [] : [`\n${paint.bold("notices")}\n`, ...notes])].join("");
}

/** The most urgent first. */
const URGENCY: Readonly<Record<FindingStatus, number>> = {
  "containment-failed": 0,
  open: 1,
  contained: 2,
  restored: 3,
  exempt: 4,
  resolved: 5,
};

/** `2 contained, 1 open`: the most urgent status first. */
export function countsText(published: readonly PublishedFinding[]): string {
  return FINDING_STATUSES.toSorted((one, other) => URGENCY[one] - URGENCY[other])
    .map((status) => ({ status, count: published.filter(({ finding }) => finding.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}`)
    .join(", ");
}

function cells(published: PublishedFinding): readonly string[] {
  const { finding } = published;
  const verdict = finding.vacuous ? `${finding.verdict} (vacuous)` : finding.verdict;
  return [
    second(timeOf(finding)),
    verdict,
    ...[policyText, actorText, outcomeText].map((words) => printable(words(finding))),
    tookText(published),
    printable(finding.id),
  ];
}

/** Widths for one line per finding: the widest columns are truncated first. `undefined` if the line is still too wide. */
function fitted(rows: readonly (readonly string[])[], columns: number): readonly number[] | undefined {
  const widths = HEADS.map((head, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), head.length),
  );
  let excess = widths.reduce((sum, width) => sum + width + GAP, -GAP) - columns;
  while (excess > 0) {
    const slack = widths.map((width, column) => width - (TRUNCATABLE[column] ?? width));
    const most = slack.indexOf(Math.max(...slack));
    if ((slack[most] ?? 0) <= 0) return undefined;
    widths[most] = (widths[most] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function table(
  rows: readonly (readonly string[])[],
  published: readonly PublishedFinding[],
  widths: readonly number[],
  paint: Paint,
): string {
  const line = (row: readonly string[], painted: (text: string, column: number) => string) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return `${painted(truncated(text, width), column)}${" ".repeat(Math.max(0, width - text.length))}`;
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  return [
    line(HEADS, paint.dim),
    ...rows.map((row, index) =>
      line(row, (text, column) =>
        column === VERDICT ? paintSeverity(paint, published[index]?.finding.severity, text) : text,
      ),
    ),
    "",
  ].join("\n");
}

function stacked(row: readonly string[], published: PublishedFinding | undefined, paint: Paint): string {
  const [time = "", verdict = "", policy = "", actor = "", outcome = "", took = "", id = ""] = row;
  return `${time}  ${paintSeverity(paint, published?.finding.severity, verdict)}\n  ${id}\n  ${policy}, by ${actor}\n  ${outcome}, ${took}\n`;
}

function truncated(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** `2026-03-02 09:00:10Z`. */
function second(time: string): string {
  return printable(time)
    .replace(/\.\d+Z$/, "Z")
    .replace("T", " ");
}

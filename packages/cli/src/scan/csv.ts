import { printable } from "@kms-guard/core/text/untrusted.ts";
import type { Format } from "./format.ts";
import { publicRow, type Row } from "./row.ts";

const COLUMNS = [
  "id",
  "source",
  "kind",
  "verdict",
  "vacuous",
  "severity",
  "reason",
  "statements",
  "actions",
  "resources",
  "missingActions",
] as const;

/**
 * RFC 4180: CRLF, quotes doubled. Lists are joined by blanks, of the statements that decided; control characters are
 * written out, so that a line is a record.
 */
export const csv: Format = async function* (rows) {
  yield csvRecord(COLUMNS);
  for await (const row of rows) yield csvRecord(fields(row));
};

function fields(row: Row): string[] {
  const { id, source, kind, verdict, vacuous, severity, reason, missingActions } = publicRow(row);
  const deciding = row.verdict.evidence.filter((evidence) => evidence.counts);
  return [
    id,
    source,
    kind,
    verdict,
    String(vacuous),
    severity ?? "",
    reason,
    deciding.map((evidence) => evidence.path).join(" "),
    deciding.flatMap((evidence) => evidence.actions).join(" "),
    deciding.flatMap((evidence) => evidence.resources).join(" "),
    missingActions.join(" "),
  ];
}

/** One line of CSV, safe to open in a spreadsheet whatever the values hold. */
export function csvRecord(values: readonly string[]): string {
  return `${values.map(field).join(",")}\r\n`;
}

function field(value: string): string {
  const text = harmless(printable(value));
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet runs a cell that begins like a formula: https://owasp.org/www-community/attacks/CSV_Injection */
function harmless(value: string): string {
  return /^[=+\-@]/.test(value) ? `'${value}` : value;
}

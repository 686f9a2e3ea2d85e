import { printable } from "@kms-guard/core/text/untrusted.ts";
import { stringify } from "csv-stringify/sync";

/**
 * One line of CSV as RFC 4180 has it. Control characters are written out, so that a line is a record, and what a
 * spreadsheet would run as a formula is text: https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvRecord(values: readonly string[]): string {
  return stringify([values.map(printable)], { escape_formulas: true, record_delimiter: "\r\n" });
}

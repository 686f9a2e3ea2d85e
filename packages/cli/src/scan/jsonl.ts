import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import type { Format } from "./format.ts";
import { publicRow } from "./row.ts";

/** One JSON object a line, in the order of reading, in constant memory. */
export const jsonl: Format = async function* (rows) {
  for await (const row of rows) yield `${printableJson(publicRow(row))}\n`;
};

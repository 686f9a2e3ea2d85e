import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import type { Format } from "./format.ts";
import { publicRow, type Row } from "./row.ts";

/** One JSON object: the summary, then the rows in the order of reading, one a line. */
export const json: Format = async function* (rows, { summary }) {
  const kept: Row[] = [];
  for await (const row of rows) kept.push(row);
  yield `{"summary":${printableJson(summary())},"policies":[`;
  for (const [index, row] of kept.entries()) {
    yield `${index === 0 ? "" : ","}\n${printableJson(publicRow(row))}`;
  }
  yield "\n]}\n";
};

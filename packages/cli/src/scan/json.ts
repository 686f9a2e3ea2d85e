import { jsonText } from "../output/json-text.ts";
import type { Format } from "./format.ts";
import { publicRow, type Row } from "./row.ts";

/** One JSON object: the summary, then the rows in the order of reading, one a line. */
export const json: Format = async function* (rows, { summary }) {
  const kept: Row[] = [];
  for await (const row of rows) kept.push(row);
  yield `{"summary":${jsonText(summary())},"policies":[`;
  for (const [index, row] of kept.entries()) {
    yield `${index === 0 ? "" : ","}\n${jsonText(publicRow(row))}`;
  }
  yield "\n]}\n";
};

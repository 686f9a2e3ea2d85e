import { jsonText } from "../output/json-text.ts";
import type { Format } from "./format.ts";
import { publicRow } from "./row.ts";

/** One JSON object a line, in the order of reading, in constant memory. */
export const jsonl: Format = async function* (rows) {
  for await (const row of rows) yield `${jsonText(publicRow(row))}\n`;
};

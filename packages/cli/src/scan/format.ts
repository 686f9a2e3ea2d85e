import type { VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import type { Paint } from "../io/paint.ts";
import type { Row, Summary } from "./row.ts";

/** What a format may want to say about the scan as a whole. */
export interface ScanContext {
  /** Everything counted; final when the rows have ended. */
  readonly summary: () => Summary;
  /** As the user wrote them. */
  readonly paths: readonly string[];
  /** Absolute: what relative paths start from. */
  readonly cwd: string;
  readonly failOn: VerdictName;
  /** Whose keys counted as own where the document does not say, when that was nobody's choice. */
  readonly assumedAccount: string | undefined;
  readonly paint: Paint;
}

/** Turns rows into the text for stdout, piece by piece as it can: so that a scan of any size may stream. */
export type Format = (rows: AsyncIterable<Row>, context: ScanContext) => AsyncIterable<string>;

import type { Io } from "./io.ts";

/** For a file or a pipe: wide enough for any line. */
const UNBOUNDED = 1_000;
/** For a terminal of unknown width. */
const USUAL = 80;

/** The width of stdout in columns. */
export function columnsOf({ stdout, isTTY }: Io): number {
  if (!isTTY.stdout) return UNBOUNDED;
  return "columns" in stdout && typeof stdout.columns === "number" && stdout.columns > 0
    ? stdout.columns
    : USUAL;
}

import type { Io } from "./io.ts";

/** What a file or a pipe takes: nobody has to scroll there. */
const UNBOUNDED = 1_000;
/** A terminal that does not say. */
const USUAL = 80;

/** How many columns stdout has. */
export function columnsOf({ stdout, isTTY }: Io): number {
  if (!isTTY.stdout) return UNBOUNDED;
  return "columns" in stdout && typeof stdout.columns === "number" && stdout.columns > 0
    ? stdout.columns
    : USUAL;
}

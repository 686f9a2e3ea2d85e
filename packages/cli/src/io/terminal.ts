import type { Severity } from "@kms-guard/core/evaluate/verdict.ts";
import picocolors from "picocolors";
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

export type Paint = ReturnType<typeof picocolors.createColors>;

/** Colours for stdout: none if it is not a terminal, or with NO_COLOR (https://no-color.org). */
export function paintFor(io: Io): Paint {
  return picocolors.createColors(io.isTTY.stdout && !io.env.NO_COLOR && io.env.TERM !== "dumb");
}

/** Text in the colour of a severity. */
export function paintSeverity(paint: Paint, severity: Severity | undefined, text: string): string {
  if (severity === "CRITICAL") return paint.bold(paint.red(text));
  if (severity === "HIGH") return paint.red(text);
  return severity === "MEDIUM" ? paint.yellow(text) : paint.green(text);
}

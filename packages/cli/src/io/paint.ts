import type { Severity } from "@kms-guard/core/evaluate/verdict.ts";
import picocolors from "picocolors";
import type { Io } from "./io.ts";

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

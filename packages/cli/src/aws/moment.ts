import { InvalidArgumentError } from "@commander-js/extra-typings";

/** A point in time as the user typed it: an age or a date. */
export type Moment =
  | { readonly kind: "ago"; readonly agoMs: number; readonly text: string }
  | { readonly kind: "at"; readonly atMs: number; readonly text: string };

const HOUR_MS = 3_600_000;
const UNITS_MS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 168 * HOUR_MS };
/** CloudWatch keeps logs no longer than this. */
const MOST_AGO_MS = 3_653 * 24 * HOUR_MS;
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Reads `7d`, `24h`, `2w`, `2026-03-01` (midnight UTC) or `2026-03-01T09:00:00Z`: an argument parser for commander. */
export function moment(text: string): Moment {
  const [, count = "", unit = ""] = /^([1-9]\d{0,5})([hdw])$/.exec(text) ?? [];
  const agoMs = Number(count) * (UNITS_MS[unit] ?? 0);
  if (agoMs > MOST_AGO_MS) throw new InvalidArgumentError("Logs go back ten years at most: 3653d.");
  if (agoMs > 0) return { kind: "ago", agoMs, text };
  const atMs = DATE.test(text) ? Date.parse(text) : Number.NaN;
  // JavaScript reads the 31st of February as the 3rd of March.
  if (Number.isNaN(atMs) || !isCalendarDay(text.slice(0, 10))) {
    throw new InvalidArgumentError(
      "A time is `7d`, `24h`, `2w`, a date like `2026-03-01`, or a time with its zone like `2026-03-01T09:00:00Z`.",
    );
  }
  return { kind: "at", atMs, text };
}

/** Milliseconds since the epoch. */
export function momentMs(of: Moment, nowMs: number): number {
  return of.kind === "ago" ? nowMs - of.agoMs : of.atMs;
}

function isCalendarDay(day: string): boolean {
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(dayMs) && new Date(dayMs).toISOString().startsWith(day);
}

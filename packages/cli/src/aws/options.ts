import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { shellWord } from "@kms-guard/core/text/untrusted.ts";

/** The options that say which deployment a command uses, and with whose credentials. */
export interface ConnectionOptions {
  readonly stage?: string;
  readonly region?: string;
  readonly profile?: string;
}

/** The options of every command that uses a deployment: add each with `addOption`. */
export const STAGE = new Option("--stage <name>", "which deployment (default: the only one)");
export const REGION = new Option(
  "--region <name>",
  "its region (default: as for the AWS CLI, else us-east-1)",
).argParser(regionName);
export const PROFILE = new Option("--profile <name>", "the credentials (default: as for the AWS CLI)");

/** For commands that print either, without a description of their own. */
export const OUTPUT = new Option("--output <format>", "output format")
  .choices(["human", "json"] as const)
  .default("human" as const);

/** The options as the end of a command, so that a suggested command uses the same deployment: ` --stage prod`. */
export function repeatedOptions({ stage, region, profile }: ConnectionOptions): string {
  return Object.entries({ stage, region, profile })
    .map(([name, value]) => (value === undefined ? "" : ` --${name} ${shellWord(value)}`))
    .join("");
}

function regionName(text: string): string {
  if (!/^[a-z]{2,5}(-[a-z]+)+-\d+$/.test(text))
    throw new InvalidArgumentError("A region is `us-east-1`, `cn-north-1`, …");
  return text;
}

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

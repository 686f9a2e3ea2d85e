import { printable } from "@kms-guard/core/text/untrusted.ts";

/** `2026-03-02T09:00:10Z`: an ISO time without fractions of a second, safe to print. */
export function seconds(time: string): string {
  return printable(time).replace(/\.\d+Z$/, "Z");
}

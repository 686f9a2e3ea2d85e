import { describe, expect, test } from "vitest";
import { moment, momentMs } from "./options.ts";

const NOW_MS = Date.parse("2026-03-02T09:00:00Z");

describe("a moment", () => {
  test.each([
    ["24h", "2026-03-01T09:00:00.000Z"],
    ["7d", "2026-02-23T09:00:00.000Z"],
    ["2w", "2026-02-16T09:00:00.000Z"],
    ["90d", "2025-12-02T09:00:00.000Z"],
    ["2026-03-01", "2026-03-01T00:00:00.000Z"],
    ["2026-03-01T09:30Z", "2026-03-01T09:30:00.000Z"],
    ["2026-03-01T09:30:15.5+01:00", "2026-03-01T08:30:15.500Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(new Date(momentMs(moment(text), NOW_MS)).toISOString()).toBe(expected);
  });

  test.each([
    [""],
    ["7"],
    ["0d"],
    ["-7d"],
    ["7m"],
    ["7 d"],
    ["1.5d"],
    ["4000d"],
    ["yesterday"],
    ["2026-02-30"],
    ["2026-13-01"],
    ["2026-3-1"],
    ["01/03/2026"],
    // Which zone is meant nobody can tell.
    ["2026-03-01T09:30:00"],
    ["2026-03-01T25:00:00Z"],
  ])("is not %j", (text) => {
    expect(() => moment(text)).toThrow(/^(A time is `7d`|Logs go back)/);
  });
});

import { expect, it } from "vitest";
import { readEventTime } from "./event-time.ts";

it.each([
  ["2026-03-02T09:01:00Z", "2026-03-02T09:01:00Z"],
  ["2026-03-02T09:01:00.987Z", "2026-03-02T09:01:00Z"],
  ["2021-10-19 04:50:27", "2021-10-19T04:50:27Z"],
  ["2022-12-12 21:46:17.000000000", "2022-12-12T21:46:17Z"],
  ["2026-03-02T01:30:00+02:00", "2026-03-01T23:30:00Z"],
])("%s is %s", (text, time) => {
  expect(readEventTime(text)).toBe(time);
});

it.each([
  "",
  "null",
  "yesterday",
  "1772442060",
  "2026-03-02",
  "2026-13-01T00:00:00Z",
  "2026-03-02T25:00:00Z",
  "Mar 2, 2026 9:01:00 AM",
  "2026-03-02T09:01:00Z and more",
])("%j is no time", (text) => {
  expect(readEventTime(text)).toBeUndefined();
});

import { FINDING } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it } from "vitest";
import { FINDING_STATUSES, type Finding, type Recurrence } from "../findings/finding.ts";
import { shouldNotify } from "./should-notify.ts";

const FIRST_AT = "2026-11-23T03:00:08.200Z";
const NOW_MS = Date.UTC(2026, 10, 23, 4);
const AGAIN_AT = "2026-11-23T03:10:00.000Z";

/** It has come back; people are notified of this time only if `toldAt` is now. */
const recurrence = (count: number, toldAt: string): Recurrence => ({
  count,
  firstAt: FIRST_AT,
  lastAt: AGAIN_AT,
  toldAt,
});
const REPEAT = recurrence(2, FIRST_AT);
const THIRD = recurrence(3, AGAIN_AT);

const inStatus = (status: Finding["status"]): Finding => ({ ...FINDING, status });
const reopened = (status: Finding["status"], reopenedAt = AGAIN_AT): Finding => ({
  ...inStatus(status),
  timing: { ...FINDING.timing, reopenedAt },
});

describe("who is notified", () => {
  it.each(FINDING_STATUSES)("of a finding that is %s: everybody", (status) => {
    expect(shouldNotify(inStatus(status), NOW_MS)).toEqual({
      audiences: ["people", "programs"],
      key: status,
    });
  });

  it.each(FINDING_STATUSES)("of a finding that was reopened and is %s: everybody", (status) => {
    expect(shouldNotify(reopened(status), NOW_MS)).toEqual({
      audiences: ["people", "programs"],
      key: `${status}#2026-11-23T03:10:00.000Z`,
    });
  });

  it.each<[string, Finding, readonly string[]]>([
    ["contained again within the hour", { ...inStatus("contained"), recurrence: REPEAT }, ["programs"]],
    [
      "contained for the third time within the hour",
      { ...inStatus("contained"), recurrence: THIRD },
      ["people", "programs"],
    ],
    [
      "back within the hour, and not contained",
      { ...inStatus("containment-failed"), recurrence: REPEAT },
      ["people", "programs"],
    ],
    [
      "back within the hour, and only alerted on",
      { ...inStatus("open"), recurrence: REPEAT },
      ["people", "programs"],
    ],
    ["a repeat that was contained once more", { ...reopened("contained"), recurrence: REPEAT }, ["programs"]],
  ])("of a finding that is %s", (_, finding, audiences) => {
    expect(shouldNotify(finding, NOW_MS).audiences).toEqual(audiences);
  });
});

describe("the key", () => {
  it("is the same for a retry of the same status", () => {
    const retried: Finding = {
      ...inStatus("open"),
      timing: { ...FINDING.timing, publishedAt: AGAIN_AT },
    };
    expect(shouldNotify(retried, NOW_MS).key).toBe(shouldNotify(inStatus("open"), NOW_MS).key);
  });

  it("is another one for each time that it was reopened", () => {
    expect(shouldNotify(reopened("open", AGAIN_AT), NOW_MS).key).not.toBe(
      shouldNotify(reopened("open", "2026-11-23T03:20:00.000Z"), NOW_MS).key,
    );
  });

  describe("of an open finding that cannot be evaluated", () => {
    const DAY_MS = 24 * 3_600_000;
    const keys = (severity: Finding["severity"], status: Finding["status"], ...days: readonly number[]) =>
      days.map(
        (day) =>
          shouldNotify({ ...inStatus(status), verdict: "invalid", severity }, NOW_MS + day * DAY_MS).key,
      );

    it("is another one each day where it may be full", () => {
      expect(keys("CRITICAL", "open", 0, 0, 1)).toEqual([
        "open#2026-11-23",
        "open#2026-11-23",
        "open#2026-11-24",
      ]);
    });

    it("is the same every day where it may not, and where it is exempt", () => {
      expect(keys("HIGH", "open", 0, 1)).toEqual(["open", "open"]);
      expect(keys("CRITICAL", "exempt", 0, 1)).toEqual(["exempt", "exempt"]);
    });
  });
});

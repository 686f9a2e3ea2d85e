import type { EventCounter, EventOutcome } from "@kms-guard/guard/ports.ts";
import { describe, expect, test } from "vitest";

interface Subject {
  readonly counter: EventCounter;
  /** The guard has handled an event then. */
  readonly handled: (outcome: EventOutcome, at: string) => Promise<void>;
}

/** What every `EventCounter` does. Its clock says 2026-04-01T12:00:00Z. */
export function eventCounterContract(name: string, subject: () => Subject | Promise<Subject>): void {
  const between = ({ counter }: Subject, from: string, to: string) =>
    counter.eventsBetween({ fromMs: Date.parse(from), toMs: Date.parse(to) });

  describe(`events counted by ${name}`, () => {
    test("are added up by what they came to", async () => {
      const one = await subject();
      await one.handled("clean", "2026-03-30T09:10:00Z");
      await one.handled("clean", "2026-03-30T09:50:00Z");
      await one.handled("clean", "2026-03-31T23:00:00Z");
      await one.handled("finding", "2026-03-31T23:00:00Z");
      await one.handled("not-ours", "2026-03-30T10:00:00Z");
      expect(await between(one, "2026-03-30T00:00:00Z", "2026-04-01T00:00:00Z")).toEqual({
        finding: 1,
        clean: 3,
        "not-ours": 1,
        malformed: 0,
      });
    });

    test("are those of the hours that the span touches", async () => {
      const one = await subject();
      await one.handled("clean", "2026-03-30T08:59:00Z");
      await one.handled("finding", "2026-03-30T09:01:00Z");
      await one.handled("malformed", "2026-03-30T11:59:00Z");
      await one.handled("clean", "2026-03-30T12:00:00Z");
      expect(await between(one, "2026-03-30T09:30:00Z", "2026-03-30T11:15:00Z")).toEqual({
        finding: 1,
        clean: 0,
        "not-ours": 0,
        malformed: 1,
      });
      expect(await between(one, "2026-03-30T09:00:00Z", "2026-03-30T11:00:00Z")).toEqual({
        finding: 1,
        clean: 0,
        "not-ours": 0,
        malformed: 0,
      });
    });

    test("may be of a year", async () => {
      const one = await subject();
      for (const month of ["2025-04", "2025-07", "2025-10", "2026-01", "2026-03"]) {
        await one.handled("clean", `${month}-15T12:00:00Z`);
      }
      const counts = await between(one, "2025-04-01T00:00:00Z", "2026-04-01T00:00:00Z");
      expect(counts).toEqual({ finding: 0, clean: 5, "not-ours": 0, malformed: 0 });
    });

    test("are unknown, not none, where there is no count", async () => {
      const one = await subject();
      await one.handled("clean", "2026-03-30T09:10:00Z");
      expect(await between(one, "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z")).toBeUndefined();
    });
  });
}

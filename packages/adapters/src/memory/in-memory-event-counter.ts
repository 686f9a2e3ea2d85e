import type { EventCounter, EventCounts, EventOutcome } from "@kms-guard/guard/ports.ts";

const HOUR_MS = 3_600_000;

/** Counts events in memory. */
export class InMemoryEventCounter implements EventCounter {
  readonly #events: { readonly outcome: EventOutcome; readonly hour: number }[] = [];

  count(outcome: EventOutcome, atMs: number): void {
    this.#events.push({ outcome, hour: Math.floor(atMs / HOUR_MS) });
  }

  async eventsBetween({
    fromMs,
    toMs,
  }: {
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<EventCounts | undefined> {
    const [first, end] = [Math.floor(fromMs / HOUR_MS), Math.ceil(toMs / HOUR_MS)];
    const counts = { finding: 0, clean: 0, "not-ours": 0, malformed: 0 };
    const counted = this.#events.filter(({ hour }) => hour >= first && hour < end);
    for (const { outcome } of counted) counts[outcome] += 1;
    return counted.length === 0 ? undefined : counts;
  }
}

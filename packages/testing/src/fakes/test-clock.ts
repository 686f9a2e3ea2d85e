import type { Clock } from "@kms-guard/guard/ports.ts";

/** A clock that only moves when somebody sleeps. */
export class TestClock implements Clock {
  readonly sleptMs: number[] = [];
  readonly #duringSleep: (() => void)[] = [];
  #nowMs: number;

  constructor(now = "2026-03-02T09:00:10Z") {
    this.#nowMs = Date.parse(now);
  }

  /** What happens in the world during the next sleep that nothing happens in yet. */
  duringSleep(happens: () => void): void {
    this.#duringSleep.push(happens);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  async sleepMs(durationMs: number): Promise<void> {
    this.#nowMs += durationMs;
    this.sleptMs.push(durationMs);
    this.#duringSleep.shift()?.();
  }
}

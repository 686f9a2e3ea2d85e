import { type Io, print } from "./io.ts";

const EVERY_MS = 200;
const CLEAR_LINE = "\r\u001b[2K";

/** A line on stderr that is kept up to date, if stderr is a terminal. */
export class Progress {
  readonly #io: Io;
  #shownMs: number;
  #isShown = false;

  /** Shows nothing at first: short work needs no progress. */
  constructor(io: Io) {
    this.#io = io;
    this.#shownMs = io.clock.nowMs();
  }

  async show(text: string): Promise<void> {
    if (!this.#io.isTTY.stderr) return;
    const nowMs = this.#io.clock.nowMs();
    if (nowMs - this.#shownMs < EVERY_MS) return;
    this.#shownMs = nowMs;
    this.#isShown = true;
    await print(this.#io.stderr, `${CLEAR_LINE}${text}`);
  }

  /** Removes the line, before anything else is printed. */
  async clear(): Promise<void> {
    if (!this.#isShown) return;
    this.#isShown = false;
    await print(this.#io.stderr, CLEAR_LINE);
  }
}

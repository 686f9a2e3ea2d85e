import { Writable } from "node:stream";
import type { Io } from "./io.ts";

/** An Io that keeps what was written, for tests of commands. */
export interface MemoryIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
}

/** `stdin` is what `-` reads, one chunk per member. Its clock does not move. */
export function memoryIo(
  settings: Partial<Omit<Io, "stdin">> & { readonly stdin?: readonly Uint8Array[] } = {},
): MemoryIo {
  const out: string[] = [];
  const err: string[] = [];
  return {
    stdout: into(out),
    stderr: into(err),
    env: {},
    isTTY: { stdin: false, stdout: false, stderr: false },
    cwd: process.cwd(),
    clock: { nowMs: () => Date.UTC(2026, 0, 2, 3, 4, 5), sleepMs: async () => {} },
    interruption: () => ({ signal: new AbortController().signal, end: () => {} }),
    ...settings,
    stdin: inTurn(settings.stdin ?? []),
    out: () => out.join(""),
    err: () => err.join(""),
  };
}

function into(chunks: string[]): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      chunks.push(Buffer.from(chunk).toString("utf8"));
      done();
    },
  });
}

async function* inTurn(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** All items as a list, for tests of generators. */
export async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

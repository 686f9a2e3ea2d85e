import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Clock } from "@kms-guard/guard/ports.ts";
import type { Interruption } from "./interruption.ts";

/** Everything of the surrounding process that a command may touch, so that tests need none. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Results, and nothing else. */
  readonly stdout: Writable;
  /** Progress, notes, warnings, errors. */
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Which of the streams are terminals. */
  readonly isTTY: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** The folder that relative paths start from, absolute. */
  readonly cwd: string;
  readonly clock: Clock;
  /** For a command that has to leave things in order before it ends. */
  readonly interruption: () => Interruption;
}

/** Writes text and waits while the reader at the other end is slower, so that output of any size fits in memory. */
export async function print(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, "drain");
}

/** One line on stderr. */
export async function note(io: Io, text: string): Promise<void> {
  await print(io.stderr, `${text}\n`);
}

import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Clock } from "@kms-guard/guard/ports.ts";

/** All that a command uses of its process, so that tests need no process. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Results, and nothing else. */
  readonly stdout: Writable;
  /** Progress, notes, warnings, errors. */
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Which of the streams are terminals. */
  readonly isTTY: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** The absolute folder where relative paths start. */
  readonly cwd: string;
  readonly clock: Clock;
  /** For a command that must clean up before it ends. */
  readonly interruption: () => Interruption;
}

/** Writes text and waits for a slow reader, so that output of any size fits in memory. */
export async function print(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, "drain");
}

/** One line on stderr. */
export async function note(io: Io, text: string): Promise<void> {
  await print(io.stderr, `${text}\n`);
}

/** A request to end the command. */
export interface Interruption {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, which does not end the process. The second one does. */
  readonly signal: AbortSignal;
  /** Gives the signals back their usual effect. */
  end(): void;
}

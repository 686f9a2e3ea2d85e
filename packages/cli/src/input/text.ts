import { pipeline, Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { Unreadable } from "./files.ts";

/**
 * The text of a file's bytes, piece by piece. Gzip is recognised by its first bytes, not by the file's name. The text is
 * UTF-8, or UTF-16 with a byte order mark, as Windows PowerShell writes it.
 *
 * Throws Unreadable for bytes that are not text, and zlib's errors for damaged gzip data.
 */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const packed = await peek(bytes);
  const isGzip = packed.head[0] === 0x1f && packed.head[1] === 0x8b;
  const { head, all } = isGzip ? await peek(unpacked(packed.all)) : packed;
  const decoder = new TextDecoder(encodingOf(head), { fatal: true });
  for await (const chunk of all) yield decoded(decoder, chunk);
  yield decoded(decoder);
}

function encodingOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "utf-8";
}

function decoded(decoder: TextDecoder, chunk?: Uint8Array): string {
  let text: string;
  try {
    text = chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw new Unreadable(`is not ${decoder.encoding.toUpperCase()} text`, { cause: error });
  }
  if (text.includes("\0")) throw new Unreadable("is not text but binary data");
  return text;
}

function unpacked(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // The callback is empty: pipeline passes every error to the stream that is read here.
  return pipeline(Readable.from(bytes, { objectMode: false }), createGunzip(), () => {});
}

/** The first two bytes (fewer if there are no more), and all bytes from the beginning. */
async function peek(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly all: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  while (head.length < 2) {
    const next = await iterator.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return { head, all: after(head, iterator) };
}

async function* after(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    // Closes the file when the reader stops early.
    await rest.return?.();
  }
}

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Half of the engine's longest string: a longer JSON text cannot be read in one piece. */
export const LONGEST_TEXT = 256 * 1024 * 1024;

/** The lines of a text that comes in pieces, without LF or CRLF. Needs the memory of the longest line. */
export async function* linesOf(
  pieces: AsyncIterable<string>,
  longest: number = LONGEST_TEXT,
): AsyncGenerator<Line> {
  let number = 1;
  // Pieces of an unfinished line are joined once: joining at each piece would take quadratic time.
  let begun: string[] = [];
  let length = 0;
  const keep = (part: string): void => {
    begun.push(part);
    length += part.length;
    if (length > longest) {
      throw new Unreadable(`has more than ${longest} characters in line ${number}: store it as JSON Lines`);
    }
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf("\n"); end !== -1; end = piece.indexOf("\n", from)) {
      keep(piece.slice(from, end));
      yield { number, text: begun.join("").replace(/\r$/, "") };
      number += 1;
      begun = [];
      length = 0;
      from = end + 1;
    }
    keep(piece.slice(from));
  }
  if (length > 0) yield { number, text: begun.join("").replace(/\r$/, "") };
}

import { Unreadable } from "./unreadable.ts";

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Half of the longest string that the engine can hold: beyond it one JSON text cannot be read in one piece. */
export const LONGEST_TEXT = 256 * 1024 * 1024;

/** The lines of a text that comes in pieces, without their ends (LF or CRLF), in the memory of the longest one. */
export async function* linesOf(
  pieces: AsyncIterable<string>,
  longest: number = LONGEST_TEXT,
): AsyncGenerator<Line> {
  let number = 1;
  // Pieces of a line that has not ended yet: joined once, since joining at each piece takes quadratic time.
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

import { Unreadable } from "./files.ts";
import { type JsonText, jsonTexts } from "./json-texts.ts";
import { LONGEST_TEXT } from "./text.ts";

/** A JSON text of an archive, or one element of a log file's list, with its index. */
export type ArchiveText =
  | JsonText
  | { readonly kind: "listed"; readonly text: string; readonly index: number };

/** The beginning of a CloudTrail log file, as CloudTrail writes it or pretty-printed. */
const LOG_FILE = /^\uFEFF?\s*\{\s*"Records"\s*:\s*\[/;
const LOOKED_AT = 100;

/**
 * The JSON texts of an archive file. The records of a log file come one by one, so that the longest one sets the memory
 * needed. The rest of the log file follows, with an empty list in place of the records.
 */
export async function* archiveTexts(pieces: AsyncIterable<string>): AsyncGenerator<ArchiveText> {
  const rest = pieces[Symbol.asyncIterator]();
  let begin = "";
  while (begin.trimStart().length < LOOKED_AT) {
    const next = await rest.next();
    if (next.done) break;
    begin += next.value;
  }
  const opened = LOG_FILE.exec(begin);
  if (opened === null) {
    yield* jsonTexts(after(begin, rest));
    return;
  }
  const list = new ListReading();
  for await (const piece of after(begin.slice(opened[0].length), rest)) {
    for (let from = 0; from < piece.length; ) {
      const end = list.read(piece, from);
      if (end === piece.length) break;
      const isOver = piece[end] === "]";
      const text = list.take();
      if (text.trim() !== "" || !isOver || list.index > 1)
        yield { kind: "listed", text, index: list.index - 1 };
      if (isOver) {
        yield* jsonTexts(after(`{"Records":[${piece.slice(end)}`, rest));
        return;
      }
      from = end + 1;
    }
  }
  yield { kind: "broken", text: "", problem: `is not JSON: it ends within Records[${list.index}]` };
}

/** Finds where the elements of a list end, in a text that comes in pieces, by brackets and quotes alone. */
class ListReading {
  /** The number of elements taken. */
  index = 0;
  #begun: string[] = [];
  #length = 0;
  #depth = 0;
  #isText = false;
  #isEscaped = false;

  /** The index of the comma or bracket that ends the element, or the piece's length if the element goes on. */
  read(piece: string, from: number): number {
    let at = from;
    for (; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      if (this.#isText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === BACKSLASH) this.#isEscaped = true;
        else if (code === QUOTE) this.#isText = false;
      } else if (code === QUOTE) this.#isText = true;
      else if (code === OPEN_OBJECT || code === OPEN_ARRAY) this.#depth += 1;
      else if (this.#depth > 0) {
        if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) this.#depth -= 1;
      } else if (code === COMMA || code === CLOSE_ARRAY) break;
    }
    this.#begun.push(piece.slice(from, at));
    this.#length += at - from;
    if (this.#length > LONGEST_TEXT) {
      throw new Unreadable(`has more than ${LONGEST_TEXT} characters in Records[${this.index}]`);
    }
    return at;
  }

  take(): string {
    const text = this.#begun.join("");
    this.#begun = [];
    this.#length = 0;
    this.index += 1;
    return text;
  }
}

const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

async function* after(begin: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield begin;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    // Closes the file when the reader stops early.
    await rest.return?.();
  }
}

import { Unreadable } from "./files.ts";
import { type Line, LONGEST_TEXT, linesOf } from "./text.ts";

/** One JSON text: a whole file or one line of JSON Lines. `broken` if it is not JSON. */
export type JsonText =
  | { readonly kind: "json"; readonly value: unknown; readonly text: string; readonly line?: number }
  | {
      readonly kind: "broken";
      readonly problem: string;
      readonly text: string;
      /** The line in the file, also if the whole file is one broken text. */
      readonly line?: number;
    };

/**
 * The JSON texts of a file. It is JSON Lines if one line is a whole object or array and more lines follow: then it is
 * read line by line in constant memory. Anything else is one text, over any number of lines.
 *
 * Yields nothing for a blank file. Throws Unreadable for a text too long to be read in one piece.
 */
export async function* jsonTexts(
  pieces: AsyncIterable<string>,
  longest: number = LONGEST_TEXT,
): AsyncGenerator<JsonText> {
  const lines = linesOf(pieces, longest);
  const begin: Line[] = [];
  const full: Line[] = [];
  // Two lines that are not blank show which it is.
  while (full.length < 2) {
    const next = await lines.next();
    if (next.done) break;
    begin.push(next.value);
    if (!isBlank(next.value)) full.push(next.value);
  }
  const [first, second] = full;
  if (first === undefined) return;
  if (second === undefined) {
    yield wholeText(begin);
  } else if (isContainer(first.text) || (isContainer(second.text) && first.text.trim() !== "[")) {
    yield lineText(first);
    yield lineText(second);
    for await (const line of lines) {
      if (!isBlank(line)) yield lineText(line);
    }
  } else {
    yield* wholeOrLines(begin, lines, longest);
  }
}

/** One text over many lines. If it is not JSON but one of its lines is, the file is broken JSON Lines. */
async function* wholeOrLines(
  begin: readonly Line[],
  rest: AsyncIterable<Line>,
  longest: number,
): AsyncGenerator<JsonText> {
  const lines = [...begin];
  let length = begin.reduce((sum, line) => sum + line.text.length + 1, 0);
  for await (const line of rest) {
    lines.push(line);
    length += line.text.length + 1;
    if (length > longest) throw new Unreadable(`has more than ${longest} characters: store it as JSON Lines`);
  }
  const whole = wholeText(lines);
  if (whole.kind === "broken" && lines.some((line) => line.text.startsWith("{") && isContainer(line.text))) {
    for (const line of lines) {
      if (!isBlank(line)) yield lineText(line);
    }
  } else {
    yield whole;
  }
}

function lineText({ number, text }: Line): JsonText {
  const parsed = parsedJson(text);
  return "problem" in parsed
    ? { kind: "broken", problem: withoutLine(parsed.problem), text, line: number }
    : { kind: "json", value: parsed.value, text, line: number };
}

/** The parser's "line 1" is this line, and its number in the file is already known. */
function withoutLine(problem: string): string {
  return problem.replace(/ at position \d+ \(line 1 column (\d+)\)$/, " at column $1");
}

function wholeText(lines: readonly Line[]): JsonText {
  const text = lines.map((line) => line.text).join("\n");
  const parsed = parsedJson(text);
  if (!("problem" in parsed)) return { kind: "json", value: parsed.value, text };
  const line = /\(line (\d+) column \d+\)$/.exec(parsed.problem)?.[1];
  if (line !== undefined) return { kind: "broken", problem: parsed.problem, text, line: Number(line) };
  // The parser names no line for a text that ends too early: it is the last line that is not blank.
  const ended = parsed.problem.endsWith("Unexpected end of JSON input");
  const last = lines.findLast((line) => !isBlank(line));
  return ended && last
    ? { kind: "broken", problem: parsed.problem, text, line: last.number }
    : { kind: "broken", problem: parsed.problem, text };
}

/** The value of a JSON text, or its problem: a clause that follows the name of the text. */
export function parsedJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: `is not JSON: ${error.message}` };
    throw error;
  }
}

function isContainer(text: string): boolean {
  const parsed = parsedJson(text);
  return "value" in parsed && typeof parsed.value === "object" && parsed.value !== null;
}

function isBlank(line: Line): boolean {
  return line.text.trim() === "";
}

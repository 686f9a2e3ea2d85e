import { type Line, LONGEST_TEXT, linesOf } from "./text.ts";
import { Unreadable } from "./unreadable.ts";

/** One JSON text of a file: the file as a whole, or one line of JSON Lines; or what stands where one should be. */
export type JsonText =
  | { readonly kind: "json"; readonly value: unknown; readonly text: string; readonly line?: number }
  | {
      readonly kind: "broken";
      readonly problem: string;
      readonly text: string;
      /** Of the file, also where the whole of it is one broken text. */
      readonly line?: number;
    };

/**
 * The JSON texts of a file, told by shape: JSON Lines, when a line holds a whole object or array and more lines
 * follow, is read line by line in constant memory; everything else is one text, spread over lines as it likes.
 *
 * Yields nothing for a file that holds only blanks. Throws Unreadable for a text too long to be read in one piece.
 */
export async function* jsonTexts(
  pieces: AsyncIterable<string>,
  longest: number = LONGEST_TEXT,
): AsyncGenerator<JsonText> {
  const lines = linesOf(pieces, longest);
  const begin: Line[] = [];
  const full: Line[] = [];
  // Two lines that hold something tell the shape.
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

/** One text over many lines; where that is not JSON, though one of the lines by itself is, broken JSON Lines. */
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

/** The engine's "line 1" is the line itself, whose number in the file is told beside it. */
function withoutLine(problem: string): string {
  return problem.replace(/ at position \d+ \(line 1 column (\d+)\)$/, " at column $1");
}

function wholeText(lines: readonly Line[]): JsonText {
  const text = lines.map((line) => line.text).join("\n");
  const parsed = parsedJson(text);
  if (!("problem" in parsed)) return { kind: "json", value: parsed.value, text };
  const told = /\(line (\d+) column \d+\)$/.exec(parsed.problem)?.[1];
  if (told !== undefined) return { kind: "broken", problem: parsed.problem, text, line: Number(told) };
  // The engine names no place for a text that just ends, which is after the last line that holds something.
  const ended = parsed.problem.endsWith("Unexpected end of JSON input");
  const last = lines.findLast((line) => !isBlank(line));
  return ended && last
    ? { kind: "broken", problem: parsed.problem, text, line: last.number }
    : { kind: "broken", problem: parsed.problem, text };
}

/** The value of a JSON text, or what is wrong with it, to go on after its name. */
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

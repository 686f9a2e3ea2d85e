import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { oneLine, plainLines } from "@kms-guard/core/text/untrusted.ts";

const SUBJECT = 99;
const COLUMNS = 72;
/** SNS accepts 256 KiB for the texts of all protocols together, the finding's JSON among them. */
const BODY = 20_000;
const CUT = "(cut here: the next steps say how to see the rest)";

/**
 * An alert as SNS's e-mail: a subject of printable ASCII, under 100 characters, and a plain-text body. Every line of it
 * keeps to 72 columns: commands are folded so that they can be pasted as they are, and URLs are in angle brackets,
 * within which a line break does not count (RFC 3986, appendix C).
 */
export function emailText(alert: Alert): { readonly subject: string; readonly body: string } {
  const facts = alert.facts.map(({ label, value }) => `${label}: ${value}`);
  const links = alert.links.flatMap(({ label, url }) => [`${label}:`, `<${url}>`]);
  const lines = [
    ...folded([oneLine(alert.title)], 0),
    ...folded([oneLine(alert.summary)], 0),
    ...list("NEXT STEPS", alert.nextSteps.map(oneLine)),
    ...list("FACTS", facts.map(oneLine)),
    ...alert.sections.flatMap(({ heading, lines }) => list(heading.toUpperCase(), lines.flatMap(plainLines))),
    ...list("LINKS", links.map(oneLine), 0),
  ];
  return { subject: subjectOf(alert.title), body: capped(lines).join("\n") };
}

function list(heading: string, lines: readonly string[], hang = 2): readonly string[] {
  return lines.length === 0 ? [] : folded([oneLine(heading), ...lines], hang);
}

/** The lines within the columns, and an empty one after. */
function folded(lines: readonly string[], hang: number): readonly string[] {
  return [...lines.flatMap((line) => wrapLine(line, COLUMNS, hang)), ""];
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: ASCII, no line break, no control, under 100. */
function subjectOf(title: string): string {
  const ascii = `kms-guard: ${title}`
    .replace(/[\p{Cc}\s]+/gu, " ")
    .replace(/[^\x20-\x7e]/gu, "?")
    .trim();
  return ascii.length <= SUBJECT ? ascii : `${ascii.slice(0, SUBJECT - 3)}...`;
}

function capped(lines: readonly string[]): readonly string[] {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += line.length + 1;
    return length >= BODY - CUT.length;
  });
  return end === -1 ? lines : [...lines.slice(0, end), CUT, ""];
}

/** How the commands in alerts begin. */
const COMMANDS = ["aws ", `${KMS_GUARD} `];

/** A shell word as `commandFor` writes it: plain, or in single quotes, where `'\''` is a quote. */
const WORD = /(?:'(?:'\\''|[^'])*'|[^' ])+/g;

/**
 * Folds one line so that no part is longer than `width` (UTF-16 units, 40 or more). Text is folded at spaces, its further
 * lines `hang` deeper than the first; a word that is longer is cut, because the width is promised. A command stays one to paste: its lines end in a backslash, and
 * a long quoted word is closed and opened again, `'one'\` and `'two'`, which a shell joins.
 */
export function wrapLine(line: string, width: number, hang: number): readonly string[] {
  if (line.length <= width) return [line];
  const words = COMMANDS.some((command) => line.startsWith(command)) ? (line.match(WORD) ?? []) : [];
  return words.join(" ") === line ? wrapCommand(words, width) : wrapText(line, width, hang);
}

function wrapText(line: string, width: number, hang: number): readonly string[] {
  const indent = " ".repeat(Math.min(line.length - line.trimStart().length, 8));
  const room = width - indent.length - hang;
  const lines: string[] = [];
  let current = "";
  for (const word of line
    .trim()
    .split(/ +/)
    .flatMap((text) => cut(Array.from(text), room))) {
    if (current !== "" && current.length + 1 + word.length > width) {
      lines.push(current);
      current = "";
    }
    const start = lines.length === 0 ? indent : indent + " ".repeat(hang);
    current = current === "" ? start + word : `${current} ${word}`;
  }
  return [...lines, current];
}

function wrapCommand(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of words) {
    for (const [index, piece] of shellPieces(word, width - 4).entries()) {
      const continuesWord = index > 0;
      if (current === "") current = piece;
      else if (!continuesWord && current.length + 1 + piece.length + 2 <= width) current += ` ${piece}`;
      else {
        lines.push(`${current}${continuesWord ? "" : " "}\\`);
        current = continuesWord ? piece : `  ${piece}`;
      }
    }
  }
  return [...lines, current];
}

/** A word in as many quoted pieces as needed; `'\''`, a quote between quotes, is never cut. */
function shellPieces(word: string, room: number): readonly string[] {
  if (word.length <= room) return [word];
  const [, before = "", inside = ""] = /^([^']{0,20})'(.*)'$/s.exec(word) ?? [];
  const units = inside.match(/'\\''|[^']/gu) ?? [];
  if (units.length === 0 || units.join("") !== inside) return cut(Array.from(word), room);
  return cut(units, room - before.length - 2).map((chunk, index) => `${index === 0 ? before : ""}'${chunk}'`);
}

/** Units joined to strings of at most `room`. */
function cut(units: readonly string[], room: number): readonly string[] {
  const strings: string[] = [];
  let current = "";
  for (const unit of units) {
    if (current !== "" && current.length + unit.length > room) {
      strings.push(current);
      current = "";
    }
    current += unit;
  }
  return [...strings, current];
}

/** What misleads terminals, mail readers and people: controls, bidi overrides, zero-width, line separators, lone surrogates. */
const MISLEADING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** Untrusted text in one line: runs of control, format and line-break characters become one space. */
export function oneLine(text: string): string {
  return text.replace(MISLEADING, " ").trim();
}

/** Untrusted text as lines: line breaks are kept, and tabs are two spaces; the rest as in `oneLine`. */
export function plainLines(text: string): readonly string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replaceAll("\t", "  ").replace(MISLEADING, " ").trimEnd());
}

/** Untrusted text in one line, complete: what is invisible is escaped, as `\u001b`. */
export function printable(text: string): string {
  return text.replace(MISLEADING, (run) => [...run].map(escaped).join(""));
}

/** The same for text of several lines, whose line feeds stay. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** JSON in one line, equal to what `JSON.stringify` makes, though safe to print on a terminal. */
export function printableJson(value: object): string {
  // Beyond the basic plane JSON writes a character as its two UTF-16 units.
  return JSON.stringify(value).replace(MISLEADING, (run) => run.split("").map(escaped).join(""));
}

function escaped(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}

/** Text as exactly one word of a POSIX shell, always in single quotes. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Untrusted text as one word of a command that a person may copy: printable, and quoted only where it needs to be. */
export function shellWord(text: string): string {
  const word = printable(text);
  return /^[\w@%+=:,./-]+$/.test(word) ? word : shellQuoted(word);
}

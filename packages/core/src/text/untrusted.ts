// Control characters, and the marks that reorder or hide text: terminals, mail readers and people are misled by them.
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

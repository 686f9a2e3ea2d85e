import { printable } from "./untrusted.ts";

/** Text as exactly one word of a POSIX shell, always in single quotes. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Untrusted text as one word of a command that a person may copy: printable, and quoted only where it needs to be. */
export function shellWord(text: string): string {
  const word = printable(text);
  return /^[\w@%+=:,./-]+$/.test(word) ? word : shellQuoted(word);
}

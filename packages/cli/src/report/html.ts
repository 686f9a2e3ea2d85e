import { printableLines } from "@kms-guard/core/text/untrusted.ts";

/** Text that is HTML already. Only `html` and `raw` make it. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Html | readonly Html[];

/**
 * A template whose values are escaped, unless they are HTML themselves: so nothing untrusted can become markup, in text
 * and in quoted attributes alike. What would not show, or would reorder the text, is written out.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(strings.reduce((text, part, index) => text + escaped(values[index - 1] ?? "") + part));
}

/** Text of ours that is markup as it stands: a style sheet. */
export function raw(text: string): Html {
  return new Html(text);
}

function escaped(value: Value): string {
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return printableLines(String(value)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

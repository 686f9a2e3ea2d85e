import { printableLines } from "@kms-guard/core/text/untrusted.ts";

/** Text that is already HTML. Only `html` and `raw` create it. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Html | readonly Html[];

/**
 * A template that escapes its values, unless they are HTML: nothing untrusted becomes markup, neither in text nor in
 * quoted attributes. Characters that are invisible or reorder the text are written out.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(strings.reduce((text, part, index) => text + escaped(values[index - 1] ?? "") + part));
}

/** Our own text that needs no escaping: a style sheet. */
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

/** The style sheet of the page, for screen and paper. */
export const STYLE = `
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; border-bottom: 2px solid #1a1a1a; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
p { max-width: 46rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
.verdict { overflow-wrap: normal; }
th { font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0; }
dt { color: #555; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: #f5f5f5; padding: .5rem .75rem; margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.4 ui-monospace, monospace; }
.finding { border: 1px solid #bbb; border-left-width: 5px; padding: .75rem 1rem; margin: 1rem 0; }
.CRITICAL { border-left-color: #b00020; }
.HIGH { border-left-color: #d35400; }
.MEDIUM { border-left-color: #b7950b; }
.remark { font-weight: 600; }
a { color: inherit; }
@media print {
  body { font-size: 10pt; max-width: none; margin: 0; padding: 0; }
  h2 { break-after: avoid; }
  .finding, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  a { text-decoration: none; }
  @page { margin: 18mm 15mm; }
}
`;

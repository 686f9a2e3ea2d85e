import type { Alert } from "@kms-guard/core/notifications/alert.ts";
import { oneLine, plainLines } from "@kms-guard/core/text/untrusted.ts";
import { wrapLine } from "./wrap-line.ts";

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

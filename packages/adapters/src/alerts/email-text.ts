import type { Alert } from "@kms-guard/core/alert/alert.ts";
import { plainLines } from "@kms-guard/core/alert/plain-text.ts";
import { wrapLine } from "./wrap-line.ts";

const SUBJECT = 99;
const COLUMNS = 72;
/** SNS takes 256 KiB for the texts of all protocols together, the finding's JSON among them. */
const BODY = 20_000;
const CUT = "(cut here: `kms-guard show` has the rest)";

/**
 * An alert as SNS's e-mail: a subject of printable ASCII, under 100 characters, and a plain-text body. Every line of it
 * keeps to 72 columns: commands are folded so that they can be pasted as they are, and URLs stand in angle brackets,
 * within which a line break does not count (RFC 3986, appendix C).
 */
export function emailText(alert: Alert): { readonly subject: string; readonly body: string } {
  const facts = alert.facts.map(({ label, value }) => `${label}: ${value}`);
  const links = alert.links.flatMap(({ label, url }) => [`${label}:`, `<${url}>`]);
  const parts = [
    [alert.title],
    [alert.summary],
    part("NEXT STEPS", alert.nextSteps),
    part("FACTS", facts),
    ...alert.sections.map(({ heading, lines }) => part(heading.toUpperCase(), lines)),
    part("LINKS", links),
  ].filter((lines) => lines.length > 0);
  const lines = parts.flatMap((part) => [...part.flatMap(plainLines).flatMap(folded), ""]);
  return { subject: subjectOf(alert.title), body: capped(lines).join("\n") };
}

function part(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [heading, ...lines];
}

function folded(line: string): readonly string[] {
  return wrapLine(line, COLUMNS);
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
    return length > BODY - CUT.length;
  });
  return end === -1 ? lines : [...lines.slice(0, end), CUT, ""];
}

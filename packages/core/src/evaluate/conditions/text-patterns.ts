import { foldAscii, globMatches } from "../../text/glob.ts";

/** The texts that a value of a text operator matches. */
export interface TextPattern {
  /** Its literal `*` and `?` are written by `literal`. */
  readonly glob: string;
  readonly ignoreCase: boolean;
  /** ARNs are compared segment by segment: no wildcard of the first five matches a colon. */
  readonly isArn: boolean;
}

/** A text as a glob that matches it alone. */
export function literal(text: string): string {
  return text.replace(/[*?]/g, (wildcard) => String.fromCharCode(LITERALS + wildcard.charCodeAt(0)));
}

/** Private use: no value of a condition key has such characters. */
const LITERALS = 0xf000;

/** Whether a text, written by `literal`, matches. */
export function matches({ glob, ignoreCase, isArn }: TextPattern, text: string): boolean {
  if (isArn) return matchesArn(glob, text);
  return ignoreCase ? globMatches(foldAscii(glob), foldAscii(text)) : globMatches(glob, text);
}

function matchesArn(glob: string, text: string): boolean {
  const patterns = arnSegments(glob);
  const segments = arnSegments(text);
  if (patterns === undefined || segments === undefined) return false;
  return patterns.every((pattern, at) => globMatches(pattern, segments[at] ?? ""));
}

/** The six parts of an ARN, the last with its colons; `undefined` for what has fewer. */
export function arnSegments(arn: string): readonly string[] | undefined {
  const segments = arn.split(":");
  return segments.length < 6 ? undefined : [...segments.slice(0, 5), segments.slice(5).join(":")];
}

import { globMatches } from "./glob.ts";

/** The ARN of one key or alias, taken apart at its five colons. */
export interface Arn {
  readonly text: string;
  readonly segments: readonly string[];
}

export function arn(text: string): Arn {
  return { text, segments: text.split(":") };
}

/**
 * A glob to be asked about many ARNs. One with five colons of its own must have them where the ARN has its five, so
 * that it can be matched segment by segment, which is far cheaper than running stars over the whole.
 */
export class ArnGlob {
  readonly written: string;
  readonly #segments: readonly string[];

  constructor(written: string) {
    this.written = written;
    this.#segments = written.split(":");
  }

  /** For ARNs of keys and aliases only: these have exactly five colons. */
  matches({ text, segments }: Arn): boolean {
    const own = this.#segments;
    if (own.length < segments.length) return globMatches(this.written, text);
    if (own.length > segments.length) return false;
    for (let at = own.length - 1; at >= 0; at -= 1) {
      const pattern = own[at] ?? "";
      if (pattern !== "*" && pattern !== segments[at] && !globMatches(pattern, segments[at] ?? ""))
        return false;
    }
    return true;
  }
}

/**
 * The ways in which a glob can stand on an ARN of six segments, each as a glob for every segment. A glob with fewer
 * colons has its wildcards match the others: `arn:aws:kms:*` is `arn:aws:kms:*:*:*` and nothing else. `undefined`
 * where there are too many ways.
 */
export function alignments(glob: string): readonly (readonly string[])[] | undefined {
  const written = glob.split(":");
  if (written.length >= SEGMENTS) return written.length === SEGMENTS ? [written] : [];
  let ways = [{ text: "", missing: SEGMENTS - written.length }];
  for (const character of glob) {
    const more: typeof ways = [];
    for (const { text, missing } of ways) {
      more.push({ text: text + character, missing });
      if (character === "?" && missing > 0) more.push({ text: `${text}:`, missing: missing - 1 });
      for (let colons = 1; character === "*" && colons <= missing; colons += 1) {
        more.push({ text: `${text}*${":*".repeat(colons)}`, missing: missing - colons });
      }
    }
    if (more.length > MOST_WAYS) return undefined;
    ways = more;
  }
  return ways.filter(({ missing }) => missing === 0).map(({ text }) => text.split(":"));
}

const SEGMENTS = 6;
const MOST_WAYS = 64;

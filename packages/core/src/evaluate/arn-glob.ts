import { globMatches, QUESTION_MARK, STAR } from "./glob.ts";

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
  let from = 0;
  for (let at = nextWildcard(glob, 0); at < glob.length; at = nextWildcard(glob, from)) {
    const isStar = glob.charCodeAt(at) === STAR;
    const read = glob.slice(from, at);
    const more: typeof ways = [];
    for (const { text, missing } of ways) {
      const upTo = isStar ? missing : Math.min(missing, 1);
      for (let colons = 0; colons <= upTo; colons += 1) {
        const stands = isStar ? `*${":*".repeat(colons)}` : colons === 0 ? "?" : ":";
        more.push({ text: text + read + stands, missing: missing - colons });
      }
    }
    if (more.length > MOST_WAYS) return undefined;
    ways = more;
    from = at + 1;
  }
  return ways.filter(({ missing }) => missing === 0).map(({ text }) => (text + glob.slice(from)).split(":"));
}

function nextWildcard(glob: string, from: number): number {
  let at = from;
  while (at < glob.length && glob.charCodeAt(at) !== STAR && glob.charCodeAt(at) !== QUESTION_MARK) at += 1;
  return at;
}

const SEGMENTS = 6;
const MOST_WAYS = 32;

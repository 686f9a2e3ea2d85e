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

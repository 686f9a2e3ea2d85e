import { sha256 } from "../text/sha256.ts";

/** A notice's id: the same for the same kind and occasion, so that receivers can tell a repetition. */
export function noticeId(kind: string, ...occasion: readonly string[]): string {
  return `kn-${sha256(JSON.stringify([kind, ...occasion])).slice(0, 16)}`;
}

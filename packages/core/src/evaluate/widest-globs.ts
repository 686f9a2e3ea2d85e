import type { Claim } from "./coverage.ts";
import { leastLength } from "./glob.ts";

/** A document's globs, where they are too many to weigh them all. */
export interface SortedGlobs {
  /** Without these a grant could look greater than it is. */
  readonly needed: readonly string[];
  /** Of the others, without which a grant can only look smaller, those that ask for least, widest first. */
  readonly widest: readonly string[];
}

/** What the needed globs and any of the others grant is granted for certain. */
export function widestGlobs(claims: readonly Claim[], count: number): SortedGlobs {
  const widest: { glob: string; least: number }[] = [];
  for (const glob of new Set(claims.filter(givesAtMost).flatMap(globsOf))) {
    const least = leastLength(glob);
    if (widest.length === count && least >= (widest.at(-1)?.least ?? 0)) continue;
    const at = widest.findIndex((other) => least < other.least);
    widest.splice(at === -1 ? widest.length : at, 0, { glob, least });
    if (widest.length > count) widest.pop();
  }
  const needed = claims.filter((claim) => !givesAtMost(claim)).flatMap(globsOf);
  return { needed, widest: widest.map(({ glob }) => glob) };
}

function givesAtMost({ statement }: Claim): boolean {
  return statement.effect === "Allow" && statement.resources.element === "Resource";
}

export function globsOf({ resources }: Claim): readonly string[] {
  return resources.flatMap((pattern) => pattern.globs);
}

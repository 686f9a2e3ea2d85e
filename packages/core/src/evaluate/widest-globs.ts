import type { Claim } from "./coverage.ts";
import { leastLength } from "./glob.ts";

/** Of a document's globs, which are too many to weigh them all, those to begin with. */
export interface WidestGlobs {
  /** Without these a grant could look greater than it is. */
  readonly needed: ReadonlySet<string>;
  /** Of the others, without which a grant can only look smaller, those that ask for least, widest first. */
  readonly widest: readonly string[];
}

/** What the needed globs and any of the others grant is granted for certain. */
export function widestGlobs(
  claims: readonly Claim[],
  globs: ReadonlySet<string>,
  count: number,
): WidestGlobs {
  const needed = globsOf(claims.filter((claim) => !givesAtMost(claim)));
  const widest: { glob: string; least: number }[] = [];
  for (const glob of globs) {
    const least = leastLength(glob);
    if (needed.has(glob) || (widest.length === count && least >= (widest.at(-1)?.least ?? 0))) continue;
    const at = widest.findIndex((other) => least < other.least);
    widest.splice(at === -1 ? widest.length : at, 0, { glob, least });
    if (widest.length > count) widest.pop();
  }
  return { needed, widest: widest.map(({ glob }) => glob) };
}

function givesAtMost({ statement }: Claim): boolean {
  return statement.effect === "Allow" && statement.resources.element === "Resource";
}

/** Every glob that the claims are about, once. */
export function globsOf(claims: readonly Claim[]): ReadonlySet<string> {
  const globs = new Set<string>();
  for (const { resources } of claims) {
    for (const pattern of resources) for (const glob of pattern.globs) globs.add(glob);
  }
  return globs;
}

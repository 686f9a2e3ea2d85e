import type { Claim } from "./coverage.ts";
import { leastLength } from "./glob.ts";

/** Every glob that the claims are about, once. */
export function globsOf(claims: readonly Claim[]): ReadonlySet<string> {
  const globs = new Set<string>();
  for (const { resources } of claims) {
    for (const pattern of resources) for (const glob of pattern.globs) globs.add(glob);
  }
  return globs;
}

/** Those without which a grant could look greater than it is: what is granted by these and any others is certain. */
export function neededGlobs(claims: readonly Claim[]): ReadonlySet<string> {
  return globsOf(
    claims.filter(
      ({ statement }) => statement.effect === "Deny" || statement.resources.element === "NotResource",
    ),
  );
}

/** The needed globs and, of all the others, the one that asks for least. */
export function withWidest(needed: ReadonlySet<string>, globs: ReadonlySet<string>): ReadonlySet<string> {
  const few = new Set(needed);
  let widest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const glob of globs) {
    const asked = leastLength(glob);
    if (asked >= least || needed.has(glob)) continue;
    least = asked;
    widest = glob;
  }
  return widest === undefined ? few : few.add(widest);
}

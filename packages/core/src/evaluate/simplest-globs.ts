import type { Claim } from "./coverage.ts";
import { leastLength } from "./glob.ts";

/**
 * Of globs too many to weigh, those whose absence could make a grant look greater, and the `count` simplest of
 * those whose absence can only make it look smaller. What is granted by these is granted for certain.
 */
export function simplestGlobs(claims: readonly Claim[], count: number): ReadonlySet<string> {
  const needed = claims.filter((claim) => !givesAtMost(claim)).flatMap(globsOf);
  const simplest = [...new Set(claims.filter(givesAtMost).flatMap(globsOf))]
    .map((glob) => ({ glob, wildcards: glob.length - leastLength(glob.replaceAll("?", "*")) }))
    .sort((a, b) => a.wildcards - b.wildcards)
    .slice(0, count);
  return new Set([...needed, ...simplest.map(({ glob }) => glob)]);
}

function givesAtMost({ statement }: Claim): boolean {
  return statement.effect === "Allow" && statement.resources.element === "Resource";
}

export function globsOf({ resources }: Claim): readonly string[] {
  return resources.flatMap((pattern) => pattern.globs);
}

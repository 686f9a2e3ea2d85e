import type { Claim } from "./coverage.ts";
import { QUESTION_MARK, STAR } from "./glob.ts";

/**
 * Of globs too many to weigh, those whose absence could make a grant look greater, and the `count` simplest of
 * those whose absence can only make it look smaller. What is granted by these is granted for certain.
 */
export function simplestGlobs(claims: readonly Claim[], count: number): ReadonlySet<string> {
  const needed = claims.filter((claim) => !givesAtMost(claim)).flatMap(globsOf);
  const simplest = [...new Set(claims.filter(givesAtMost).flatMap(globsOf))]
    .map((glob) => ({ glob, wildcards: wildcardsIn(glob) }))
    .sort((a, b) => a.wildcards - b.wildcards)
    .slice(0, count);
  return new Set([...needed, ...simplest.map(({ glob }) => glob)]);
}

function wildcardsIn(glob: string): number {
  let wildcards = 0;
  for (let at = 0; at < glob.length; at += 1) {
    const code = glob.charCodeAt(at);
    if (code === STAR || code === QUESTION_MARK) wildcards += 1;
  }
  return wildcards;
}

function givesAtMost({ statement }: Claim): boolean {
  return statement.effect === "Allow" && statement.resources.element === "Resource";
}

export function globsOf({ resources }: Claim): readonly string[] {
  return resources.flatMap((pattern) => pattern.globs);
}

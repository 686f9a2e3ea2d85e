import { isAllStars } from "../policy/action-syntax.ts";
import type { Account } from "../policy/policy.ts";
import { foldAscii, hasWildcard, leastLength } from "./glob.ts";

/**
 * One written resource pattern as the globs it may mean.
 *
 * Where AWS's documents leave two readings (a `*` at the end of a segment of a short ARN may or may not run over
 * colons), there is a glob for each: an Allow covers where one of them matches and a Deny where all do, so that doubt
 * is spoken about and never hides a grant.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export interface ResourcePattern {
  /** `*`, `**`: the only thing that covers actions which take no resource. */
  readonly isEverything: boolean;
  /** Globs over a whole ARN. Empty where the pattern can match nothing of the service here. */
  readonly globs: readonly string[];
  /** False where not even all globs together make a match certain: the pattern has a policy variable. */
  readonly isCertain: boolean;
}

const EVERYTHING: ResourcePattern = { isEverything: true, globs: [], isCertain: true };
const NOTHING: ResourcePattern = { isEverything: false, globs: [], isCertain: true };

/** Reads one written pattern; `version` is the document's, since variables work in 2012-10-17 only. */
export function resourcePattern(
  written: string,
  version: string,
  account: Account,
  prefix: string,
): ResourcePattern {
  if (isAllStars(written)) return EVERYTHING;
  if (!mayNameService(written, `arn:${account.partition}:${prefix}:`)) return NOTHING;
  if (!written.includes("${")) return { isEverything: false, globs: globsOf(written), isCertain: true };
  if (version !== "2012-10-17") return NOTHING;
  const resolved = resolveVariables(written, account);
  return { isEverything: false, globs: resolved === undefined ? [] : globsOf(resolved), isCertain: false };
}

/** Key ARNs are at most 100 characters long, alias ARNs 310. */
const LONGEST_ARN = 310;

/** False where the literal beginning of a pattern is not how the service's ARNs begin. */
function mayNameService(written: string, beginning: string): boolean {
  const [literal = ""] = written.split(/\*|\$\{/, 1);
  return [...literal.slice(0, beginning.length)].every(
    (character, at) => character === "?" || character === beginning[at],
  );
}

/** The pattern read as one glob and, where it has fewer than six segments, also filled up with `*`. */
function globsOf(written: string): readonly string[] {
  const glob = written.replace(/\*{2,}/g, "*");
  if (leastLength(glob) > LONGEST_ARN) return [];
  const missing = 6 - glob.split(":").length;
  return missing <= 0 ? [glob] : [glob, glob + ":*".repeat(missing)];
}

/**
 * The pattern with what its variables stand for where that is known: those that are the same for every request on a
 * key, and the default values of the others, which hold for a caller without the tag or attribute. `undefined` where
 * one has no known value: then the pattern matches nothing for certain.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function resolveVariables(written: string, account: Account): string | undefined {
  const [beginning = "", ...parts] = written.split("${");
  let resolved = beginning;
  for (const part of parts) {
    const end = part.indexOf("}");
    const value = end === -1 ? undefined : knownValue(part.slice(0, end), account);
    if (value === undefined) return undefined;
    resolved += value + part.slice(end + 1);
  }
  return resolved;
}

function knownValue(variable: string, account: Account): string | undefined {
  const [key = "", ...more] = variable.split(",");
  const name = foldAscii(key.trim());
  if (name === "aws:principalaccount" || name === "kms:calleraccount") return account.id;
  if (name === "aws:resourceaccount" || name === "aws:requestedregion") return "*";
  const fallback = more.join(",").trim();
  return fallback.length >= 2 && fallback.startsWith("'") && fallback.endsWith("'")
    ? fallback.slice(1, -1)
    : undefined;
}

/** True where the last segment names one resource: no wildcard in it. */
export function namesOneResource(glob: string): boolean {
  const segments = glob.split(":");
  return segments.length === 6 && !hasWildcard(segments[5] ?? "");
}

import { isAllStars } from "../policy/action-syntax.ts";
import type { Account } from "../policy/policy.ts";
import type { GuardedService } from "../services/service.ts";
import { foldAscii, hasWildcard, leastLength, mayStartLike } from "./glob.ts";

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
  service: GuardedService,
): ResourcePattern {
  if (isAllStars(written)) return EVERYTHING;
  const hasVariable = written.includes("${");
  const beginning = written.replace(/\$\{.*/s, "*");
  if (!mayStartLike(beginning, `arn:${account.partition}:${service.prefix}:`)) return NOTHING;
  if (!hasVariable) return { isEverything: false, globs: globsOf(written, service), isCertain: true };
  if (version !== "2012-10-17") return NOTHING;
  const resolved = resolveVariables(written, account, service);
  return {
    isEverything: false,
    globs: resolved === undefined ? [] : globsOf(resolved, service),
    isCertain: false,
  };
}

/** An ARN has six segments, the last of which may have colons of its own. */
const SEGMENTS = 6;

/** The pattern read as one glob and, where it has fewer than six segments, also filled up with `*`. */
function globsOf(written: string, { longestArn }: GuardedService): readonly string[] {
  const glob = written.replace(/\*{2,}/g, "*");
  if (leastLength(glob) > longestArn) return [];
  const missing = SEGMENTS - glob.split(":").length;
  return missing <= 0 ? [glob] : [glob, glob + ":*".repeat(missing)];
}

/**
 * The pattern with the values of its variables where they are known: those that are the same for every request on a
 * resource, and the default values of the others, which count for a caller without the tag or attribute. `undefined`
 * where one has no known value: then the pattern matches nothing for certain.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function resolveVariables(written: string, account: Account, service: GuardedService): string | undefined {
  const [beginning = "", ...parts] = written.split("${");
  let resolved = beginning;
  for (const part of parts) {
    const end = part.indexOf("}");
    const value = end === -1 ? undefined : knownValue(part.slice(0, end), account, service);
    if (value === undefined) return undefined;
    resolved += value + part.slice(end + 1);
  }
  return resolved;
}

function knownValue(variable: string, account: Account, service: GuardedService): string | undefined {
  const [key = "", ...more] = variable.split(",");
  const name = foldAscii(key.trim());
  if (name === "aws:principalaccount" || service.conditionKeys.callerAccount.includes(name))
    return account.id;
  if (name === "aws:resourceaccount" || name === "aws:requestedregion") return "*";
  const fallback = more.join(",").trim();
  return fallback.length >= 2 && fallback.startsWith("'") && fallback.endsWith("'")
    ? fallback.slice(1, -1)
    : undefined;
}

/** How many segments the ARNs of the guarded resource have, divided at every colon. */
function segmentsOf({ resource }: GuardedService): number {
  return SEGMENTS + resource.prefix.split(":").length - 1;
}

/** The part of an ARN, or of a glob over one, after the account. */
export function resourcePart(segments: readonly string[]): string {
  return segments.slice(SEGMENTS - 1).join(":");
}

/** True where a glob names one resource, of whatever account and Region: no wildcard after the account. */
export function namesOneResource(glob: string, service: GuardedService): boolean {
  const segments = glob.split(":");
  return segments.length === segmentsOf(service) && !hasWildcard(resourcePart(segments));
}

/**
 * The ways in which a glob can match the ARN of a guarded resource, each as a glob for every segment. A glob with
 * fewer colons has its wildcards match the others: `arn:aws:kms:*` is `arn:aws:kms:*:*:*` and nothing else. `undefined`
 * where there are too many ways.
 */
export function alignments(
  glob: string,
  service: GuardedService,
): readonly (readonly string[])[] | undefined {
  const wanted = segmentsOf(service);
  const written = glob.split(":");
  if (written.length >= wanted) return written.length === wanted ? [written] : [];
  let ways = [{ text: "", missing: wanted - written.length }];
  let from = 0;
  for (const { 0: wildcard, index } of glob.matchAll(/[*?]/g)) {
    const literal = glob.slice(from, index);
    const more: typeof ways = [];
    for (const { text, missing } of ways) {
      const most = wildcard === "*" ? missing : Math.min(missing, 1);
      for (let colons = 0; colons <= most; colons += 1) {
        const read = wildcard === "*" ? `*${":*".repeat(colons)}` : colons === 0 ? "?" : ":";
        more.push({ text: text + literal + read, missing: missing - colons });
      }
    }
    if (more.length > MOST_WAYS) return undefined;
    ways = more;
    from = index + 1;
  }
  return ways.filter(({ missing }) => missing === 0).map(({ text }) => (text + glob.slice(from)).split(":"));
}

const MOST_WAYS = 32;

import { isAllStars } from "../policy/action-syntax.ts";
import type { Account } from "../policy/policy.ts";
import { leastLength } from "./glob.ts";

/**
 * One written resource pattern as the globs it may mean.
 *
 * Where AWS's documents leave two readings (a `*` at the end of a segment of a short ARN may or may not run over
 * colons), `lenient` holds when either does and `strict` when both do: an Allow is read leniently and a Deny
 * strictly, so that doubt is spoken about and never hides a grant.
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
  if (written.length > LONGEST_ARN && leastLength(written) > LONGEST_ARN) return NOTHING;
  if (!written.includes("${")) return { isEverything: false, globs: globsOf(written), isCertain: true };
  if (version !== "2012-10-17") return NOTHING;
  const resolved = withKnownVariables(written, account);
  return { isEverything: false, globs: resolved.includes("${") ? [] : globsOf(resolved), isCertain: false };
}

/** Key ARNs are at most 100 characters long, alias ARNs 310. */
const LONGEST_ARN = 310;

/** False where the literal beginning of a pattern is not how the service's ARNs begin. */
function mayNameService(written: string, beginning: string): boolean {
  const length = Math.min(written.length, beginning.length);
  for (let at = 0; at < length; at += 1) {
    const code = written.charCodeAt(at);
    if (code === 42) return true;
    if (code !== 63 && code !== beginning.charCodeAt(at)) return false;
  }
  return true;
}

/** The pattern read as one glob and, where it has fewer than six segments, also filled up with `*`. */
function globsOf(written: string): readonly string[] {
  let colons = 0;
  for (let at = written.indexOf(":"); at !== -1; at = written.indexOf(":", at + 1)) colons += 1;
  return colons >= 5 ? [written] : [written, written + ":*".repeat(5 - colons)];
}

/** Variables that are the same for every request on a key: the caller's account, the key's account and Region. */
function withKnownVariables(written: string, account: Account): string {
  return written
    .replaceAll("${aws:PrincipalAccount}", account.id)
    .replaceAll("${aws:ResourceAccount}", "*")
    .replaceAll("${aws:RequestedRegion}", "*");
}

/** True where the last segment names one resource: no wildcard in it. */
export function namesOneResource(glob: string): boolean {
  const last = glob.slice(glob.lastIndexOf(":") + 1);
  return glob.split(":", 7).length === 6 && !last.includes("*") && !last.includes("?");
}

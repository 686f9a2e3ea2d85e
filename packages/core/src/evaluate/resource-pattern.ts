import type { Account } from "../policy/policy.ts";
import type { GuardedService } from "../services/service.ts";
import { foldAscii, hasWildcard, isAllStars, leastLength, mayStartLike } from "../text/glob.ts";
import type { Steps } from "./glob-automaton.ts";

/**
 * One written resource pattern as the globs it may mean.
 *
 * Where its meaning is in doubt there are two readings, a narrow and a wide one: a `*` at the end of a segment of a
 * short ARN may or may not run over colons; a variable before the fifth colon may be plain text to IAM. The pattern
 * matches for certain where all of its globs do, and perhaps where one does.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export interface ResourcePattern {
  /** `*`, `**`: the only thing that covers actions which take no resource. */
  readonly isEverything: boolean;
  /** Globs over a whole ARN. Empty where the pattern can match nothing of the service here. */
  readonly globs: readonly string[];
  /** Why not even all globs together make a match certain, as the end of a sentence about the pattern. */
  readonly doubt?: string;
}

const EVERYTHING: ResourcePattern = { isEverything: true, globs: [] };
const NOTHING: ResourcePattern = { isEverything: false, globs: [] };

/** Reads one written pattern; `version` is the document's, since variables work in 2012-10-17 only. */
export function resourcePattern(
  written: string,
  version: string,
  account: Account,
  service: GuardedService,
): ResourcePattern {
  if (isAllStars(written)) return EVERYTHING;
  const { text, doubt } = filledIn(written, version, account, service);
  if (text === undefined) return NOTHING;
  if (!mayStartLike(text, `arn:${account.partition}:${service.prefix}:`)) return NOTHING;
  return { isEverything: false, globs: globsOf(text, service), ...(doubt !== undefined && { doubt }) };
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

/** A pattern with values in the places of its variables and placeholders. */
interface FilledIn {
  /** `undefined` where it matches no ARN for certain: a variable after the fifth colon is one name, if any. */
  readonly text?: string | undefined;
  readonly doubt?: string | undefined;
}

/**
 * A pattern with the widest values that its variables and placeholders can have. IAM replaces variables after the fifth
 * colon of an ARN; before it they may be plain text.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function filledIn(written: string, version: string, account: Account, service: GuardedService): FilledIn {
  const parts = written.split(VARIABLES_AND_PLACEHOLDERS);
  let text = "";
  let doubt: string | undefined;
  for (const [index, part] of parts.entries()) {
    const isHead = text.split(":").length < SEGMENTS;
    if (index % 2 === 0) {
      text += part;
    } else if (!isVariable(part)) {
      if (!isHead) return {};
      text += "*";
      doubt ??= `has the placeholder \`${part}\`, which is to be replaced by a value`;
    } else if (version !== VERSION_WITH_VARIABLES) {
      return {};
    } else if (isHead) {
      text += valueOfVariable(part, account, service)?.text ?? "*";
      doubt ??= `has the variable \`${part}\` before the fifth colon, where IAM may take it for plain text`;
    } else {
      const value = valueOfVariable(part, account, service);
      if (value === undefined || hasWildcard(value.text)) return {};
      text += value.text;
      if (value.isDefault) doubt ??= `is the default of \`${part}\`, for principals without that value only`;
    }
  }
  const replaced = withoutPlaceholders(text);
  return { text: replaced.text, doubt: doubt ?? replaced.doubt };
}

/** Policies of an older Version have no variables: `${` is plain text in them. */
const VERSION_WITH_VARIABLES = "2012-10-17";

/** `${aws:username}` of IAM, and what templates write: `${AWS::AccountId}`, `${account_id}`, `<account>`, `{{ }}`. */
const VARIABLES_AND_PLACEHOLDERS = /(\$\{[^{}]*\}|<[^<>]*>|\{\{.*?\}\})/;

function isVariable(part: string): boolean {
  return /^\$\{\s*(?:[A-Za-z0-9.-]+:(?!:)|[*?$]\s*\})/.test(part);
}

function valueOfVariable(
  variable: string,
  account: Account,
  service: GuardedService,
): { readonly text: string; readonly isDefault?: boolean } | undefined {
  const [key = "", ...more] = variable.slice(2, -1).split(",");
  const name = foldAscii(key.trim());
  if (name === "aws:principalaccount" || service.conditionKeys.callerAccount.includes(name))
    return { text: account.id };
  const fallback = more.join(",").trim();
  return fallback.length >= 2 && fallback.startsWith("'") && fallback.endsWith("'")
    ? { text: fallback.slice(1, -1), isDefault: true }
    : undefined;
}

/** A pattern whose account or Region no ARN has (`ACCOUNT_ID`, `REGION`): somebody is to replace them. */
function withoutPlaceholders(text: string): FilledIn {
  const segments = text.split(":");
  const [arn, partition, service, region = "", account = "", ...resource] = segments;
  if (resource.length === 0) return { text };
  const isAccount = account === "aws" || !/[^0-9*?]/.test(account);
  const isRegion = !/[^a-z0-9*?-]/.test(region);
  if (isAccount && isRegion) return { text };
  return {
    text: [arn, partition, service, isRegion ? region : "*", isAccount ? account : "*", ...resource].join(
      ":",
    ),
    doubt: isAccount ? `has \`${region}\`, which is no Region` : `has \`${account}\`, which is no account id`,
  };
}

/** How many segments the ARNs of the guarded resource have, divided at every colon. */
export function segmentsOf({ resource }: GuardedService): number {
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
 * where the steps are used up.
 */
export function alignments(
  glob: string,
  service: GuardedService,
  steps: Steps,
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
    if (!steps.take(more.length * STEPS_A_WAY)) return undefined;
    ways = more;
    from = index + 1;
  }
  return ways.filter(({ missing }) => missing === 0).map(({ text }) => (text + glob.slice(from)).split(":"));
}

const STEPS_A_WAY = 5;

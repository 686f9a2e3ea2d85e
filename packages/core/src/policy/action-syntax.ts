/**
 * What IAM would say against an action pattern: it takes `*` alone, or a service prefix without wildcards, one
 * colon, and a name. `undefined` where there is nothing to say. Remembers the last sound prefix, since the patterns
 * of a list mostly share it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export class ActionSyntax {
  #soundPrefix = "sts:";

  complaint(pattern: string): string | undefined {
    if (pattern.startsWith(this.#soundPrefix)) {
      return pattern.indexOf(":", this.#soundPrefix.length) === -1 ? undefined : TWO_COLONS;
    }
    const colon = pattern.indexOf(":");
    if (colon === -1) {
      return isAllStars(pattern)
        ? undefined
        : "has no service prefix: an action is written `service:Name`, or `*`";
    }
    if (colon === 0) return "has no service prefix before its colon";
    if (pattern.indexOf(":", colon + 1) !== -1) return TWO_COLONS;
    const prefix = pattern.slice(0, colon);
    if (hasWildcardLike(prefix)) {
      // `*:*` is doubtful spelling, but nobody can mistake what is meant.
      const isEverything = isAllStars(prefix) && isAllStars(pattern.slice(colon + 1));
      return isEverything ? undefined : "has a wildcard in its service prefix, which IAM does not take";
    }
    this.#soundPrefix = `${prefix}:`;
    return undefined;
  }
}

const TWO_COLONS = "has more than one colon";

function hasWildcardLike(prefix: string): boolean {
  for (const character of prefix) if (WILDCARD_LIKE.includes(character)) return true;
  return false;
}

const WILDCARD_LIKE = "*?[](){}|";

/** True for `*`, `**`, …: they match everything. */
export function isAllStars(pattern: string): boolean {
  if (pattern === "*") return true;
  for (let at = 0; at < pattern.length; at += 1) if (pattern.charCodeAt(at) !== 42) return false;
  return pattern !== "";
}

/**
 * What IAM would say against an action pattern: it takes `*` alone, or a service prefix without wildcards, one
 * colon, and a name. `undefined` where there is nothing to say.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function actionComplaint(pattern: string): string | undefined {
  const colon = pattern.indexOf(":");
  const prefix = pattern.slice(0, Math.max(colon, 0));
  if (colon === -1) {
    return isAllStars(pattern)
      ? undefined
      : "has no service prefix: an action is written `service:Name`, or `*`";
  }
  if (colon === 0) return "has no service prefix before its colon";
  if (pattern.indexOf(":", colon + 1) !== -1) return "has more than one colon";
  // `*:*` is doubtful spelling, but nobody can mistake what is meant.
  if (isAllStars(prefix) && isAllStars(pattern.slice(colon + 1))) return undefined;
  // What IAM or its readers might take for a wildcard.
  if (!/[*?[\](){}|]/.test(prefix)) return undefined;
  return "has a wildcard in its service prefix, which IAM does not take";
}

/** True for `*`, `**`, …: they match everything. */
export function isAllStars(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}

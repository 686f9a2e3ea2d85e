/**
 * What IAM would say against an action pattern: it takes `*` alone, or a service prefix without wildcards, one
 * colon, and a name. `undefined` where there is nothing to say.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function actionComplaint(pattern: string): string | undefined {
  const [prefix = "", name, ...more] = pattern.split(":");
  if (name === undefined) {
    return isAllStars(pattern)
      ? undefined
      : "has no service prefix: an action is written `service:Name`, or `*`";
  }
  if (prefix === "") return "has no service prefix before its colon";
  if (more.length > 0) return "has more than one colon";
  // What IAM or its readers might take for a wildcard. `*:*` is doubtful spelling, but nobody can mistake what is meant.
  if (!/[*?[\](){}|]/.test(prefix) || (isAllStars(prefix) && isAllStars(name))) return undefined;
  return "has a wildcard in its service prefix, which IAM does not take";
}

/** True for `*`, `**`, …: they match everything. */
export function isAllStars(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}

/**
 * What IAM would say against an action pattern: it takes `*` alone, or a service prefix without wildcards, one
 * colon, and a name. `undefined` where there is nothing to say.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function actionComplaint(pattern: string): string | undefined {
  let colon = 0;
  let wildcards = 0;
  for (; colon < pattern.length; colon += 1) {
    const code = pattern.charCodeAt(colon);
    if (code === COLON) break;
    wildcards |= WILDCARD_LIKE[code] ?? 0;
  }
  if (colon === pattern.length) {
    return isAllStars(pattern)
      ? undefined
      : "has no service prefix: an action is written `service:Name`, or `*`";
  }
  if (colon === 0) return "has no service prefix before its colon";
  if (pattern.indexOf(":", colon + 1) !== -1) return "has more than one colon";
  // `*:*` is doubtful spelling, but nobody can mistake what is meant.
  if (wildcards === 0 || (isAllStars(pattern.slice(0, colon)) && isAllStars(pattern.slice(colon + 1))))
    return undefined;
  return "has a wildcard in its service prefix, which IAM does not take";
}

const COLON = 58;

/** 1 for what IAM or its readers might take for a wildcard. Numbers, since this is asked of every action there is. */
const WILDCARD_LIKE = Uint8Array.from({ length: 128 }, (_, code) =>
  "*?[](){}|".includes(String.fromCharCode(code)) ? 1 : 0,
);

/** True for `*`, `**`, …: they match everything. */
export function isAllStars(pattern: string): boolean {
  if (pattern === "*") return true;
  for (let at = 0; at < pattern.length; at += 1) if (pattern.charCodeAt(at) !== 42) return false;
  return pattern !== "";
}

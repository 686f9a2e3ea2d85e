import { type Attachment, PRINCIPAL_TYPES, type PrincipalName } from "../policy/policy.ts";
import { arnName, parseArn } from "./arn.ts";

/**
 * True where both name the same user, role or group. IAM's names are unique in an account whatever their case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function isSamePrincipal(one: PrincipalName, other: PrincipalName): boolean {
  return principalKey(one) === principalKey(other);
}

/** The same text for the same principal. */
export function principalKey({ type, name }: PrincipalName): string {
  return `${type}/${name.toLowerCase()}`;
}

/** `role/Name`, `user/Name` or `group/Name`: a friendly name, without path; `undefined` for anything else. */
export function parsePrincipalName(text: string): PrincipalName | undefined {
  const [, given, name] = /^([a-z]+)\/([\w+=,.@-]{1,128})$/.exec(text) ?? [];
  const type = PRINCIPAL_TYPES.find((each) => each === given);
  return type === undefined || name === undefined ? undefined : { type, name };
}

/** True for a principal that the guard must never change: one that the configuration names, or a role of its own. */
export function isProtected(
  attachment: Attachment,
  settings: { readonly protectedPrincipals: readonly string[]; readonly ownRoleArns: readonly string[] },
): boolean {
  return [...settings.protectedPrincipals, ...settings.ownRoleArns].some((entry) => names(entry, attachment));
}

/**
 * An ARN is compared whole, in any case, since IAM's names are the same in any; with an attachment whose ARN is not
 * known, its type and name are. A path before a name does not matter: the name alone is unique.
 */
function names(entry: string, attachment: Attachment): boolean {
  const arn = parseArn(entry);
  if (arn !== undefined && attachment.arn !== undefined)
    return entry.toLowerCase() === attachment.arn.toLowerCase();
  const resource = arn?.resource ?? entry;
  return (
    resource.startsWith(`${attachment.type}/`) &&
    isSamePrincipal({ type: attachment.type, name: arnName(resource) }, attachment)
  );
}

import {
  type Attachment,
  type CombinedPolicies,
  type Policy,
  PRINCIPAL_TYPES,
  type PrincipalName,
} from "../policy/policy.ts";
import { arnName, parseArn } from "./arn.ts";

/**
 * True where both have the same name and, where both have one, the same unique id: a role created again under an old name
 * is another principal. So is a user that was renamed, because IAM's calls go by names.
 * IAM's names are unique in an account whatever their case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function isSamePrincipal(one: PrincipalName, other: PrincipalName): boolean {
  const isOtherId = one.id !== undefined && other.id !== undefined && one.id !== other.id;
  return !isOtherId && principalKey(one) === principalKey(other);
}

/** The principals that have the policy; of policies judged together, the one that has them all. */
export function attachmentsOf(policy: Policy | CombinedPolicies): readonly Attachment[] {
  return "attachments" in policy ? policy.attachments : [policy.principal];
}

/** Finds a principal among these, without a comparison with each of them: a policy may have thousands. */
export function principalIndex<T extends PrincipalName>(
  principals: readonly T[],
): (principal: PrincipalName) => T | undefined {
  const byKey = Map.groupBy(principals, principalKey);
  return (principal) =>
    byKey.get(principalKey(principal))?.find((other) => isSamePrincipal(other, principal));
}

/** Answers whether a principal is one of these. */
export function amongPrincipals(principals: readonly PrincipalName[]): (principal: PrincipalName) => boolean {
  const find = principalIndex(principals);
  return (principal) => find(principal) !== undefined;
}

/** The same text for the same name. */
export function principalKey({ type, name }: PrincipalName): string {
  return `${type}/${name.toLowerCase()}`;
}

/** The same text for the same principal, as far as it is known: one that was created again has another id. */
export function principalIdentity(principal: PrincipalName): string {
  return `${principalKey(principal)}#${principal.id ?? ""}`;
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

/** A role that only AWS can change: any other write fails with `UnmodifiableEntity`. */
export type ReservedRole =
  | { readonly kind: "identity-center"; readonly permissionSet?: string }
  | { readonly kind: "service-linked" };

/**
 * Recognizes the roles of IAM Identity Center and service-linked roles; `undefined` for any other principal. Where the
 * ARN is known its path decides, since anybody can give a role such a name; without an ARN the name decides.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
 */
export function reservedRole(attachment: Attachment): ReservedRole | undefined {
  if (attachment.type !== "role") return undefined;
  if (isUnder(attachment, "aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_")) {
    const permissionSet = permissionSetOf(attachment.name);
    return { kind: "identity-center", ...(permissionSet !== undefined && { permissionSet }) };
  }
  if (isUnder(attachment, "aws-service-role/", "AWSServiceRoleFor")) return { kind: "service-linked" };
  return undefined;
}

function isUnder({ arn, name }: Attachment, path: string, prefix: string): boolean {
  if (arn === undefined) return name.startsWith(prefix);
  return parseArn(arn)?.resource.startsWith(`role/${path}`) ?? false;
}

/** The set in `AWSReservedSSO_<set>_<16 hex digits>`. */
function permissionSetOf(name: string): string | undefined {
  return /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(name)?.[1];
}

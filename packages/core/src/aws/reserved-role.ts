import type { Attachment } from "../policy/policy.ts";
import { parseArn } from "./arn.ts";

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

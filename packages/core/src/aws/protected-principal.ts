import type { GuardSettings } from "../containment/guard-settings.ts";
import type { Attachment } from "../policy/policy.ts";
import { isSamePrincipal } from "./principal.ts";

/** True for a principal that the guard must never touch: one that its owner named, or a role of its own. */
export function isProtected(
  attachment: Attachment,
  settings: Pick<GuardSettings, "protectedPrincipals" | "ownRoleArns">,
): boolean {
  return [...settings.protectedPrincipals, ...settings.ownRoleArns].some((entry) => names(entry, attachment));
}

/**
 * An ARN is compared whole, in any case, since IAM's names are the same in any; with an attachment whose ARN is not
 * known, its type and name are. A path before a name does not matter: the name alone is unique.
 */
function names(entry: string, attachment: Attachment): boolean {
  const isArn = entry.startsWith("arn:");
  if (isArn && attachment.arn !== undefined) return entry.toLowerCase() === attachment.arn.toLowerCase();
  const resource = isArn ? entry.split(":").slice(5).join(":") : entry;
  const type = resource.slice(0, resource.indexOf("/"));
  const name = resource.slice(resource.lastIndexOf("/") + 1);
  return type === attachment.type && isSamePrincipal({ type: attachment.type, name }, attachment);
}

import { reservedRole } from "@kms-guard/core/aws/principal.ts";
import type { Attachment, Policy } from "@kms-guard/core/policy/policy.ts";
import type { PolicyReader } from "../ports.ts";

/** A policy with its reserved-looking roles' ARNs, and why one could not be read. */
interface WithPaths {
  readonly policy: Policy;
  readonly unread?: unknown;
}

/**
 * The policy with the ARN of every role whose name looks like one that only AWS can change. A customer's role may have
 * such a name too; its path decides. No other role is read: a containment waits.
 */
export async function withReservedRoles(
  policies: Pick<PolicyReader, "principalDetails">,
  policy: Policy,
): Promise<WithPaths> {
  let unread: unknown;
  async function withPath(attachment: Attachment): Promise<Attachment> {
    if (attachment.arn !== undefined || reservedRole(attachment) === undefined) return attachment;
    try {
      const { arn } = (await policies.principalDetails(attachment)) ?? {};
      return arn === undefined ? attachment : { ...attachment, arn };
    } catch (error) {
      unread = error;
      return attachment;
    }
  }
  const known =
    policy.kind === "inline"
      ? { ...policy, principal: await withPath(policy.principal) }
      : { ...policy, attachments: await Promise.all(policy.attachments.map(withPath)) };
  return { policy: known, ...(unread !== undefined && { unread }) };
}

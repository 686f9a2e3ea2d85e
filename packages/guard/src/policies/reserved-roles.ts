import { reservedRole } from "@kms-guard/core/aws/reserved-role.ts";
import type { Attachment, Policy } from "@kms-guard/core/policy/policy.ts";
import type { PolicyReader } from "../ports.ts";

/** A policy with what its roles' paths tell, and why one could not be read. */
interface Pathed {
  readonly policy: Policy;
  readonly unread?: unknown;
}

/**
 * The policy with the ARN of every role whose name, which is all that is known of it, is like those that only AWS can
 * change. Anyone may call a role of their own so, and the path tells. Nobody else is asked about: a containment waits.
 */
export async function withReservedRoles(
  policies: Pick<PolicyReader, "principalDetails">,
  policy: Policy,
): Promise<Pathed> {
  let unread: unknown;
  async function pathed(holder: Attachment): Promise<Attachment> {
    if (holder.arn !== undefined || reservedRole(holder) === undefined) return holder;
    try {
      const { arn } = (await policies.principalDetails(holder)) ?? {};
      return arn === undefined ? holder : { ...holder, arn };
    } catch (error) {
      unread = error;
      return holder;
    }
  }
  const known =
    policy.kind === "inline"
      ? { ...policy, principal: await pathed(policy.principal) }
      : { ...policy, attachments: await Promise.all(policy.attachments.map(pathed)) };
  return { policy: known, ...(unread !== undefined && { unread }) };
}

import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { sha256 } from "@kms-guard/core/text/hash.ts";
import type { PolicyReader } from "@kms-guard/guard/ports.ts";

/**
 * What became of a managed policy since its finding, where that changes what a restore comes to: it is gone, or its
 * text is another one, which the restore's exemption does not cover.
 */
export async function policySince(
  policies: Pick<PolicyReader, "managedPolicy">,
  { policy }: Finding,
): Promise<readonly string[]> {
  if (policy.arn === undefined) return [];
  const now = await policies.managedPolicy(policy.arn);
  if (now === undefined) return [`policy ${policy.arn} is no longer there, so it cannot be attached`];
  if (sha256(now.document) === policy.documentSha256) return [];
  return [
    `policy ${policy.name} has another text since (${now.versionId}): the exemption does not cover that one, ` +
      "and the guard judges it as soon as it is attached",
  ];
}

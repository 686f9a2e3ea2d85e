import { sha256 } from "@kms-guard/core/text/hash.ts";
import type { PolicyReader, StoredVersion } from "../ports.ts";

/** The newest stored version of a managed policy whose text has this SHA-256; `undefined` if none has. */
export async function versionWith(
  policies: Pick<PolicyReader, "policyVersionIds" | "policyVersion">,
  arn: string,
  textSha256: string,
): Promise<StoredVersion | undefined> {
  for (const versionId of (await policies.policyVersionIds(arn)) ?? []) {
    const document = await policies.policyVersion(arn, versionId);
    if (document !== undefined && sha256(document) === textSha256) return { versionId, document };
  }
  return undefined;
}

/** 3 for `v3`: IAM never uses a number twice. */
export function versionNumber(versionId: string): number {
  return Number.parseInt(versionId.slice(1), 10);
}

import type { Finding, FindingAttachment } from "./finding.ts";

/** The principals that have the policy, as far as the finding knows. */
export function remainingPrincipals({ attachments }: Finding): readonly FindingAttachment[] {
  return attachments.filter(({ state }) => state !== "contained" && state !== "gone");
}

/** The principals that no longer have it: contained, or gone. */
export function removedPrincipals({ attachments }: Finding): readonly FindingAttachment[] {
  return attachments.filter(({ state }) => state === "contained" || state === "gone");
}

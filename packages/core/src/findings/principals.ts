import { isSamePrincipal } from "../aws/principal.ts";
import type { Finding, FindingAttachment } from "./finding.ts";

/** Who still holds the policy, as far as the finding's own steps tell: all, less those it was taken from. */
export function remainingPrincipals({ attachments, containment }: Finding): readonly FindingAttachment[] {
  const gone = (containment?.steps ?? []).filter(
    ({ outcome }) => outcome === "done" || outcome === "already",
  );
  return attachments.filter(
    (attachment) => !gone.some(({ target }) => isSamePrincipal(target.principal, attachment)),
  );
}

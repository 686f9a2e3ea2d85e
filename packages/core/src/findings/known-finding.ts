import { amongPrincipals } from "../aws/principal.ts";
import type { Finding } from "./finding.ts";
import { remainingPrincipals } from "./principals.ts";

/**
 * True if `earlier` already reports what `found` would: the same text, and no principal that is new. That a text is
 * attached to nobody was reported by every finding of it, also by a resolved one.
 */
export function alreadyReports(earlier: Finding, found: Finding): boolean {
  const isKnown = amongPrincipals(remainingPrincipals(earlier));
  return (
    earlier.policy.documentSha256 === found.policy.documentSha256 &&
    (earlier.notInForce === undefined) === (found.notInForce === undefined) &&
    found.attachments.every(isKnown)
  );
}

import { principalKey } from "../aws/principal.ts";
import type { PrincipalName } from "../policy/policy.ts";
import type { Finding } from "./finding.ts";

/**
 * True where people were told by `earlier` of what `found` would tell: the same text of the same policy, held by
 * nobody who is new. That nobody holds it is no news after any finding of that text, even one that is over.
 */
export function alreadyReports(earlier: Finding, found: Finding): boolean {
  const known = new Set(left(earlier).map(principalKey));
  return (
    earlier.policy.documentSha256 === found.policy.documentSha256 &&
    (earlier.notInForce === undefined) === (found.notInForce === undefined) &&
    (found.attachments.length === 0 || earlier.status !== "resolved") &&
    found.attachments.every((holder) => known.has(principalKey(holder)))
  );
}

/** Who held it when the finding ended. */
function left({ status, attachments, containment }: Finding): readonly PrincipalName[] {
  if (status === "restored") return attachments;
  const taken = (containment?.steps ?? []).flatMap(({ outcome, target }) =>
    outcome === "done" || outcome === "already" ? [principalKey(target.principal)] : [],
  );
  const gone = new Set(taken);
  return attachments.filter((holder) => !gone.has(principalKey(holder)));
}

import { arnPath } from "@kms-guard/core/aws/arn.ts";
import type { Problem } from "@kms-guard/core/policy/document.ts";
import { readDetailsPage } from "../iam/details-page.ts";
import { storeVersion } from "./account-state.ts";
import type { IamModel } from "./iam-model.ts";
import { attach, join, seenPolicy, seenPrincipal } from "./seen.ts";

/**
 * Adds one page of GetAccountAuthorizationDetails to the model; pages come in any order, and what one refers to may be
 * on another. Answers what could not be read; the rest is there.
 */
export function loadAuthorizationDetails(iam: IamModel, details: unknown): readonly Problem[] {
  const { principals, policies, problems } = readDetailsPage(details);
  for (const { principal: who, managedArns, inline, boundaryArn, groups } of principals) {
    const principal = seenPrincipal(iam, who);
    principal.path = who.arn === undefined ? principal.path : arnPath(who.arn);
    principal.id = who.id ?? principal.id;
    for (const arn of managedArns) attach(principal, seenPolicy(iam, arn));
    for (const { name, document } of inline) principal.inline.set(name, document);
    for (const name of groups) join(seenPrincipal(iam, { type: "group", name }), principal);
    if (boundaryArn !== undefined) iam.bound(principal, seenPolicy(iam, boundaryArn));
  }
  for (const { arn, defaultVersionId, versions } of policies) {
    const policy = seenPolicy(iam, arn);
    policy.versions.clear();
    for (const { versionId, document } of versions) storeVersion(policy, versionId, document);
    policy.defaultVersionId = defaultVersionId;
  }
  return problems;
}

import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { PolicyAttachments } from "@kms-guard/guard/ports.ts";
import type { Iam } from "./connection.ts";
import { attachedPolicyArns, boundaryArn, PAGE_SIZE } from "./principal-policies.ts";
import { everyPage, promised } from "./reading.ts";

/**
 * Who holds a managed policy, as permissions and as a boundary; `undefined` where there is no such policy.
 *
 * To take a boundary for an attachment would end in widening what its principal may do, so the two uses are asked
 * for apart, and a principal that is in both answers (rare on AWS, where a policy may be both; always so on an endpoint that
 * ignores the filter) is asked what it has.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
 */
export async function policyUses(iam: Iam, policyArn: string): Promise<PolicyAttachments | undefined> {
  const [permitted, bounded] = await Promise.all([
    entitiesForPolicy(iam, policyArn, "PermissionsPolicy"),
    entitiesForPolicy(iam, policyArn, "PermissionsBoundary"),
  ]);
  if (permitted === undefined || bounded === undefined) return undefined;

  const permittedKeys = new Set(permitted.map(keyOf));
  const boundedKeys = new Set(bounded.map(keyOf));
  const isAttached = async (principal: PrincipalName) =>
    principal.type === "group" ||
    !boundedKeys.has(keyOf(principal)) ||
    ((await attachedPolicyArns(iam, principal)) ?? []).some((arn) => isSameArn(arn, policyArn));
  const isBounded = async (principal: PrincipalName) =>
    principal.type !== "group" &&
    (!permittedKeys.has(keyOf(principal)) || isSameArn(await boundaryArn(iam, principal), policyArn));

  const [attachments, boundaryOf] = await Promise.all([
    filterAsync(permitted, isAttached),
    filterAsync(bounded, isBounded),
  ]);
  return { attachments, boundaryOf };
}

async function entitiesForPolicy(
  { client, sdk }: Iam,
  policyArn: string,
  usage: "PermissionsPolicy" | "PermissionsBoundary",
): Promise<readonly PrincipalName[] | undefined> {
  const pages = sdk.paginateListEntitiesForPolicy(
    { client, pageSize: PAGE_SIZE },
    { PolicyArn: policyArn, PolicyUsageFilter: usage },
  );
  return everyPage(`ListEntitiesForPolicy of \`${policyArn}\``, pages, (page): PrincipalName[] => [
    ...(page.PolicyUsers ?? []).map(({ UserName, UserId }) => principal("user", UserName, UserId)),
    ...(page.PolicyRoles ?? []).map(({ RoleName, RoleId }) => principal("role", RoleName, RoleId)),
    ...(page.PolicyGroups ?? []).map(({ GroupName, GroupId }) => principal("group", GroupName, GroupId)),
  ]);
}

function principal(
  type: PrincipalName["type"],
  name: string | undefined,
  id: string | undefined,
): PrincipalName {
  return { type, name: promised(name, `${type} name`), ...(id !== undefined && { id }) };
}

/** IAM finds names in any case, so a caller may have written the ARN in another one than IAM answers. */
function isSameArn(answered: string | undefined, asked: string): boolean {
  return answered?.toLowerCase() === asked.toLowerCase();
}

function keyOf({ type, name }: PrincipalName): string {
  return `${type}/${name}`;
}

async function filterAsync<T>(
  items: readonly T[],
  keep: (item: T) => Promise<boolean>,
): Promise<readonly T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, index) => kept[index]);
}

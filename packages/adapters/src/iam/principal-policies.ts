import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import type { Iam } from "./connection.ts";
import { documentText } from "./document-text.ts";
import { everyPage, ifThere, promised } from "./reading.ts";

/** As many as IAM gives in one answer. */
export const PAGE_SIZE = 1_000;

/** The ARNs of the managed policies that are attached to a principal; `undefined` where there is no such principal. */
export async function attachedPolicyArns(
  { client, sdk }: Iam,
  { type, name }: PrincipalName,
): Promise<readonly string[] | undefined> {
  const paging = { client, pageSize: PAGE_SIZE };
  const listing = {
    user: () => sdk.paginateListAttachedUserPolicies(paging, { UserName: name }),
    role: () => sdk.paginateListAttachedRolePolicies(paging, { RoleName: name }),
    group: () => sdk.paginateListAttachedGroupPolicies(paging, { GroupName: name }),
  }[type];
  const attached = await everyPage(
    `ListAttachedPolicies of ${type} \`${name}\``,
    listing(),
    (page) => page.AttachedPolicies,
  );
  return attached?.map((policy) => promised(policy.PolicyArn, "AttachedPolicies.PolicyArn"));
}

/** The names of a principal's inline policies; `undefined` where there is no such principal. */
export function inlinePolicyNames(
  { client, sdk }: Iam,
  { type, name }: PrincipalName,
): Promise<readonly string[] | undefined> {
  const paging = { client, pageSize: PAGE_SIZE };
  const listing = {
    user: () => sdk.paginateListUserPolicies(paging, { UserName: name }),
    role: () => sdk.paginateListRolePolicies(paging, { RoleName: name }),
    group: () => sdk.paginateListGroupPolicies(paging, { GroupName: name }),
  }[type];
  return everyPage(`ListPolicies of ${type} \`${name}\``, listing(), (page) => page.PolicyNames);
}

/** The text of an inline policy, decoded; `undefined` where there is no such policy or principal. */
export async function inlinePolicyText(
  { client, sdk }: Iam,
  { type, name }: PrincipalName,
  policyName: string,
): Promise<string | undefined> {
  const call = {
    user: () => client.send(new sdk.GetUserPolicyCommand({ UserName: name, PolicyName: policyName })),
    role: () => client.send(new sdk.GetRolePolicyCommand({ RoleName: name, PolicyName: policyName })),
    group: () => client.send(new sdk.GetGroupPolicyCommand({ GroupName: name, PolicyName: policyName })),
  }[type];
  const answer = await ifThere<{ PolicyDocument?: string | undefined }>(
    `Get policy \`${policyName}\` of ${type} \`${name}\``,
    call(),
  );
  return answer && documentText(promised(answer.PolicyDocument, "PolicyDocument"));
}

/** The ARN of a principal's permissions boundary, where it has one. Groups cannot have any. */
export async function boundaryArn(
  { client, sdk }: Iam,
  { type, name }: PrincipalName,
): Promise<string | undefined> {
  switch (type) {
    case "user": {
      const answer = await ifThere(
        `GetUser \`${name}\``,
        client.send(new sdk.GetUserCommand({ UserName: name })),
      );
      return answer?.User?.PermissionsBoundary?.PermissionsBoundaryArn;
    }
    case "role": {
      const answer = await ifThere(
        `GetRole \`${name}\``,
        client.send(new sdk.GetRoleCommand({ RoleName: name })),
      );
      return answer?.Role?.PermissionsBoundary?.PermissionsBoundaryArn;
    }
    case "group":
      return undefined;
  }
}

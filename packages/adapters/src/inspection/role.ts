import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from "@aws-sdk/client-iam";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { Role } from "@kms-guard/guard/doctor/observations.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import type { Permission } from "../deployment/permissions.ts";
import { documentText } from "../iam/document-text.ts";
import { grantsInDocument, grantsOf } from "./grants.ts";
import { andThen, asking, observe, observeThere } from "./observe.ts";

/** What a role holds, beside what it is expected to. */
export async function observeRole(
  access: AwsAccess,
  RoleName: string,
  expected: readonly Permission[],
): Promise<Observed<Role | undefined>> {
  const client = new IAMClient(asking(access));
  const found = await observeThere("iam:GetRole", () => client.send(new GetRoleCommand({ RoleName })));
  return andThen(found, async (answer): Promise<Observed<Role | undefined>> => {
    if (answer?.Role === undefined) return { kind: "read", value: undefined };
    const { Arn: arn = "", PermissionsBoundary } = answer.Role;
    const names = await observe("iam:ListRolePolicies", () => inlineNames(client, RoleName));
    const granted = await andThen(names, (all) =>
      observe("iam:GetRolePolicy", async () => {
        const documents = await Promise.all(
          all.map((PolicyName) => client.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
        );
        return documents.flatMap(({ PolicyDocument = "" }) => grantsInDocument(documentText(PolicyDocument)));
      }),
    );
    return andThen(granted, (grants) =>
      observe("iam:ListAttachedRolePolicies", async () => ({
        ...{ arn, granted: grants, expected: grantsOf(expected) },
        attached: await attachedArns(client, RoleName),
        ...(PermissionsBoundary?.PermissionsBoundaryArn !== undefined && {
          boundaryArn: PermissionsBoundary.PermissionsBoundaryArn,
        }),
      })),
    );
  });
}

async function inlineNames(client: IAMClient, RoleName: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName })) {
    names.push(...PolicyNames);
  }
  return names;
}

async function attachedArns(client: IAMClient, RoleName: string): Promise<readonly string[]> {
  const arns: string[] = [];
  for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies({ client }, { RoleName })) {
    arns.push(...AttachedPolicies.map(({ PolicyArn = "" }) => PolicyArn));
  }
  return arns;
}

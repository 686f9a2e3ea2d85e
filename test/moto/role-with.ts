import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { Permission } from "@kms-guard/adapters/deployment/permissions.ts";
import type { Moto, RoleCredentials } from "@kms-guard/sandbox/moto/moto.ts";
import { ADMINISTRATOR } from "./guard-resources.ts";
import { TRUST } from "./iam-seed.ts";

/**
 * Credentials of the role `Guard` with these permissions, which moto enforces from now on.
 * moto takes every call's resource for `*`, so that only actions can be held against it.
 */
export async function roleWith(moto: Moto, permissions: readonly Permission[]): Promise<RoleCredentials> {
  const admin = new IAMClient({ endpoint: moto.endpoint, region: "us-east-1", credentials: ADMINISTRATOR });
  await admin.send(new CreateRoleCommand({ RoleName: "Guard", AssumeRolePolicyDocument: TRUST }));
  const statements = permissions
    .filter(({ effect }) => effect === "Allow")
    .map(({ actions }) => ({ Effect: "Allow", Action: actions, Resource: "*" }));
  await admin.send(
    new PutRolePolicyCommand({
      RoleName: "Guard",
      PolicyName: "guard",
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    }),
  );
  const credentials = await moto.assumeRole("Guard");
  await moto.enforcePermissions();
  return credentials;
}

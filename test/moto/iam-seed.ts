import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeletePolicyVersionCommand,
  type IAMClient,
  PutGroupPolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SetDefaultPolicyVersionCommand,
} from "@aws-sdk/client-iam";
import type { AccountSeed } from "../contract/account-seed.ts";

/** Anybody of the account may be the role: what a test needs of a trust policy. */
export const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}';

/** An administrator of an account behind IAM's API. */
export function iamSeed(client: IAMClient): AccountSeed {
  return {
    async createUser(UserName, { path } = {}) {
      await client.send(new CreateUserCommand({ UserName, Path: path }));
    },
    async createRole(RoleName, { path } = {}) {
      await client.send(new CreateRoleCommand({ RoleName, Path: path, AssumeRolePolicyDocument: TRUST }));
    },
    async createGroup(GroupName, { path } = {}) {
      await client.send(new CreateGroupCommand({ GroupName, Path: path }));
    },
    async addUserToGroup(GroupName, UserName) {
      await client.send(new AddUserToGroupCommand({ GroupName, UserName }));
    },
    async createPolicy(PolicyName, PolicyDocument, { path } = {}) {
      const { Policy } = await client.send(
        new CreatePolicyCommand({ PolicyName, PolicyDocument, Path: path }),
      );
      return answered(Policy?.Arn);
    },
    async createPolicyVersion(PolicyArn, PolicyDocument, SetAsDefault) {
      const { PolicyVersion } = await client.send(
        new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault }),
      );
      return answered(PolicyVersion?.VersionId);
    },
    async setDefaultPolicyVersion(PolicyArn, VersionId) {
      await client.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId }));
    },
    async deletePolicyVersion(PolicyArn, VersionId) {
      await client.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    },
    async attachPolicy({ type, name }, PolicyArn) {
      const call = {
        user: () => client.send(new AttachUserPolicyCommand({ UserName: name, PolicyArn })),
        role: () => client.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn })),
        group: () => client.send(new AttachGroupPolicyCommand({ GroupName: name, PolicyArn })),
      }[type];
      await call();
    },
    async putInlinePolicy({ type, name }, PolicyName, PolicyDocument) {
      const policy = { PolicyName, PolicyDocument };
      const call = {
        user: () => client.send(new PutUserPolicyCommand({ UserName: name, ...policy })),
        role: () => client.send(new PutRolePolicyCommand({ RoleName: name, ...policy })),
        group: () => client.send(new PutGroupPolicyCommand({ GroupName: name, ...policy })),
      }[type];
      await call();
    },
    async putPermissionsBoundary({ type, name }, PermissionsBoundary) {
      const call = {
        user: () =>
          client.send(new PutUserPermissionsBoundaryCommand({ UserName: name, PermissionsBoundary })),
        role: () =>
          client.send(new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary })),
        group: () => Promise.reject(new Error("a group has no permissions boundary")),
      }[type];
      await call();
    },
  };
}

function answered(value: string | undefined): string {
  if (value === undefined) throw new Error("IAM answered without what it made");
  return value;
}

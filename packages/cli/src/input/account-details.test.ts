import { describe, expect, it } from "vitest";
import { AccountDetails } from "./account-details.ts";
import type { JsonObject } from "./shape.ts";

const PLACE = { path: "details.json", line: 3 };
const ROLE = "arn:aws:iam::111122223333:role/team/Deployer";
const MANAGED = "arn:aws:iam::111122223333:policy/Keys";
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";

const managed = (arn: string, documents: readonly JsonObject[]): JsonObject => ({
  Arn: arn,
  PolicyVersionList: documents,
});

function read(...pages: readonly JsonObject[]) {
  const details = new AccountDetails();
  const policies = pages.flatMap((page) => [...details.policiesOf(page, PLACE)]);
  return { details, policies };
}

describe("AccountDetails", () => {
  it("reads the default version of a managed policy, not its others", () => {
    const versions = [
      { VersionId: "v3", IsDefaultVersion: false, Document: "three" },
      { VersionId: "v2", IsDefaultVersion: true, Document: "two" },
    ];
    const { policies } = read({ Policies: [managed(MANAGED, versions)] });
    expect(policies).toMatchObject([
      {
        kind: "policy",
        id: MANAGED,
        place: PLACE,
        policyKind: "managed",
        document: "two",
        account: { id: "111122223333", partition: "aws" },
      },
    ]);
  });

  it("knows the default version by the policy's own word too", () => {
    const policy = { ...managed(MANAGED, [{ VersionId: "v2", Document: "two" }]), DefaultVersionId: "v2" };
    expect(read({ Policies: [policy] }).policies).toMatchObject([{ kind: "policy", document: "two" }]);
  });

  it("judges AWS's own policies in the account that the answer is about", () => {
    const versions = [{ VersionId: "v1", IsDefaultVersion: true, Document: {} }];
    const cn = "arn:aws-cn:iam::444455556666:user/u";
    const { policies } = read({ Policies: [managed(ADMIN, versions)], UserDetailList: [{ Arn: cn }] });
    expect(policies).toMatchObject([
      { id: ADMIN, policyKind: "aws-managed", account: { id: "444455556666", partition: "aws-cn" } },
    ]);
  });

  it.each([
    { list: "UserDetailList", inline: "UserPolicyList", arn: "arn:aws:iam::111122223333:user/u" },
    { list: "GroupDetailList", inline: "GroupPolicyList", arn: "arn:aws:iam::111122223333:group/g" },
    { list: "RoleDetailList", inline: "RolePolicyList", arn: ROLE },
  ])("reads the inline policies in $list", ({ list, inline, arn }) => {
    const policy = { PolicyName: "keys", PolicyDocument: { Statement: [] } };
    expect(read({ [list]: [{ Arn: arn, [inline]: [policy] }] }).policies).toMatchObject([
      { kind: "policy", id: `${arn}/keys`, policyKind: "inline", document: { Statement: [] } },
    ]);
  });

  it("does not take a role's trust policy or boundary for its permissions", () => {
    const role = {
      Arn: ROLE,
      AssumeRolePolicyDocument: { Statement: [] },
      PermissionsBoundary: { PermissionsBoundaryArn: MANAGED },
    };
    const versions = [{ VersionId: "v1", IsDefaultVersion: true, Document: {} }];
    const { policies } = read({ RoleDetailList: [role], Policies: [managed(MANAGED, versions)] });
    expect(policies).toHaveLength(1);
    expect(policies[0]).toMatchObject({ id: MANAGED });
    expect(policies[0]?.kind === "policy" && policies[0].attachments?.()).toEqual([]);
  });

  it("knows the attachments of a policy, also from later pages, and how many users a group has", () => {
    const versions = [{ VersionId: "v1", IsDefaultVersion: true, Document: {} }];
    const attached = [{ PolicyName: "Keys", PolicyArn: MANAGED }];
    const group = "arn:aws:iam::111122223333:group/Ops";
    const { policies } = read(
      { Policies: [managed(MANAGED, versions)], IsTruncated: true },
      {
        RoleDetailList: [{ Arn: ROLE, AttachedManagedPolicies: attached }],
        GroupDetailList: [{ Arn: group, AttachedManagedPolicies: attached }],
        IsTruncated: true,
      },
      {
        UserDetailList: [
          { Arn: "arn:aws:iam::111122223333:user/a", GroupList: ["Ops"] },
          { Arn: "arn:aws:iam::111122223333:user/b", GroupList: ["Ops", "Other"] },
        ],
      },
    );
    const [policy] = policies;
    expect(policy?.kind === "policy" && policy.attachments?.()).toEqual([
      { type: "group", name: "Ops", arn: group, members: 2 },
      { type: "role", name: "Deployer", arn: ROLE },
    ]);
  });

  it("remembers whether the last page says that more follow", () => {
    expect(read({ Policies: [], IsTruncated: true }).details.isTruncated).toBe(true);
    expect(read({ Policies: [], IsTruncated: true }, { Policies: [] }).details.isTruncated).toBe(false);
  });

  it.each([
    { page: { RoleDetailList: [null] }, problem: "has no Arn in RoleDetailList[0]" },
    { page: { UserDetailList: [{ UserName: "u" }] }, problem: "has no Arn in UserDetailList[0]" },
    {
      page: { RoleDetailList: [{ Arn: ROLE, RolePolicyList: [{}] }] },
      problem: "has no PolicyName in RoleDetailList[0].RolePolicyList[0]",
    },
    {
      page: { RoleDetailList: [{ Arn: ROLE, RolePolicyList: { PolicyName: "p" } }] },
      problem: "has no list in RoleDetailList[0].RolePolicyList",
    },
    { page: { UserDetailList: "x" }, problem: "has no list in UserDetailList" },
    { page: { Policies: {} }, problem: "has no list in Policies" },
    { page: { Policies: ["x"] }, problem: "has no Arn in Policies[0]" },
    { page: { Policies: [managed(MANAGED, [])] }, problem: "has no default version in Policies[0]" },
    {
      page: { Policies: [{ Arn: MANAGED }] },
      problem:
        "has no PolicyVersionList in Policies[0]: list-policies has no documents, " +
        "get-account-authorization-details has them",
    },
  ])("reports what is missing: $problem", ({ page, problem }) => {
    expect(read(page).policies).toMatchObject([{ kind: "unreadable", place: PLACE, problem }]);
  });
});

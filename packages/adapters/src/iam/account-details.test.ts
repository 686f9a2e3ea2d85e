import { expect, test } from "vitest";
import { collectAccountDetails } from "./account-details.ts";

const KEYS = "arn:aws:iam::111122223333:policy/Keys";
const FENCE = "arn:aws:iam::111122223333:policy/Fence";
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";

const policyEntry = (arn: string, name: string, versions: object[]) => ({
  Arn: arn,
  PolicyName: name,
  DefaultVersionId: "v2",
  PolicyVersionList: versions,
});

test("attachments, boundaries and group members are joined over pages in any order", () => {
  const details = collectAccountDetails();
  const problems = [
    details.add({
      Policies: [
        policyEntry(KEYS, "Keys", [
          { VersionId: "v2", IsDefaultVersion: true, Document: '{"a":2}' },
          { VersionId: "v1", IsDefaultVersion: false, Document: '{"a":1}' },
        ]),
      ],
      IsTruncated: true,
      Marker: "x",
    }),
    details.add({
      UserDetailList: [
        {
          UserName: "alice",
          Arn: "arn:aws:iam::111122223333:user/people/alice",
          GroupList: ["Admins", "Readers"],
          PermissionsBoundary: { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: FENCE },
        },
        { UserName: "bob", GroupList: ["Admins"], PermissionsBoundary: {} },
      ],
      GroupDetailList: [
        {
          GroupName: "Admins",
          Arn: "arn:aws:iam::111122223333:group/Admins",
          AttachedManagedPolicies: [{ PolicyName: "Keys", PolicyArn: KEYS }],
        },
        { GroupName: "Empty", AttachedManagedPolicies: [{ PolicyName: "Keys", PolicyArn: KEYS }] },
      ],
    }),
    details.add({
      RoleDetailList: [
        {
          RoleName: "Deployer",
          Arn: "arn:aws:iam::111122223333:role/ci/Deployer",
          AssumeRolePolicyDocument: "%7B%7D",
          AttachedManagedPolicies: [{ PolicyName: "Keys", PolicyArn: KEYS }],
          PermissionsBoundary: { PermissionsBoundaryArn: KEYS },
          RolePolicyList: [{ PolicyName: "own", PolicyDocument: "%7B%22b%22%3A1%7D" }],
        },
      ],
      Policies: [policyEntry(FENCE, "Fence", [{ VersionId: "v2", Document: '{"f":1}' }])],
    }),
  ].flat();

  expect(problems).toEqual([]);
  const deployer = {
    type: "role",
    name: "Deployer",
    arn: "arn:aws:iam::111122223333:role/ci/Deployer",
  };
  expect(details.joined()).toEqual({
    policies: [
      {
        kind: "managed",
        arn: KEYS,
        name: "Keys",
        versionId: "v2",
        document: '{"a":2}',
        attachments: [
          { type: "group", name: "Admins", arn: "arn:aws:iam::111122223333:group/Admins", members: 2 },
          { type: "group", name: "Empty", members: 0 },
          deployer,
        ],
        boundaryOf: [{ type: "role", name: "Deployer" }],
      },
      {
        kind: "managed",
        arn: FENCE,
        name: "Fence",
        versionId: "v2",
        document: '{"f":1}',
        attachments: [],
        boundaryOf: [{ type: "user", name: "alice" }],
      },
      { kind: "inline", name: "own", principal: deployer, document: '{"b":1}' },
    ],
    unread: [],
  });
});

test("of AWS's own policies only those that somebody holds count; of the customer's, all", () => {
  const details = collectAccountDetails();
  details.add({
    RoleDetailList: [{ RoleName: "Root", AttachedManagedPolicies: [{ PolicyArn: ADMIN }] }],
    Policies: [
      policyEntry("arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess", [
        { VersionId: "v2", Document: "{}" },
      ]),
      policyEntry(ADMIN, "AdministratorAccess", [{ VersionId: "v2", Document: "{}" }]),
      policyEntry(KEYS, "Keys", [{ VersionId: "v2", Document: "{}" }]),
    ],
  });
  expect(details.joined().policies.map((policy) => [policy.kind, policy.name])).toEqual([
    ["aws-managed", "AdministratorAccess"],
    ["managed", "Keys"],
  ]);
});

test("a document that `aws iam` has decoded into an object is its JSON text", () => {
  const details = collectAccountDetails();
  details.add({
    UserDetailList: [
      { UserName: "alice", UserPolicyList: [{ PolicyName: "own", PolicyDocument: { Statement: [] } }] },
    ],
  });
  expect(details.joined().policies).toEqual([
    { kind: "inline", name: "own", principal: { type: "user", name: "alice" }, document: '{"Statement":[]}' },
  ]);
});

test("a held policy whose text in force is not in the pages is told apart, with its holders", () => {
  const details = collectAccountDetails();
  details.add({
    UserDetailList: [{ UserName: "alice", AttachedManagedPolicies: [{ PolicyArn: ADMIN }] }],
    Policies: [policyEntry(KEYS, "Keys", [{ VersionId: "v1", Document: "{}" }])],
  });
  expect(details.joined()).toEqual({
    policies: [],
    unread: [
      { arn: KEYS, attachments: [], boundaryOf: [] },
      { arn: ADMIN, attachments: [{ type: "user", name: "alice" }], boundaryOf: [] },
    ],
  });
});

test("an entry that cannot be read is a problem with its place, and the others count", () => {
  const details = collectAccountDetails();
  expect(
    details
      .add({
        UserDetailList: [{ UserPolicyList: [] }, { UserName: "bob", UserPolicyList: [{ PolicyName: "p" }] }],
        GroupDetailList: [
          { GroupName: "Admins", GroupPolicyList: [{ PolicyName: "p", PolicyDocument: "{}" }] },
        ],
        RoleDetailList: ["Deployer", []],
      })
      .map(({ path }) => path),
  ).toEqual([
    "UserDetailList[0].UserName",
    "UserDetailList[1].UserPolicyList[0].PolicyDocument",
    "RoleDetailList[0]",
    "RoleDetailList[1].RoleName",
  ]);
  expect(details.joined().policies.map(({ name }) => name)).toEqual(["p"]);
});

test.each([[null], ["text"], [[{}]], [{ UserDetailList: 7 }]])(
  "what is no page at all is a problem: %j",
  (page) => {
    expect(collectAccountDetails().add(page)).toHaveLength(1);
  },
);

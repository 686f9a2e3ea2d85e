import {
  type IamAnswer,
  type IamCall,
  type IamEndpoint,
  iamEndpoint,
} from "@kms-guard/testing/fakes/iam-endpoint.ts";
import { afterEach, expect, test } from "vitest";
import { createPolicyReader } from "./policy-reader.ts";

const TEAM = "arn:aws:iam::111122223333:policy/team/Keys";
const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const FULL_ENCODED =
  "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22kms%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D";
const NO_SUCH_ENTITY = { status: 404, code: "NoSuchEntity", message: "it does not exist" };

let iam: IamEndpoint;
afterEach(() => iam.close());

async function readerOn(answer: (call: IamCall) => IamAnswer) {
  iam = await iamEndpoint(answer);
  return createPolicyReader(iam.connection);
}

const policyXml = (versionId: string) =>
  `<Policy><Arn>${TEAM}</Arn><PolicyName>Keys</PolicyName><DefaultVersionId>${versionId}</DefaultVersionId></Policy>`;
const versionXml = (document: string) =>
  `<PolicyVersion><Document>${document}</Document><IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>`;

test("a managed policy is its default version's text, in two calls", async () => {
  const reader = await readerOn(({ Action }) => ({
    result: Action === "GetPolicy" ? policyXml("v3") : versionXml(FULL_ENCODED),
  }));
  expect(await reader.managedPolicy(TEAM)).toEqual({
    kind: "managed",
    arn: TEAM,
    name: "Keys",
    versionId: "v3",
    document: FULL,
  });
  expect(iam.actions()).toEqual(["GetPolicy", "GetPolicyVersion"]);
  expect(iam.calls[1]).toMatchObject({ PolicyArn: TEAM, VersionId: "v3" });
});

test("a version that goes away while it is read is not a policy that is gone", async () => {
  let reads = 0;
  const reader = await readerOn(({ Action, VersionId }) => {
    if (Action === "GetPolicy") {
      reads += 1;
      return { result: policyXml(reads === 1 ? "v3" : "v4") };
    }
    return VersionId === "v3" ? NO_SUCH_ENTITY : { result: versionXml(FULL_ENCODED) };
  });
  expect(await reader.managedPolicy(TEAM)).toMatchObject({ versionId: "v4", document: FULL });
});

test("a default version that is never there is an error, for its policy is there", async () => {
  const reader = await readerOn(({ Action }) =>
    Action === "GetPolicy" ? { result: policyXml("v3") } : NO_SUCH_ENTITY,
  );
  await expect(reader.managedPolicy(TEAM)).rejects.toThrow("changed 3 times while it was read");
});

test("an encoded text is decoded once: what it says with a percent sign stays", async () => {
  const reader = await readerOn(() => ({
    result: versionXml("%7B%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Ab%2F100%252A+x%22%7D"),
  }));
  expect(await reader.policyVersion(TEAM, "v1")).toBe('{"Resource":"arn:aws:s3:::b/100%2A+x"}');
});

test("a text that IAM's stand-in sends plain is not decoded at all", async () => {
  const reader = await readerOn(() => ({ result: versionXml('\n {"Resource":"arn:aws:s3:::b/100%2A+x"}') }));
  expect((await reader.policyVersion(TEAM, "v1"))?.trim()).toBe('{"Resource":"arn:aws:s3:::b/100%2A+x"}');
});

test("versions are the newest first, from every page, v10 after v9", async () => {
  const reader = await readerOn(({ Marker }) => ({
    result:
      Marker === undefined
        ? "<Versions><member><VersionId>v9</VersionId></member><member><VersionId>v10</VersionId></member></Versions><IsTruncated>true</IsTruncated><Marker>a=b&amp;c</Marker>"
        : "<Versions><member><VersionId>v2</VersionId></member></Versions><IsTruncated>false</IsTruncated>",
  }));
  expect(await reader.policyVersionIds(TEAM)).toEqual(["v10", "v9", "v2"]);
  expect(iam.calls[1]?.Marker).toBe("a=b&c");
});

test("holders come from every page, and each use is asked for apart", async () => {
  const reader = await readerOn(({ PolicyUsageFilter, Marker }) => {
    if (PolicyUsageFilter === "PermissionsBoundary") {
      return { result: "<PolicyRoles><member><RoleName>Fenced</RoleName></member></PolicyRoles>" };
    }
    return {
      result:
        Marker === undefined
          ? "<PolicyUsers/><IsTruncated>true</IsTruncated><Marker>2</Marker>"
          : "<PolicyUsers><member><UserName>alice</UserName></member></PolicyUsers><PolicyGroups><member><GroupName>Admins</GroupName></member></PolicyGroups>",
    };
  });
  expect(await reader.policyAttachments(TEAM)).toEqual({
    attachments: [
      { type: "user", name: "alice" },
      { type: "group", name: "Admins" },
    ],
    boundaryOf: [{ type: "role", name: "Fenced" }],
  });
});

test("who is in both answers is asked what it has: a boundary is never taken for an attachment", async () => {
  const both =
    "<PolicyRoles><member><RoleName>Fenced</RoleName></member><member><RoleName>Holder</RoleName></member><member><RoleName>Both</RoleName></member></PolicyRoles>";
  const reader = await readerOn(({ Action, RoleName }) => {
    if (Action === "ListEntitiesForPolicy") return { result: both };
    if (Action === "ListAttachedRolePolicies") {
      const arn = RoleName === "Fenced" ? "arn:aws:iam::aws:policy/ReadOnlyAccess" : TEAM;
      return {
        result: `<AttachedPolicies><member><PolicyArn>${arn}</PolicyArn></member></AttachedPolicies>`,
      };
    }
    const boundary =
      RoleName === "Holder"
        ? ""
        : `<PermissionsBoundary><PermissionsBoundaryArn>${TEAM}</PermissionsBoundaryArn></PermissionsBoundary>`;
    return { result: `<Role><RoleName>${RoleName}</RoleName>${boundary}</Role>` };
  });
  expect(await reader.policyAttachments(TEAM)).toEqual({
    attachments: [
      { type: "role", name: "Holder" },
      { type: "role", name: "Both" },
    ],
    boundaryOf: [
      { type: "role", name: "Fenced" },
      { type: "role", name: "Both" },
    ],
  });
});

test("an ARN in another case than IAM's own is the same policy", async () => {
  const reader = await readerOn(({ Action }) => {
    if (Action === "ListEntitiesForPolicy") {
      return { result: "<PolicyRoles><member><RoleName>Both</RoleName></member></PolicyRoles>" };
    }
    if (Action === "ListAttachedRolePolicies") {
      return {
        result: `<AttachedPolicies><member><PolicyArn>${TEAM}</PolicyArn></member></AttachedPolicies>`,
      };
    }
    return { result: "<Role><RoleName>Both</RoleName></Role>" };
  });
  expect(await reader.policyAttachments("arn:aws:iam::111122223333:policy/TEAM/KEYS")).toEqual({
    attachments: [{ type: "role", name: "Both" }],
    boundaryOf: [],
  });
});

test("attached and inline policies of a principal come from every page", async () => {
  const reader = await readerOn(({ Action, Marker }) => {
    switch (Action) {
      case "ListAttachedUserPolicies":
        return {
          result:
            Marker === undefined
              ? `<AttachedPolicies><member><PolicyArn>${TEAM}</PolicyArn></member></AttachedPolicies><IsTruncated>true</IsTruncated><Marker>m</Marker>`
              : "<AttachedPolicies><member><PolicyArn>arn:aws:iam::aws:policy/ReadOnlyAccess</PolicyArn></member></AttachedPolicies>",
        };
      case "ListUserPolicies":
        return {
          result:
            Marker === undefined
              ? "<PolicyNames><member>one</member></PolicyNames><IsTruncated>true</IsTruncated><Marker>m</Marker>"
              : "<PolicyNames><member>two</member></PolicyNames>",
        };
      default:
        return { result: `<PolicyDocument>${FULL_ENCODED}</PolicyDocument>` };
    }
  });
  const alice = { type: "user", name: "alice" } as const;
  expect(await reader.policiesOf(alice)).toEqual({
    managedArns: [TEAM, "arn:aws:iam::aws:policy/ReadOnlyAccess"],
    inline: [
      { kind: "inline", name: "one", principal: alice, document: FULL },
      { kind: "inline", name: "two", principal: alice, document: FULL },
    ],
  });
});

test("group members are counted over every page", async () => {
  const user = (name: string) =>
    `<member><Path>/</Path><UserName>${name}</UserName><UserId>AIDA${name}</UserId><Arn>arn:aws:iam::111122223333:user/${name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></member>`;
  const admins = "<Group><Arn>arn:aws:iam::111122223333:group/ops/Admins</Arn></Group>";
  const reader = await readerOn(({ Marker }) => ({
    result:
      Marker === undefined
        ? `${admins}<Users>${user("a")}${user("b")}</Users><IsTruncated>true</IsTruncated><Marker>m</Marker>`
        : `${admins}<Users>${user("c")}</Users>`,
  }));
  expect(await reader.principalDetails({ type: "group", name: "Admins" })).toEqual({
    arn: "arn:aws:iam::111122223333:group/ops/Admins",
    members: 3,
  });
});

test("an entry of the account's details that cannot be read is an error, after what can be", async () => {
  const reader = await readerOn(() => ({
    result: `<RoleDetailList><member><Arn>arn:aws:iam::111122223333:role/nameless</Arn></member></RoleDetailList><Policies><member><Arn>${TEAM}</Arn><PolicyName>Keys</PolicyName><DefaultVersionId>v2</DefaultVersionId><PolicyVersionList><member><VersionId>v2</VersionId><Document>${FULL_ENCODED}</Document></member></PolicyVersionList></member></Policies>`,
  }));
  const names: string[] = [];
  const reading = async () => {
    for await (const { name } of reader.accountPolicies()) names.push(name);
  };
  await expect(reading()).rejects.toThrow("1 entries that cannot be read: RoleDetailList[0].RoleName");
  expect(names).toEqual(["Keys"]);
});

test("the account's policies are joined over pages, and what their answer lacks is read by itself", async () => {
  const reader = await readerOn(({ Action, Marker }) => {
    if (Action === "GetPolicy") {
      return {
        result:
          "<Policy><Arn>arn:aws:iam::aws:policy/AdministratorAccess</Arn><PolicyName>AdministratorAccess</PolicyName><DefaultVersionId>v1</DefaultVersionId></Policy>",
      };
    }
    if (Action === "GetPolicyVersion") return { result: versionXml(FULL_ENCODED) };
    return {
      result:
        Marker === undefined
          ? `<UserDetailList><member><UserName>alice</UserName><Arn>arn:aws:iam::111122223333:user/alice</Arn><AttachedManagedPolicies><member><PolicyArn>${TEAM}</PolicyArn></member><member><PolicyArn>arn:aws:iam::aws:policy/AdministratorAccess</PolicyArn></member></AttachedManagedPolicies></member></UserDetailList><IsTruncated>true</IsTruncated><Marker>2</Marker>`
          : `<Policies><member><Arn>${TEAM}</Arn><PolicyName>Keys</PolicyName><DefaultVersionId>v2</DefaultVersionId><PolicyVersionList><member><VersionId>v2</VersionId><Document>${FULL_ENCODED}</Document></member></PolicyVersionList></member></Policies>`,
    };
  });
  const policies = [];
  for await (const policy of reader.accountPolicies()) policies.push(policy);
  const alice = { type: "user", name: "alice", arn: "arn:aws:iam::111122223333:user/alice" };
  expect(policies).toEqual([
    {
      kind: "managed",
      arn: TEAM,
      name: "Keys",
      versionId: "v2",
      document: FULL,
      attachments: [alice],
      boundaryOf: [],
    },
    {
      kind: "aws-managed",
      arn: "arn:aws:iam::aws:policy/AdministratorAccess",
      name: "AdministratorAccess",
      versionId: "v1",
      document: FULL,
      attachments: [alice],
      boundaryOf: [],
    },
  ]);
  expect(iam.calls[0]).toMatchObject({
    "Filter.member.1": "User",
    "Filter.member.2": "Role",
    "Filter.member.3": "Group",
    "Filter.member.4": "LocalManagedPolicy",
    "Filter.member.5": "AWSManagedPolicy",
  });
});

test.each([
  ["managedPolicy", (reader: Reader) => reader.managedPolicy(TEAM)],
  ["policyVersion", (reader: Reader) => reader.policyVersion(TEAM, "v1")],
  ["policyVersionIds", (reader: Reader) => reader.policyVersionIds(TEAM)],
  ["policyUses", (reader: Reader) => reader.policyAttachments(TEAM)],
  ["inlinePolicy", (reader: Reader) => reader.inlinePolicy({ type: "group", name: "g" }, "p")],
  ["policiesOf", (reader: Reader) => reader.policiesOf({ type: "role", name: "r" })],
  ["holder", (reader: Reader) => reader.principalDetails({ type: "group", name: "g" })],
])("%s: NoSuchEntity is undefined, and a denial throws with IAM's words", async (_, read) => {
  const gone = await readerOn(() => NO_SUCH_ENTITY);
  expect(await read(gone)).toBeUndefined();
  await iam.close();

  const denied = await readerOn(() => ({
    status: 403,
    code: "AccessDenied",
    message: "User: guard is not authorized to perform: iam:Read",
  }));
  await expect(read(denied)).rejects.toThrow(
    /^IAM did not answer .+: AccessDenied: User: guard is not authorized/,
  );
});

type Reader = ReturnType<typeof createPolicyReader>;

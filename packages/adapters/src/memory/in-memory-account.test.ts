import { describe, expect, it } from "vitest";
import { IamError } from "./iam-error.ts";
import { InMemoryAccount } from "./in-memory-account.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/Tools";
const ALICE = { type: "user", name: "alice" } as const;
const BUILD = { type: "role", name: "Build" } as const;

function account(options?: ConstructorParameters<typeof InMemoryAccount>[1]): InMemoryAccount {
  const model = new InMemoryAccount({ id: "111122223333", partition: "aws" }, options);
  model.iam.createUser("alice");
  model.iam.createPolicy("Tools", FULL);
  return model;
}

function refusal(call: () => void): string {
  try {
    call();
  } catch (error) {
    if (error instanceof IamError) return error.name;
    throw error;
  }
  return "nothing was refused";
}

describe("the model refuses what IAM refuses", () => {
  it("names that are taken, whatever their case", () => {
    const { iam } = account();
    expect(refusal(() => iam.createUser("ALICE"))).toBe("EntityAlreadyExists");
    expect(refusal(() => iam.createPolicy("tools", FULL, { path: "/other/" }))).toBe("EntityAlreadyExists");
    expect(refusal(() => iam.createRole("alice"))).toBe("nothing was refused");
  });

  it("an eleventh attachment, and a sixth version", () => {
    const { iam } = account();
    for (let index = 0; index < 10; index += 1) iam.attachPolicy(ALICE, iam.createPolicy(`P${index}`, FULL));
    expect(refusal(() => iam.attachPolicy(ALICE, TOOLS))).toBe("LimitExceeded");
    expect(refusal(() => iam.attachPolicy(ALICE, "arn:aws:iam::111122223333:policy/P1"))).toBe(
      "nothing was refused",
    );
    for (let index = 0; index < 4; index += 1) iam.createPolicyVersion(TOOLS, FULL);
    expect(refusal(() => iam.createPolicyVersion(TOOLS, FULL))).toBe("LimitExceeded");
    iam.deletePolicyVersion(TOOLS, "v5");
    expect(iam.createPolicyVersion(TOOLS, FULL)).toBe("v6");
  });

  it("deleting what is in use", () => {
    const { iam } = account();
    iam.attachPolicy(ALICE, TOOLS);
    expect(refusal(() => iam.deletePolicy(TOOLS))).toBe("DeleteConflict");
    expect(refusal(() => iam.deletePrincipal(ALICE))).toBe("DeleteConflict");
    expect(refusal(() => iam.deletePolicyVersion(TOOLS, "v1"))).toBe("DeleteConflict");
    iam.detachPolicy(ALICE, TOOLS);
    iam.deletePolicy(TOOLS);
    iam.deletePrincipal(ALICE);
    expect(refusal(() => iam.attachPolicy(ALICE, TOOLS))).toBe("NoSuchEntity");
  });

  it.each(["/aws-reserved/sso.amazonaws.com/", "/aws-service-role/kms.amazonaws.com/"])(
    "changing a role under %s",
    async (path) => {
      const model = account();
      model.iam.createRole("Build", { path });
      expect(refusal(() => model.iam.attachPolicy(BUILD, TOOLS))).toBe("UnmodifiableEntity");
      const step = { action: "detach-role-policy", target: { principal: BUILD, policyArn: TOOLS } } as const;
      expect(await model.perform(step)).toMatchObject({ outcome: "failed", retryable: false });
    },
  );
});

describe("the model fails and lags on demand", () => {
  it("with the error that is asked for, page by page", async () => {
    let calls = 0;
    const fault = () => {
      calls += 1;
      return calls === 3 ? new IamError("Throttling", "Rate exceeded") : undefined;
    };
    const model = account({ pageSize: 1, fault });
    for (const name of ["a", "b", "c"]) {
      model.iam.createUser(name);
      model.iam.attachPolicy({ type: "user", name }, TOOLS);
    }
    await expect(model.policyAttachments(TOOLS)).rejects.toThrow("Rate exceeded");
    expect((await model.policyAttachments(TOOLS))?.attachments).toHaveLength(3);
    expect(calls).toBe(6);
  });

  it("says of a throttled change that it may work later, and of a denied one that it will not", async () => {
    const step = { action: "detach-user-policy", target: { principal: ALICE, policyArn: TOOLS } } as const;
    const failing = (code: "Throttling" | "AccessDenied") =>
      account({ fault: () => new IamError(code, "no") });
    expect(await failing("Throttling").perform(step)).toMatchObject({ outcome: "failed", retryable: true });
    expect(await failing("AccessDenied").perform(step)).toMatchObject({
      outcome: "failed",
      retryable: false,
    });
  });

  it("so many reads, and no more", async () => {
    const model = account();
    model.lagReads(1);
    model.iam.attachPolicy(ALICE, TOOLS);
    expect((await model.policyAttachments(TOOLS))?.attachments).toEqual([]);
    expect((await model.policyAttachments(TOOLS))?.attachments).toMatchObject([ALICE]);
  });
});

describe("the model loads what `aws iam get-account-authorization-details` prints", () => {
  const document = JSON.parse(FULL);
  const holders = {
    UserDetailList: [
      {
        UserName: "carol",
        Arn: "arn:aws:iam::111122223333:user/staff/carol",
        GroupList: ["Admins"],
        UserPolicyList: [{ PolicyName: "extra", PolicyDocument: document }],
        AttachedManagedPolicies: [
          { PolicyName: "Shared", PolicyArn: "arn:aws:iam::111122223333:policy/Shared" },
        ],
      },
    ],
    GroupDetailList: [{ GroupName: "Admins", Arn: "arn:aws:iam::111122223333:group/Admins" }],
    RoleDetailList: [],
    Policies: [],
  };
  const policies = {
    Policies: [
      {
        PolicyName: "Shared",
        Arn: "arn:aws:iam::111122223333:policy/Shared",
        DefaultVersionId: "v3",
        PolicyVersionList: [
          { VersionId: "v3", Document: document, IsDefaultVersion: true },
          {
            VersionId: "v1",
            Document: encodeURIComponent('{"Version":"2012-10-17"}'),
            IsDefaultVersion: false,
          },
        ],
      },
    ],
  };

  it.each([
    ["holders first", [holders, policies]],
    ["policies first", [policies, holders]],
  ])("in pages, %s", async (_, pages) => {
    const model = new InMemoryAccount({ id: "111122223333", partition: "aws" });
    expect(pages.flatMap((page) => model.load(page))).toEqual([]);
    expect(await model.managedPolicy("arn:aws:iam::111122223333:policy/Shared")).toMatchObject({
      versionId: "v3",
      document: FULL,
    });
    expect(await model.policyVersion("arn:aws:iam::111122223333:policy/Shared", "v1")).toBe(
      '{"Version":"2012-10-17"}',
    );
    expect(model.snapshot().principals.user).toEqual([
      {
        name: "carol",
        path: "/staff/",
        attached: ["arn:aws:iam::111122223333:policy/Shared"],
        inline: { extra: FULL },
        boundary: null,
        membership: ["Admins"],
      },
    ]);
    expect(await model.principalDetails({ type: "group", name: "Admins" })).toMatchObject({ members: 1 });
  });

  it("and says what it could not read", () => {
    const model = new InMemoryAccount({ id: "111122223333", partition: "aws" });
    const problems = model.load({ UserDetailList: [{ Arn: "arn:aws:iam::111122223333:user/x" }] });
    expect(problems.map(({ path }) => path)).toEqual(["UserDetailList[0].UserName"]);
  });
});

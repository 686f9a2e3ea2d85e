import { isUnknownState } from "@kms-guard/guard/unknown-state.ts";
import { describe, expect, it } from "vitest";
import { InMemoryAccount } from "./in-memory-account.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const TOOLS = "arn:aws:iam::111122223333:policy/team/Tools";
const ALICE = { type: "user", name: "alice" } as const;

function account(): InMemoryAccount {
  return new InMemoryAccount({ id: "111122223333", partition: "aws" });
}

function record(eventName: string, requestParameters: unknown, responseElements: unknown = null): unknown {
  return { eventSource: "iam.amazonaws.com", eventName, requestParameters, responseElements };
}

const CREATE_TOOLS = record(
  "CreatePolicy",
  { policyName: "Tools", path: "/team/", policyDocument: FULL },
  { policy: { arn: TOOLS, policyName: "Tools", path: "/team/", defaultVersionId: "v1" } },
);

describe("a CloudTrail record moves the account forward", () => {
  it("through the life of a managed policy", async () => {
    const model = account();
    expect(model.applyRecord(CREATE_TOOLS)).toBe("applied");
    model.applyRecord(
      record(
        "CreatePolicyVersion",
        { policyArn: TOOLS, policyDocument: "{}", setAsDefault: true },
        { policyVersion: { versionId: "v2", isDefaultVersion: true } },
      ),
    );
    expect(await model.managedPolicy(TOOLS)).toMatchObject({ versionId: "v2", document: "{}" });
    model.applyRecord(record("SetDefaultPolicyVersion", { policyArn: TOOLS, versionId: "v1" }));
    expect(await model.managedPolicy(TOOLS)).toMatchObject({ versionId: "v1", document: FULL });
    model.applyRecord(record("DeletePolicyVersion", { policyArn: TOOLS, versionId: "v2" }));
    expect(await model.policyVersionIds(TOOLS)).toEqual(["v1"]);
    model.applyRecord(record("DeletePolicy", { policyArn: TOOLS }));
    expect(await model.managedPolicy(TOOLS)).toBeUndefined();
  });

  it.each(["User", "Role", "Group"])(
    "through what a %s holds, from its creation to its end",
    async (kind) => {
      const model = account();
      const type = kind === "User" ? "user" : kind === "Role" ? "role" : "group";
      const who = { type, name: "team" } as const;
      const named = { [`${type}Name`]: "team" };
      model.applyRecord(CREATE_TOOLS);
      model.applyRecord(
        record(`Create${kind}`, named, { [type]: { arn: `arn:aws:iam::111122223333:${type}/x/team` } }),
      );
      model.applyRecord(record(`Attach${kind}Policy`, { ...named, policyArn: TOOLS }));
      model.applyRecord(record(`Put${kind}Policy`, { ...named, policyName: "extra", policyDocument: FULL }));
      expect((await model.policyAttachments(TOOLS))?.attachments).toEqual([who]);
      expect(await model.policiesOf(who)).toMatchObject({
        managedArns: [TOOLS],
        inline: [{ name: "extra" }],
      });
      expect(model.snapshot().principals[type][0]?.path).toBe("/x/");

      model.applyRecord(record(`Detach${kind}Policy`, { ...named, policyArn: TOOLS }));
      model.applyRecord(record(`Delete${kind}Policy`, { ...named, policyName: "extra" }));
      expect(await model.policiesOf(who)).toEqual({ managedArns: [], inline: [] });
      model.applyRecord(record(`Delete${kind}`, named));
      expect(await model.policiesOf(who)).toBeUndefined();
    },
  );

  it("through groups, renames and boundaries", async () => {
    const model = account();
    model.applyRecord(CREATE_TOOLS);
    model.applyRecord(record("CreateUser", { userName: "alice", permissionsBoundary: TOOLS }));
    model.applyRecord(record("AddUserToGroup", { groupName: "Admins", userName: "alice" }));
    model.applyRecord(record("UpdateUser", { userName: "alice", newUserName: "bob", newPath: "/new/" }));
    model.applyRecord(record("UpdateGroup", { groupName: "Admins", newGroupName: "Owners" }));
    expect(await model.principalDetails({ type: "group", name: "Owners" })).toMatchObject({ members: 1 });
    expect(await model.policiesOf(ALICE)).toBeUndefined();
    expect((await model.policyAttachments(TOOLS))?.boundaryOf).toEqual([{ type: "user", name: "bob" }]);

    model.applyRecord(record("DeleteUserPermissionsBoundary", { userName: "bob" }));
    model.applyRecord(record("RemoveUserFromGroup", { groupName: "Owners", userName: "bob" }));
    expect((await model.policyAttachments(TOOLS))?.boundaryOf).toEqual([]);
    expect(await model.principalDetails({ type: "group", name: "Owners" })).toMatchObject({ members: 0 });
  });

  it("not where the call failed, is another service's, or changes no policy", () => {
    const model = account();
    const before = model.snapshot();
    const failed = { ...Object(CREATE_TOOLS), errorCode: "AccessDenied" };
    const foreign = { ...Object(CREATE_TOOLS), eventSource: "iot.amazonaws.com" };
    for (const other of [failed, foreign, record("ListUsers", {}), record("constructor", {}), null, 7]) {
      expect(model.applyRecord(other)).toBe("ignored");
    }
    expect(model.snapshot()).toEqual(before);
  });

  it("as an EventBridge event too", async () => {
    const model = account();
    expect(model.applyRecord({ source: "aws.iam", detail: CREATE_TOOLS })).toBe("applied");
    expect(await model.managedPolicy(TOOLS)).toMatchObject({ document: FULL });
  });
});

describe("an archive that begins in the middle", () => {
  it("makes what it names, and says what it does not know", async () => {
    const model = account();
    expect(model.applyRecord(record("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }))).toBe(
      "applied",
    );
    expect((await model.policyAttachments(TOOLS))?.attachments).toEqual([ALICE]);
    const reading = await model.managedPolicy(TOOLS).catch((error: unknown) => error);
    expect(isUnknownState(reading)).toBe(true);
  });

  it("knows the default version once it is written, and the next one's number", async () => {
    const model = account();
    model.applyRecord(
      record(
        "CreatePolicyVersion",
        { policyArn: TOOLS, policyDocument: FULL },
        { policyVersion: { versionId: "v7" } },
      ),
    );
    await expect(model.managedPolicy(TOOLS)).rejects.toThrow(`the default version of ${TOOLS} is not known`);
    model.applyRecord(record("SetDefaultPolicyVersion", { policyArn: TOOLS, versionId: "v7" }));
    expect(await model.managedPolicy(TOOLS)).toMatchObject({ versionId: "v7", document: FULL });
    expect(model.iam.createPolicyVersion(TOOLS, "{}")).toBe("v8");
  });

  it("says `unknown` of a call whose parameters CloudTrail left out", () => {
    const omitted = { omitted: true, reason: "requestParameters too large", originalSize: 149_893 };
    expect(account().applyRecord(record("PutUserPolicy", omitted))).toBe("unknown");
  });

  it("tells all that it knows of an account before it says what it does not", async () => {
    const model = account();
    model.applyRecord(record("AttachUserPolicy", { userName: "alice", policyArn: TOOLS }));
    model.applyRecord(
      record("PutUserPolicy", { userName: "alice", policyName: "extra", policyDocument: FULL }),
    );
    const names: string[] = [];
    const reading = (async () => {
      for await (const { name } of model.accountPolicies()) names.push(name);
    })();
    await expect(reading).rejects.toThrow("is not known");
    expect(names).toEqual(["extra"]);
  });
});

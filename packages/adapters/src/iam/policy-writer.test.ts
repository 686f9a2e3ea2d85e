import type { ContainmentStep, RestoreStep } from "@kms-guard/core/containment/steps.ts";
import {
  type IamAnswer,
  type IamCall,
  type IamEndpoint,
  iamEndpoint,
} from "@kms-guard/testing/fakes/iam-endpoint.ts";
import { afterEach, describe, expect, test } from "vitest";
import { iamConnection } from "./connection.ts";
import { createPolicyWriter } from "./policy-writer.ts";

const TEAM = "arn:aws:iam::111122223333:policy/Keys";
const DETACH: ContainmentStep = {
  action: "detach-user-policy",
  target: { principal: { type: "user", name: "alice" }, policyArn: TEAM },
};
const ATTACH: RestoreStep = {
  action: "attach-role-policy",
  target: { principal: { type: "role", name: "Deployer" }, policyArn: TEAM },
};
const PUT: RestoreStep = {
  action: "put-group-policy",
  target: { principal: { type: "group", name: "Admins" }, policyName: "keys" },
  document: '{"Statement":[]}',
};
const NO_SUCH_ENTITY = { status: 404, code: "NoSuchEntity", message: "it does not exist" };

let iam: IamEndpoint;
afterEach(() => iam.close());

async function writerOn(answer: (call: IamCall) => IamAnswer, requestTimeoutMs?: number) {
  iam = await iamEndpoint(answer, requestTimeoutMs);
  return createPolicyWriter(iam.connection);
}

describe("what IAM refuses", () => {
  test.each([
    [400, "Throttling", "Rate exceeded", true],
    [500, "ServiceFailure", "The request processing has failed", true],
    [503, "ServiceUnavailable", "busy", true],
    [409, "ConcurrentModification", "was modified", true],
    [409, "EntityTemporarilyUnmodifiable", "wait a few minutes", true],
    [400, "UnmodifiableEntity", "only modifiable by AWS", false],
    [403, "AccessDenied", "is not authorized to perform: iam:DetachUserPolicy", false],
    [409, "LimitExceeded", "Cannot exceed quota", false],
    [400, "InvalidInput", "bad", false],
    [403, "InvalidClientTokenId", "The security token is invalid", false],
  ])("%i %s: %s (retryable: %s)", async (status, code, message, retryable) => {
    const writer = await writerOn(() => ({ status, code, message }));
    expect(await writer.perform(DETACH)).toEqual({
      outcome: "failed",
      error: `${code}: ${message}`,
      retryable,
    });
  });

  test.each([
    ["PolicyNotAttachable", ATTACH],
    ["MalformedPolicyDocument", PUT],
  ])("%s on a restore is not retryable", async (code, step) => {
    const writer = await writerOn(({ Action }) => {
      if (Action === "ListAttachedRolePolicies") return { result: "" };
      return Action === "GetGroupPolicy" ? NO_SUCH_ENTITY : { status: 400, code, message: "no" };
    });
    expect(await writer.perform(step)).toEqual({ outcome: "failed", error: `${code}: no`, retryable: false });
  });

  test("a service control policy is named in front, whatever the length of the message", async () => {
    const message = `User: ${"x".repeat(900)} with an explicit deny in a service control policy`;
    const writer = await writerOn(() => ({ status: 403, code: "AccessDenied", message }));
    const result = await writer.perform(DETACH);
    expect(result).toMatchObject({ outcome: "failed", retryable: false });
    const error = result.outcome === "failed" ? result.error : "";
    expect(error.startsWith("AccessDenied (service control policy): User: xxx")).toBe(true);
    expect(error.length).toBe(601);
  });

  test("control characters in a message are not passed on", async () => {
    const writer = await writerOn(() => ({
      status: 400,
      code: "InvalidInput",
      message: "a\n b\u202ec",
    }));
    expect(await writer.perform(DETACH)).toMatchObject({ error: "InvalidInput: a  b c" });
  });
});

describe("no answer at all", () => {
  test("a call that IAM does not answer in time is retryable", async () => {
    const writer = await writerOn(() => "no answer", 100);
    expect(await writer.perform(DETACH)).toMatchObject({ outcome: "failed", retryable: true });
  });

  test("an IAM that cannot be reached is retryable", async () => {
    const writer = await writerOn(() => ({ result: "" }));
    await iam.close();
    expect(await writer.perform(DETACH)).toMatchObject({
      outcome: "failed",
      error: expect.stringContaining("ECONNREFUSED"),
      retryable: true,
    });
  });

  test("a surprise, such as a client that cannot be made, is thrown", async () => {
    iam = await iamEndpoint(() => ({ result: "" }));
    const writer = createPolicyWriter(() => Promise.reject(new Error("no SDK here")));
    await expect(writer.perform(DETACH)).rejects.toThrow("no SDK here");
  });
});

describe("deleting an inline policy", () => {
  const REMOVE: ContainmentStep & { readonly document: string } = {
    action: "delete-group-policy",
    target: { principal: { type: "group", name: "Admins" }, policyName: "keys" },
    document: '{"Statement":[]}',
  };
  const SAME = { result: "<PolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</PolicyDocument>" };
  const OTHER = { result: "<PolicyDocument>%7B%7D</PolicyDocument>" };

  test("takes a look before, and none where that was just done", async () => {
    const writer = await writerOn(() => SAME);
    expect(await writer.perform(REMOVE)).toEqual({ outcome: "done" });
    expect(iam.actions()).toEqual(["GetGroupPolicy", "DeleteGroupPolicy"]);
    expect(await writer.perform(REMOVE, true)).toEqual({ outcome: "done" });
    expect(iam.actions()).toEqual(["GetGroupPolicy", "DeleteGroupPolicy", "DeleteGroupPolicy"]);
  });

  test.each([
    ["that one", SAME, true],
    ["another", OTHER, false],
    ["none", NO_SUCH_ENTITY, false],
  ])("what stands is %s", async (_, answer, stands) => {
    const writer = await writerOn(() => answer);
    expect(await writer.isUnchanged(REMOVE)).toBe(stands);
    expect(iam.actions()).toEqual(["GetGroupPolicy"]);
  });

  test("what stands is not told: that is an error, after one try", async () => {
    const writer = await writerOn(() => ({ status: 400, code: "Throttling", message: "Rate exceeded" }));
    await expect(writer.isUnchanged(REMOVE)).rejects.toThrow("Rate exceeded");
  });
});

describe("giving back", () => {
  test("an attachment is made where it is not", async () => {
    const writer = await writerOn(() => ({ result: "" }));
    expect(await writer.perform(ATTACH)).toEqual({ outcome: "done" });
    expect(iam.actions()).toEqual(["ListAttachedRolePolicies", "AttachRolePolicy"]);
    expect(iam.calls[1]).toMatchObject({ RoleName: "Deployer", PolicyArn: TEAM });
  });

  test("an attachment that is there is left alone", async () => {
    const writer = await writerOn(() => ({
      result: `<AttachedPolicies><member><PolicyArn>${TEAM}</PolicyArn></member></AttachedPolicies>`,
    }));
    expect(await writer.perform(ATTACH)).toEqual({ outcome: "already" });
    expect(iam.actions()).toEqual(["ListAttachedRolePolicies"]);
  });

  test("a principal that is gone cannot be given anything", async () => {
    const writer = await writerOn(() => NO_SUCH_ENTITY);
    const failed = { outcome: "failed", error: "NoSuchEntity: it does not exist", retryable: false };
    expect(await writer.perform(ATTACH)).toEqual(failed);
    expect(await writer.perform(PUT)).toEqual(failed);
  });

  test("a document that somebody else has put there since is not overwritten", async () => {
    const writer = await writerOn(() => ({ result: "<PolicyDocument>%7B%7D</PolicyDocument>" }));
    expect(await writer.perform(PUT)).toEqual({
      outcome: "failed",
      error: "another document stands as `keys` of group `Admins`; delete that one first",
      retryable: false,
    });
    expect(iam.actions()).toEqual(["GetGroupPolicy"]);
  });

  test("the same document is left alone", async () => {
    const writer = await writerOn(() => ({
      result: "<PolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</PolicyDocument>",
    }));
    expect(await writer.perform(PUT)).toEqual({ outcome: "already" });
  });

  test("what stands cannot be read: that is the failure, with IAM's words", async () => {
    const writer = await writerOn(() => ({ status: 403, code: "AccessDenied", message: "iam:ListAttached" }));
    expect(await writer.perform(ATTACH)).toEqual({
      outcome: "failed",
      error: "AccessDenied: iam:ListAttached",
      retryable: false,
    });
  });
});

test("a refusal that passes is tried again by the SDK before it is told", async () => {
  let calls = 0;
  iam = await iamEndpoint(() => {
    calls += 1;
    return calls < 3 ? { status: 400, code: "Throttling", message: "Rate exceeded" } : { result: "" };
  });
  const writer = createPolicyWriter(iamConnection({ region: "us-east-1" }));
  expect(await writer.perform(DETACH)).toEqual({ outcome: "done" });
  expect(calls).toBe(3);
});

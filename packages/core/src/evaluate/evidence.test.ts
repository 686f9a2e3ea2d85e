import { describe, expect, test } from "vitest";
import { KMS } from "../services/kms.ts";
import { evaluateDocument } from "./evaluate.ts";

const OWN = { id: "111122223333", partition: "aws" };
const ALLOW = { Sid: "All", Effect: "Allow", Action: "kms:*", Resource: "*" };
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

const evidence = (...statements: readonly object[]) =>
  evaluateDocument({ Version: "2012-10-17", Statement: statements }, { account: OWN, service: KMS, nowMs: 0 })
    .evidence;

/** The evidence of a statement beside a full grant. */
function evidenceBeside(statement: object): { counts: boolean | undefined; contributes: string | undefined } {
  const found = evidence(ALLOW, statement).find(({ path }) => path === "Statement[1]");
  return { counts: found?.counts, contributes: found?.contributes };
}

const deny = (written: object) => ({ Effect: "Deny", Action: "kms:Sign", Resource: "*", ...written });

test("a piece of evidence has the statement in its own words", () => {
  expect(
    evidence({
      Sid: "Everything",
      Effect: "Allow",
      Action: ["s3:*", "KMS:*", "kms:Decrpyt"],
      Resource: ["*", "arn:aws:s3:::a"],
      Condition: { Bool: { "aws:SecureTransport": "true" } },
    }),
  ).toEqual([
    {
      path: "Statement[0]",
      sid: "Everything",
      effect: "Allow",
      // Those of other services are left out; a misspelt one of this service is shown.
      actions: ["KMS:*", "kms:Decrpyt"],
      resources: ["*", "arn:aws:s3:::a"],
      conditions: [{ operator: "Bool", key: "aws:SecureTransport", values: ["true"] }],
      counts: true,
      contributes:
        "allows all 56 KMS actions on every resource; its condition (Bool aws:SecureTransport) is always true",
    },
  ]);
});

test("exceptions are marked, every one of them", () => {
  const [negated] = evidence({ Effect: "Allow", NotAction: ["iam:*", "s3:*"], NotResource: [KEY] });
  expect(negated?.actions).toEqual(["NotAction: iam:*", "NotAction: s3:*"]);
  expect(negated?.resources).toEqual([`NotResource: ${KEY}`]);
  expect(negated).not.toHaveProperty("sid");
});

test("statements are in the document's order, without those of other services", () => {
  const s3 = { Effect: "Allow", Action: "s3:*", Resource: "*" };
  expect(evidence(s3, deny({}), ALLOW, { ...s3, Effect: "Deny" }).map(({ path }) => path)).toEqual([
    "Statement[1]",
    "Statement[2]",
  ]);
});

describe("what an Allow gives", () => {
  test.each([
    [ALLOW, "allows all 56 KMS actions on every resource"],
    [
      { ...ALLOW, Action: ["kms:Sign", "kms:Verify*"] },
      "allows kms:Sign, kms:Verify, kms:VerifyMac on every resource",
    ],
    [{ ...ALLOW, Action: "kms:List*" }, "allows 7 of 56 KMS actions on every resource"],
    [{ ...ALLOW, Resource: KEY }, `allows all 56 KMS actions on ${KEY}`],
    [
      { ...ALLOW, Resource: ["arn:aws:kms:*:*:key/*", KEY, "arn:aws:s3:::a"] },
      "allows all 56 KMS actions on arn:aws:kms:*:*:key/* and 2 more",
    ],
    [
      { Effect: "Allow", Action: "kms:*", NotResource: [KEY] },
      `allows all 56 KMS actions on every resource but ${KEY}`,
    ],
    [
      {
        ...ALLOW,
        Condition: { Bool: { "aws:MultiFactorAuthPresent": "true", "aws:SecureTransport": "true" } },
      },
      "allows all 56 KMS actions on every resource, only when Bool aws:MultiFactorAuthPresent and Bool aws:SecureTransport hold",
    ],
  ])("%j", (statement, contributes) => {
    expect(evidenceBeside(statement)).toEqual({ counts: true, contributes });
  });

  test.each([
    ["arn:aws:s3:::a", "gives nothing: its resources are no KMS keys of partition aws"],
    ["arn:aws-cn:kms:*:*:*", "gives nothing: its resources are no KMS keys of partition aws"],
    [
      "arn:aws:kms:*:*:key/${aws:PrincipalTag/key}",
      "gives nothing: its resources depend on a policy variable without a known value",
    ],
  ])("on `%s` nothing", (resource, contributes) => {
    expect(evidenceBeside({ ...ALLOW, Resource: resource })).toEqual({ counts: false, contributes });
  });
});

describe("what a Deny takes away", () => {
  test.each([
    [deny({}), "denies kms:Sign on every resource"],
    [deny({ Condition: {} }), "denies kms:Sign on every resource"],
    [
      deny({ Resource: "arn:aws:kms:*:*:key/*abcdef" }),
      "denies kms:Sign on arn:aws:kms:*:*:key/*abcdef: less than one key in a thousand",
    ],
    [deny({ Resource: "arn:aws:kms:eu-west-1:*:*" }), "denies kms:Sign on arn:aws:kms:eu-west-1:*:*"],
    [
      deny({ Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } } }),
      "denies kms:Sign on every resource, where StringEquals aws:RequestedRegion holds",
    ],
    [
      deny({ Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      "denies kms:Sign on every resource; its condition (Bool aws:SecureTransport) is always true",
    ],
    [
      deny({ Condition: { StringNotEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } } }),
      "denies kms:Sign on every resource, in every direct call on an ordinary key (StringNotEquals kms:ViaService)",
    ],
    [
      { Effect: "Deny", Action: "kms:Sign", NotResource: KEY },
      `denies kms:Sign on every resource but ${KEY}`,
    ],
  ])("counts: %j", (statement, contributes) => {
    expect(evidenceBeside(statement)).toEqual({ counts: true, contributes });
  });

  test.each([
    [
      deny({
        Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" }, StringLike: { "aws:username": "a" } },
      }),
      "denies kms:Sign, but only under a condition on aws:MultiFactorAuthPresent, aws:username: no protection to rely on",
    ],
    [
      deny({ Resource: "arn:aws:kms:*:${aws:PrincipalAccount}:key/*" }),
      "may deny kms:Sign on arn:aws:kms:*:${aws:PrincipalAccount}:key/*: one of its resources has the variable `${aws:PrincipalAccount}` before the fifth colon, where IAM may take it for plain text",
    ],
    [
      deny({ Resource: "arn:aws:kms:*:*:key/${aws:PrincipalTag/key}" }),
      "takes away nothing: its resources depend on a policy variable without a known value",
    ],
    [
      deny({ Resource: [KEY, "arn:aws:kms:*:*:key/0f1e2d3c-0000-0000-0000-000000000000"] }),
      "denies kms:Sign, on named keys only: every other key stays granted",
    ],
    [
      deny({ Resource: "arn:aws:s3:::a" }),
      "takes away nothing: its resources are no KMS keys of partition aws",
    ],
    [deny({ Action: "kms:Decrpyt" }), "takes nothing away: no KMS action has such a name"],
  ])("does not count: %j", (statement, contributes) => {
    expect(evidenceBeside(statement)).toEqual({ counts: false, contributes });
  });

  test.each([deny({ Action: "s3:*" }), { Effect: "Deny", NotAction: "kms:*", Resource: "*" }])(
    "is not spoken of: %j",
    (statement) => expect(evidenceBeside(statement).contributes).toBeUndefined(),
  );
});

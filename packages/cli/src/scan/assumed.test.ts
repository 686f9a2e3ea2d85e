import { evaluateDocument } from "@kms-guard/core/evaluate/evaluate.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { describe, expect, it } from "vitest";
import { type Assumed, evaluateAssuming } from "./assumed.ts";

type Statement = Readonly<Record<string, unknown>>;

const allow = (resource: string | readonly string[], rest: Statement = {}): Statement => ({
  Effect: "Allow",
  Action: "kms:*",
  Resource: resource,
  ...rest,
});
const deny = (resource: string): Statement => allow(resource, { Effect: "Deny" });
const when = (operator: string, key: string, ...values: readonly string[]): Statement =>
  allow("*", { Condition: { [operator]: { [key]: values } } });

function evaluated(statements: readonly Statement[], said: Assumed = {}) {
  const document = { Version: "2012-10-17", Statement: statements };
  const { verdict, assumed } = evaluateAssuming(document, said, (account) =>
    evaluateDocument(document, { account, service: KMS, nowMs: 0 }),
  );
  const [, note] = /; (evaluated .*)$/.exec(verdict.reason) ?? [];
  return { name: verdict.name, note, ...assumed };
}

const OWN = "arn:aws:kms:*:444455556666:key/*";
const OTHER = "arn:aws:kms:*:777788889999:key/*";
const NAMES_IT = "evaluated as account 444455556666, which the document names: use --account ID for yours";
const PLACEHOLDER = "evaluated as account 111122223333, a placeholder: use --account ID for yours";

describe("the account", () => {
  it.each([
    {
      title: "the one that the KMS ARNs name",
      statements: [allow(OWN)],
      expected: { name: "near-full", account: "444455556666", note: NAMES_IT },
    },
    {
      title: "that one, whatever accounts the ARNs of other services name",
      statements: [allow(OWN), allow("arn:aws:sqs:*:777788889999:*", { Action: "sqs:*" })],
      expected: { name: "near-full", account: "444455556666", note: NAMES_IT },
    },
    {
      title: "that one, in ARNs of any partition",
      statements: [allow("arn:*:kms:*:444455556666:key/*")],
      expected: { name: "near-full", account: "444455556666", note: NAMES_IT },
    },
    {
      title: "a placeholder where only the author knows which of two it is",
      statements: [allow([OWN, OTHER])],
      expected: { name: "scoped-full", account: "111122223333", note: PLACEHOLDER },
    },
    {
      title: "a placeholder where a Deny names an account, which may be another's",
      statements: [allow("*"), deny(OWN)],
      expected: { name: "full", account: "111122223333", note: PLACEHOLDER },
    },
    {
      title: "a placeholder where NotResource names one",
      statements: [{ Effect: "Allow", Action: "kms:*", NotResource: OWN }],
      expected: { name: "full", account: "111122223333", note: PLACEHOLDER },
    },
    {
      title: "a placeholder, without a word, where none is named",
      statements: [allow("arn:aws:kms:*:*:key/*")],
      expected: { name: "near-full", account: "111122223333", note: undefined },
    },
    {
      title: "the one that a condition on the principal's account names",
      statements: [when("StringEquals", "aws:PrincipalAccount", "444455556666")],
      expected: { name: "conditional-full", account: "444455556666", note: NAMES_IT },
    },
    {
      title: "the one that a condition on the principal's ARN names",
      statements: [when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::444455556666:role/*")],
      expected: { name: "conditional-full", account: "444455556666", note: NAMES_IT },
    },
    {
      title: "any of several, where a placeholder would have nothing",
      statements: [when("StringEquals", "aws:PrincipalAccount", "444455556666", "777788889999")],
      expected: { name: "conditional-full", account: "444455556666", note: NAMES_IT },
    },
    {
      title: "not the one that a condition leaves out",
      statements: [when("StringNotEquals", "aws:PrincipalAccount", "444455556666")],
      expected: { name: "conditional-full", account: "111122223333", note: PLACEHOLDER },
    },
  ])("is $title", ({ statements, expected }) => {
    expect(evaluated(statements)).toEqual({ ...expected, partition: "aws" });
  });

  it("is not assumed where it was said", () => {
    expect(evaluated([allow(OWN)], { account: "777788889999" })).toEqual({
      name: "scoped-full",
      note: undefined,
      partition: "aws",
    });
  });
});

const inPartition = (partition: string): string =>
  `evaluated in the partition ${partition}, which the document names: use --partition NAME for yours`;

describe("the partition", () => {
  it.each([
    {
      title: "that of the KMS ARNs",
      statements: [allow("arn:aws-cn:kms:*:*:key/*")],
      expected: { name: "near-full", partition: "aws-cn", note: inPartition("aws-cn") },
    },
    {
      title: "that of the KMS ARNs, not that of others",
      statements: [allow("arn:aws-cn:kms:*:*:key/*"), allow("arn:aws:s3:::logs/*", { Action: "s3:*" })],
      expected: { name: "near-full", partition: "aws-cn", note: inPartition("aws-cn") },
    },
    {
      title: "that of any ARNs where no KMS ARN names one",
      statements: [allow("*"), allow("arn:aws-us-gov:s3:::logs/*", { Action: "s3:*" })],
      expected: { name: "full", partition: "aws-us-gov", note: inPartition("aws-us-gov") },
    },
    {
      title: "the worst of those that the ARNs name",
      statements: [
        allow("arn:aws:kms:*:*:key/*", { Action: "kms:DescribeKey" }),
        allow("arn:aws-us-gov:kms:*:*:key/*"),
      ],
      expected: { name: "near-full", partition: "aws-us-gov", note: inPartition("aws-us-gov") },
    },
    {
      title: "that of the Regions in the conditions",
      statements: [when("StringEquals", "aws:RequestedRegion", "us-gov-east-1", "us-gov-west-1")],
      expected: { name: "full", partition: "aws-us-gov", note: inPartition("aws-us-gov") },
    },
    {
      title: "that of the Regions in ARNs of any partition",
      statements: [allow("arn:*:kms:cn-*:*:key/*")],
      expected: { name: "near-full", partition: "aws-cn", note: inPartition("aws-cn") },
    },
    {
      title: "the default where an ARN in a Deny is of another",
      statements: [allow("*"), deny("arn:aws-cn:kms:*:*:key/*")],
      expected: { name: "full", partition: "aws", note: undefined },
    },
    {
      title: "the default where an ARN is of none that there is",
      statements: [allow("arn:azure:kms:*:*:key/*")],
      expected: { name: "none", partition: "aws", note: undefined },
    },
    {
      title: "the default, without a word, where the ARNs name it",
      statements: [allow("arn:aws:kms:*:*:key/*")],
      expected: { name: "near-full", partition: "aws", note: undefined },
    },
  ])("is $title", ({ statements, expected }) => {
    expect(evaluated(statements)).toEqual({ ...expected, account: "111122223333" });
  });

  it("is not assumed where it was said", () => {
    expect(evaluated([allow("arn:aws-cn:kms:*:*:key/*")], { partition: "aws" })).toEqual({
      name: "none",
      note: undefined,
      account: "111122223333",
    });
  });
});

describe("the account in a partition", () => {
  it("is the one that the KMS ARNs of that partition name", () => {
    const statements = [allow("arn:aws-cn:kms:*:444455556666:key/*"), allow(OTHER)];
    expect(evaluated(statements, { partition: "aws-cn" })).toEqual({
      ...{ name: "near-full", account: "444455556666", note: NAMES_IT },
    });
    expect(evaluated(statements, { partition: "aws" })).toMatchObject({ account: "777788889999" });
  });

  it("is said together with it", () => {
    expect(evaluated([allow("arn:aws-us-gov:kms:*:444455556666:key/*")])).toEqual({
      ...{ name: "near-full", account: "444455556666", partition: "aws-us-gov" },
      note: "evaluated as account 444455556666 in the partition aws-us-gov, which the document names: use --account ID and --partition NAME for yours",
    });
  });
});

it("assumes without a word what a document cannot say that is no document", () => {
  const { verdict, assumed } = evaluateAssuming("{", {}, (account) =>
    evaluateDocument("{", { account, service: KMS, nowMs: 0 }),
  );
  expect(verdict).toMatchObject({ name: "invalid", reason: expect.not.stringContaining("evaluated as") });
  expect(assumed).toEqual({ account: "111122223333", partition: "aws" });
});

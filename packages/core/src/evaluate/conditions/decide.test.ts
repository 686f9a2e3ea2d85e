import { describe, expect, test } from "vitest";
import { KMS } from "../../services/kms.ts";
import { type ConditionBlock, readConditions } from "./condition-block.ts";
import { decideAllow, decideDeny, validUntilMs } from "./decide.ts";

type Written = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

const CONTEXT = {
  account: { id: "111122223333", partition: "aws" },
  service: KMS,
  nowMs: Date.UTC(2026, 9, 1),
};

const steps = (left = 100_000) => ({
  take: (count: number) => {
    left -= count;
    return left >= 0;
  },
});

function block(written: Written, version = "2012-10-17"): ConditionBlock {
  const conditions = Object.entries(written).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: [values].flat() })),
  );
  return readConditions(conditions, version, CONTEXT);
}

const allow = (...written: readonly Written[]) =>
  decideAllow(
    written.map((one) => block(one)),
    steps(),
  );
const deny = (...written: readonly Written[]) =>
  decideDeny(
    written.map((one) => block(one)),
    steps(),
  );

describe("one condition of an Allow", () => {
  test.each<["always" | "sometimes" | "never", string, string, ...string[]]>([
    ["always", "Bool", "aws:SecureTransport", "true"],
    ["never", "Bool", "aws:SecureTransport", "false"],
    ["always", "StringEquals", "aws:SecureTransport", "true"],
    ["sometimes", "StringNotEquals", "aws:PrincipalTag/type", "contractor"],
    ["sometimes", "Null", "aws:PrincipalTag/suspended", "true"],
    ["sometimes", "StringNotEquals", "saml:sub", "intern@example.com"],
    ["sometimes", "BoolIfExists", "MultiFactorAuthPresent", "true"],
    ["never", "DateGreaterThan", "aws:CurrentTime", "2040"],
    ["never", "ArnLike", "aws:PrincipalArn", "*"],
    ["always", "ArnNotLike", "aws:PrincipalArn", "*"],
    ["always", "ArnLike", "aws:PrincipalArn", "arn:*:*:*:*:*"],
    ["never", "NumericGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"],
    ["sometimes", "FooIfExists", "kms:ViaService", "1"],
    ["sometimes", "StringNotEquals", "aws:PrincipalAccount"],
    ["sometimes", "StringNotEquals", "kms:EncryptionContext:app", "payroll"],
    ["never", "DateLessThan", "aws:CurrentTime", "2024-01-01T00:00:00Z"],
    ["never", "StringEquals", "aws:PrincipalAccount", "999900001111"],
    ["always", "StringLike", "aws:PrincipalArn", "arn:*"],
    ["always", "StringLike", "aws:PrincipalArn", "?*"],
    ["always", "StringLike", "aws:UserAgent", "*"],
    ["always", "Null", "aws:PrincipalTag/a", "true", "false"],
    ["always", "DateNotEquals", "aws:CurrentTime", "2020-01-01T00:00:00Z"],
    ["always", "NotIpAddress", "aws:SourceIp", "240.0.0.0/4", "127.0.0.0/8"],
    ["sometimes", "NotIpAddress", "aws:SourceIp", "10.0.0.0/8"],
    ["always", "IpAddress", "aws:SourceIp", "0.0.0.0/1", "128.0.0.0/1"],
    ["always", "IpAddress", "aws:SourceIp", "1.2.3.4/0"],
    ["sometimes", "IpAddress", "aws:SourceIp", "0.0.0.0/1"],
    ["sometimes", "IpAddress", "aws:SourceIp", "::/0"],
    ["sometimes", "StringNotEquals", "aws:userid", "nobody"],
    ["sometimes", "StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"],
    ["always", "StringNotEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"],
    ["sometimes", "Bool", "aws:IsMcpServiceAction", "true"],
    ["always", "StringEquals", "aws:PrincipalAccount", "${kms:CallerAccount}"],
    ["always", "StringEquals", "aws:PrincipalArn", "${aws:principalarn}"],
  ])("%s: %s %s %s", (expected, operator, key, ...values) => {
    expect(allow({ [operator]: { [key]: values } }).holds).toBe(expected);
  });

  test("variables are text under Version 2008-10-17", () => {
    const written = { StringEquals: { "aws:PrincipalAccount": "${aws:PrincipalAccount}" } };
    expect(decideAllow([block(written, "2008-10-17")], steps()).holds).toBe("never");
  });
});

test("complements", () => {
  expect(
    allow(
      { Bool: { "aws:MultiFactorAuthPresent": "true" } },
      { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
    ).holds,
  ).toBe("always");
  expect(
    allow(
      { Bool: { "aws:MultiFactorAuthPresent": "true" } },
      { Bool: { "aws:MultiFactorAuthPresent": "false" } },
    ).holds,
  ).toBe("sometimes");
});

test("scopes", () => {
  expect(allow({ StringEquals: { "aws:ResourceTag/a": "1" } })).toEqual({
    holds: "sometimes",
    onSomeResources: true,
    madeBy: ["TagResource"],
    keys: ["aws:ResourceTag/a"],
  });
});

test("denies", () => {
  expect(deny({ Bool: { "aws:SecureTransport": "true" } })).toBe("always");
  expect(deny({ DateGreaterThan: { "aws:CurrentTime": "2024-01-01T00:00:00Z" } })).toBe("always");
  expect(deny({ StringNotEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } })).toBe("limits");
  expect(deny({ BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } })).toBe("sometimes");
  expect(deny({ StringEquals: { "kms:KeySpec": "SYMMETRIC_DEFAULT" } })).toBe("limits");
});

test("the time", () => {
  expect(validUntilMs([block({ DateLessThan: { "aws:CurrentTime": "2027-01-01" } })], CONTEXT)).toBe(
    Date.UTC(2027, 0, 1),
  );
});

import { describe, expect, test } from "vitest";
import { KMS } from "../../services/kms.ts";
import { SECRETS_MANAGER } from "../../services/secrets-manager.fixture.ts";
import { type ConditionBlock, readConditions } from "./condition-block.ts";
import { decideAllow, decideDeny, validUntilMs } from "./decide.ts";
import { atMost } from "./steps.ts";

const CONTEXT = {
  account: { id: "111122223333", partition: "aws" },
  service: KMS,
  nowMs: Date.UTC(2026, 9, 1),
};

/** An operator, a key and the values; several of these are one block. */
type Written = readonly [operator: string, key: string, ...values: string[]];

const block = (...conditions: readonly Written[]): ConditionBlock =>
  readConditions(
    conditions.map(([operator, key, ...values]) => ({ operator, key, values })),
    "2012-10-17",
    CONTEXT,
  );

const PLENTY = 100_000;
const allow = (...blocks: readonly ConditionBlock[]) => decideAllow(blocks, atMost(PLENTY));
const deny = (...blocks: readonly ConditionBlock[]) => decideDeny(blocks, atMost(PLENTY));

describe("an Allow under one condition", () => {
  /** Each condition that always holds beside the one that looks most like it and does not. */
  test.each<[why: string, always: Written, other: Written, holds: "sometimes" | "never"]>([
    [
      "no service takes calls without TLS",
      ["Bool", "aws:SecureTransport", "true"],
      ["Bool", "aws:SecureTransport", "false"],
      "never",
    ],
    [
      "letters of operator, key and Bool may be of either case",
      ["BOOL", "AWS:securetransport", "True"],
      ["StringEquals", "AWS:securetransport", "True"],
      "never",
    ],
    [
      "a value of another type is a text too",
      ["StringEquals", "aws:SecureTransport", "true"],
      ["NumericEquals", "aws:SecureTransport", "1"],
      "never",
    ],
    [
      "MFA may be absent",
      ["BoolIfExists", "aws:SecureTransport", "true"],
      ["BoolIfExists", "aws:MultiFactorAuthPresent", "true"],
      "sometimes",
    ],
    [
      "a direct call is not through a service",
      ["Bool", "aws:ViaAWSService", "false"],
      ["Bool", "aws:ViaAWSService", "true"],
      "sometimes",
    ],
    [
      "the caller is no service",
      ["Bool", "aws:PrincipalIsAWSService", "false"],
      ["Bool", "aws:PrincipalIsAWSService", "true"],
      "sometimes",
    ],
    [
      "a direct call is not by an MCP service",
      ["BoolIfExists", "aws:IsMcpServiceAction", "false"],
      ["Bool", "aws:IsMcpServiceAction", "true"],
      "sometimes",
    ],
    [
      "both values are wanted, where the key is there",
      ["Bool", "aws:ViaAWSService", "true", "false"],
      ["Bool", "aws:MultiFactorAuthPresent", "true", "false"],
      "sometimes",
    ],
    [
      "every principal's ARN is one of the account",
      ["StringLike", "aws:PrincipalArn", "arn:*"],
      ["StringLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/admin*"],
      "sometimes",
    ],
    [
      "some role, some user, root, or a session without a role",
      ["StringLike", "aws:PrincipalArn", "*:role/*", "*:user/*", "*:root", "*:*ed-*/*"],
      ["StringLike", "aws:PrincipalArn", "*:role/*", "*:user/*"],
      "sometimes",
    ],
    [
      "no principal is of another account",
      ["StringNotLike", "aws:PrincipalArn", "arn:aws:iam::999900001111:*"],
      ["StringLike", "aws:PrincipalArn", "arn:aws:iam::999900001111:*"],
      "never",
    ],
    [
      "ARNs are compared by their six segments: `*` is no ARN",
      ["ArnLike", "aws:PrincipalArn", "arn:*:*:*:*:*"],
      ["ArnLike", "aws:PrincipalArn", "*"],
      "never",
    ],
    [
      "what is no ARN is unlike every ARN",
      ["ArnNotLike", "aws:PrincipalArn", "*"],
      ["ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*"],
      "sometimes",
    ],
    [
      "nobody knows how IAM reads a short ARN",
      ["ArnEquals", "aws:PrincipalArn", "arn:aws:*::111122223333:*"],
      ["ArnEquals", "aws:PrincipalArn", "arn:aws:*::111122223333*"],
      "sometimes",
    ],
    [
      "a wildcard of a segment does not match a colon",
      ["StringLike", "aws:PrincipalArn", "arn:*:111122223333:*"],
      ["ArnLike", "aws:PrincipalArn", "arn:*:111122223333:*:*:*"],
      "never",
    ],
    [
      "any user id, of which none is empty",
      ["StringLike", "aws:userid", "?*"],
      ["StringLike", "aws:username", "?*"],
      "sometimes",
    ],
    [
      "StringEquals takes no wildcards",
      ["StringLike", "aws:userid", "nobody", "**"],
      ["StringEquals", "aws:userid", "*"],
      "sometimes",
    ],
    [
      "who is called nobody is somebody",
      ["StringNotEquals", "aws:PrincipalAccount", "nobody"],
      ["StringNotEquals", "aws:userid", "nobody"],
      "sometimes",
    ],
    [
      "the own account calls",
      ["StringEquals", "kms:CallerAccount", "111122223333"],
      ["StringEquals", "kms:CallerAccount", "999900001111"],
      "never",
    ],
    [
      "the own account calls, among others",
      ["StringEqualsIgnoreCase", "aws:PrincipalAccount", "999900001111", "111122223333"],
      ["StringNotEquals", "aws:PrincipalAccount", "999900001111", "111122223333"],
      "never",
    ],
    [
      "the own account by its first digits",
      ["StringLike", "aws:PrincipalAccount", "1111*"],
      ["StringLike", "aws:PrincipalAccount", "9999*"],
      "never",
    ],
    [
      "nobody knows whether an account is a number",
      ["StringEquals", "aws:PrincipalAccount", "111122223333"],
      ["NumericEquals", "aws:PrincipalAccount", "111122223333"],
      "sometimes",
    ],
    [
      "principals may have tags",
      ["StringNotEquals", "aws:CalledViaFirst", "contractor"],
      ["StringNotEquals", "aws:PrincipalTag/type", "contractor"],
      "sometimes",
    ],
    [
      "principals may have no tags",
      ["Null", "aws:PrincipalTag/a", "true", "false"],
      ["Null", "aws:PrincipalTag/suspended", "true"],
      "sometimes",
    ],
    [
      "federation keys may be there",
      ["StringNotEquals", "aws:SourceArn", "intern@example.com"],
      ["StringNotEquals", "saml:sub", "intern@example.com"],
      "sometimes",
    ],
    [
      "nobody knows a key without its prefix",
      ["BoolIfExists", "aws:PrincipalIsAWSService", "false"],
      ["BoolIfExists", "PrincipalIsAWSService", "false"],
      "sometimes",
    ],
    [
      "what is always there is not absent",
      ["Null", "aws:PrincipalArn", "false"],
      ["Null", "aws:PrincipalArn", "true"],
      "never",
    ],
    ["nor is the time", ["Null", "aws:CurrentTime", "false"], ["Null", "aws:EpochTime", "true"], "never"],
    [
      "a direct call has no service in between",
      ["Null", "kms:ViaService", "true"],
      ["Null", "kms:ViaService", "false"],
      "sometimes",
    ],
    [
      "what a direct call lacks is not equal",
      ["StringNotEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"],
      ["StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"],
      "sometimes",
    ],
    [
      "IfExists, where it does not exist",
      ["StringEqualsIfExists", "kms:ViaService", "s3.eu-west-1.amazonaws.com"],
      ["StringEqualsIfExists", "aws:SourceVpce", "vpce-0a1b2c3d"],
      "sometimes",
    ],
    [
      "all of no values, where a direct call has none",
      ["ForAllValues:StringEquals", "aws:CalledVia", "athena.amazonaws.com"],
      ["ForAnyValue:StringEquals", "aws:CalledVia", "athena.amazonaws.com"],
      "sometimes",
    ],
    [
      "none of no values differs",
      ["ForAllValues:StringNotEquals", "aws:CalledVia", "athena.amazonaws.com"],
      ["ForAnyValue:StringNotEquals", "aws:CalledVia", "athena.amazonaws.com"],
      "sometimes",
    ],
    [
      "any of no values, if it exists",
      ["ForAnyValue:StringLikeIfExists", "aws:CalledVia", "athena.amazonaws.com"],
      ["ForAnyValue:StringLikeIfExists", "kms:EncryptionContextKeys", "app"],
      "sometimes",
    ],
    [
      "an encryption context may be there",
      ["StringNotEquals", "kms:RecipientAttestation:PCR0", "00"],
      ["StringNotEquals", "kms:EncryptionContext:app", "payroll"],
      "sometimes",
    ],
    [
      "so may its keys",
      ["ForAllValues:StringLike", "kms:EncryptionContextKeys", "*"],
      ["ForAllValues:StringEquals", "kms:EncryptionContextKeys", "app"],
      "sometimes",
    ],
    [
      "after a day that is gone",
      ["DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"],
      ["DateGreaterThan", "aws:CurrentTime", "2031-01-01T00:00:00Z"],
      "never",
    ],
    [
      "from a day within a year",
      ["DateGreaterThan", "aws:CurrentTime", "2027-09-01"],
      ["DateGreaterThan", "aws:CurrentTime", "2027-11-01"],
      "never",
    ],
    [
      "until a day within a year",
      ["DateLessThan", "aws:CurrentTime", "2026-10-02"],
      ["DateLessThan", "aws:CurrentTime", "2024-01-01T00:00:00Z"],
      "never",
    ],
    [
      "four digits are a year",
      ["DateLessThan", "aws:CurrentTime", "2040"],
      ["DateGreaterThan", "aws:CurrentTime", "2040"],
      "never",
    ],
    [
      "more digits are seconds",
      ["DateGreaterThanEquals", "aws:EpochTime", "1577836800"],
      ["DateGreaterThanEquals", "aws:EpochTime", "1924905600"],
      "never",
    ],
    [
      "seconds are a number, a date is none",
      ["NumericGreaterThan", "aws:EpochTime", "0"],
      ["NumericGreaterThan", "aws:CurrentTime", "0"],
      "never",
    ],
    [
      "the time is not a moment",
      ["DateNotEquals", "aws:CurrentTime", "2020-01-01T00:00:00Z"],
      ["DateEquals", "aws:CurrentTime", "2020-01-01T00:00:00Z"],
      "never",
    ],
    [
      "a moment within a year is not all of it",
      ["DateNotEquals", "aws:CurrentTime", "2027-01-01T00:00:00Z"],
      ["DateEquals", "aws:CurrentTime", "2027-01-01T00:00:00Z"],
      "sometimes",
    ],
    [
      "the text of a time says nothing of the time",
      ["StringLike", "aws:CurrentTime", "*"],
      ["StringLike", "aws:CurrentTime", "2026-*"],
      "sometimes",
    ],
    [
      "access keys of users have no time of issue",
      ["DateGreaterThan", "aws:CurrentTime", "2010-01-01T00:00:00Z"],
      ["DateGreaterThan", "aws:TokenIssueTime", "2010-01-01T00:00:00Z"],
      "sometimes",
    ],
    [
      "every address",
      ["IpAddress", "aws:SourceIp", "0.0.0.0/0"],
      ["IpAddress", "aws:SourceIp", "10.0.0.0/8"],
      "sometimes",
    ],
    [
      "every address, by any of them",
      ["IpAddress", "aws:SourceIp", "1.2.3.4/0"],
      ["IpAddress", "aws:SourceIp", "1.2.3.4"],
      "sometimes",
    ],
    [
      "every address in two halves",
      ["IpAddress", "aws:SourceIp", "128.0.0.0/1", "0.0.0.0/1"],
      ["IpAddress", "aws:SourceIp", "0.0.0.0/1", "0.0.0.0/2"],
      "sometimes",
    ],
    [
      "every address of version 6 is not every address",
      ["IpAddress", "aws:SourceIp", "::/0", "0.0.0.0/0"],
      ["IpAddress", "aws:SourceIp", "::/0"],
      "sometimes",
    ],
    [
      "no host on the internet is in these",
      ["NotIpAddress", "aws:SourceIp", "240.0.0.0/4", "127.0.0.0/8"],
      ["NotIpAddress", "aws:SourceIp", "203.0.113.0/24"],
      "sometimes",
    ],
    [
      "the address in a VPC may be absent",
      ["IpAddressIfExists", "aws:VpcSourceIp", "0.0.0.0/0", "::/0"],
      ["IpAddress", "aws:VpcSourceIp", "0.0.0.0/0", "::/0"],
      "sometimes",
    ],
    [
      "the age of MFA is a number or absent",
      ["Null", "aws:MultiFactorAuthAge", "true", "false"],
      ["NumericLessThan", "aws:MultiFactorAuthAge", "3600"],
      "sometimes",
    ],
    [
      "the caller sends some header",
      ["StringLike", "aws:UserAgent", "*"],
      ["StringLike", "aws:UserAgent", "curl/*"],
      "sometimes",
    ],
    [
      "a key equals itself where it is present",
      ["StringEquals", "aws:PrincipalArn", "${aws:principalarn}"],
      ["StringEquals", "aws:username", "${aws:username}"],
      "sometimes",
    ],
    [
      "an ARN equals itself",
      ["ArnEquals", "aws:PrincipalArn", "${aws:PrincipalArn}"],
      ["ArnNotEquals", "aws:PrincipalArn", "${aws:PrincipalArn}"],
      "never",
    ],
    [
      "two keys have the same value",
      ["StringEquals", "aws:PrincipalAccount", "${kms:CallerAccount}"],
      ["StringEquals", "aws:PrincipalAccount", "${aws:SourceAccount}"],
      "sometimes",
    ],
    [
      "an ARN with the account in it",
      ["StringLike", "aws:PrincipalArn", "arn:aws:*::${aws:PrincipalAccount}:*"],
      ["StringLike", "aws:PrincipalArn", "arn:aws:*::${aws:PrincipalOrgID}:*"],
      "sometimes",
    ],
    [
      "what direct calls lack is compared with nothing",
      ["StringNotEquals", "kms:ViaService", "s3.${aws:RequestedRegion}.amazonaws.com"],
      ["StringNotEquals", "kms:ViaService", "${aws:PrincipalTag/service}"],
      "sometimes",
    ],
    [
      "`${*}` is a star",
      ["StringLike", "aws:userid", "*"],
      ["StringLike", "aws:userid", "${*}"],
      "sometimes",
    ],
    [
      "a default counts only where the key is absent, and then nothing is compared",
      ["StringEqualsIfExists", "aws:PrincipalTag/a", "${aws:PrincipalTag/a, 'x'}"],
      ["StringEquals", "aws:PrincipalTag/a", "${aws:PrincipalTag/a, '*'}"],
      "sometimes",
    ],
  ])("%s", (_, always, other, holds) => {
    expect(allow(block(always)).holds, always.join(" ")).toBe("always");
    expect(allow(block(other)).holds, other.join(" ")).toBe(holds);
  });

  test("that cannot be read holds sometimes", () => {
    expect(allow(block(["FooIfExists", "kms:ViaService", "1"])).holds).toBe("sometimes");
    expect(allow(block(["StringNotEquals", "aws:PrincipalAccount"])).holds).toBe("sometimes");
  });

  test("of another account is of that account", () => {
    const own = { ...CONTEXT, account: { id: "999900001111", partition: "aws" } };
    const conditions = [{ operator: "StringEquals", key: "kms:CallerAccount", values: ["111122223333"] }];
    expect(decideAllow([readConditions(conditions, "2012-10-17", own)], atMost(PLENTY)).holds).toBe("never");
  });
});

const MFA: Written = ["Bool", "aws:MultiFactorAuthPresent", "true"];
const NO_MFA: Written = ["BoolIfExists", "aws:MultiFactorAuthPresent", "false"];
const TEAM: Written = ["StringEquals", "aws:PrincipalTag/team", "a"];
const OTHER_TEAM: Written = ["StringNotEquals", "aws:PrincipalTag/team", "a"];

describe("several conditions", () => {
  test("of one block hold together", () => {
    expect(
      allow(block(["Bool", "aws:SecureTransport", "true"], ["Null", "aws:PrincipalArn", "false"])).holds,
    ).toBe("always");
    expect(allow(block(["Bool", "aws:SecureTransport", "true"], MFA)).holds).toBe("sometimes");
    expect(allow(block(TEAM, OTHER_TEAM)).holds).toBe("never");
  });

  test.each<[why: string, always: readonly Written[], sometimes: readonly Written[]]>([
    ["with MFA and without", [MFA, NO_MFA], [MFA, ["Bool", "aws:MultiFactorAuthPresent", "false"]]],
    [
      "with a tag and without",
      [TEAM, OTHER_TEAM],
      [TEAM, ["StringNotEquals", "aws:PrincipalTag/team", "b", "a"]],
    ],
    [
      "with a tag of any value and without",
      [
        ["StringLike", "aws:PrincipalTag/team", "*"],
        ["Null", "aws:PrincipalTag/team", "true"],
      ],
      [
        ["StringLike", "aws:PrincipalTag/team", "?*"],
        ["Null", "aws:PrincipalTag/team", "true"],
      ],
    ],
    [
      "before a date and after",
      [
        ["DateLessThan", "aws:CurrentTime", "2027-01-01"],
        ["DateGreaterThan", "aws:EpochTime", "1798761600"],
      ],
      [MFA, ["DateGreaterThan", "aws:EpochTime", "1898761600"]],
    ],
    [
      "from a network and from elsewhere",
      [
        ["IpAddress", "aws:SourceIp", "203.0.113.0/24"],
        ["NotIpAddress", "aws:SourceIp", "203.0.113.0/25", "203.0.113.128/25"],
      ],
      [
        ["IpAddress", "aws:SourceIp", "203.0.113.0/24"],
        ["NotIpAddress", "aws:SourceIp", "203.0.112.0/23"],
      ],
    ],
    [
      "like a pattern and unlike a wider one",
      [
        ["StringLike", "aws:userid", "A*"],
        ["StringNotLike", "aws:userid", "AIDA*"],
      ],
      [
        ["StringLike", "aws:userid", "AIDA*"],
        ["StringNotLike", "aws:userid", "A*"],
      ],
    ],
    [
      "in any case of letters",
      [
        ["StringEqualsIgnoreCase", "aws:userid", "Anna"],
        ["StringNotEquals", "aws:userid", "ANNA"],
      ],
      [
        ["StringEquals", "aws:userid", "Anna"],
        ["StringNotEqualsIgnoreCase", "aws:userid", "ANNA"],
      ],
    ],
    [
      "all values are like that, or any is not",
      [
        ["ForAllValues:StringEquals", "aws:TagKeys", "a", "b"],
        ["ForAnyValue:StringNotEquals", "aws:TagKeys", "b", "a"],
      ],
      [
        ["ForAllValues:StringEquals", "aws:TagKeys", "a"],
        ["ForAllValues:StringNotEquals", "aws:TagKeys", "a"],
      ],
    ],
    [
      "the same that depends on the request is not its opposite for certain",
      [["Null", "aws:username", "true", "false"]],
      [
        ["StringEquals", "aws:PrincipalTag/owner", "${aws:username}"],
        ["StringNotEquals", "aws:PrincipalTag/owner", "${aws:username}"],
      ],
    ],
  ])("of several blocks: %s", (_, always, sometimes) => {
    expect(allow(...always.map((one) => block(one))).holds).toBe("always");
    expect(deny(...always.map((one) => block(one)))).toMatch(/^(always|limits)$/);
    expect(allow(...sometimes.map((one) => block(one))).holds).toBe("sometimes");
  });

  test("of two keys leave what neither covers", () => {
    expect(allow(block(MFA, TEAM), block(NO_MFA), block(OTHER_TEAM)).holds).toBe("always");
    expect(allow(block(MFA, TEAM), block(NO_MFA, OTHER_TEAM)).holds).toBe("sometimes");
  });

  test("none hold without a block, always with an empty one", () => {
    expect(allow().holds).toBe("never");
    expect(allow(block(), block(MFA)).holds).toBe("always");
    expect(deny()).toBe("never");
    expect(deny(block())).toBe("always");
  });
});

describe("what makes a condition hold", () => {
  const decided = (...conditions: readonly Written[]) => {
    const { holds, onSomeResources, madeBy } = allow(block(...conditions));
    return [holds, onSomeResources, madeBy];
  };

  test("a tag, which the principal may change", () => {
    expect(decided(["StringEquals", "aws:ResourceTag/a", "1"])).toEqual(["sometimes", true, ["TagResource"]]);
    expect(decided(["StringNotEquals", "aws:ResourceTag/a", "1"])).toEqual([
      "sometimes",
      true,
      ["TagResource", "UntagResource"],
    ]);
    expect(decided(["Null", "aws:ResourceTag/a", "true"])).toEqual(["sometimes", true, ["UntagResource"]]);
  });

  test("a tag that is that of the principal", () => {
    expect(decided(["StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"])).toEqual([
      "sometimes",
      true,
      ["TagResource"],
    ]);
    expect(decided(["StringEquals", "aws:PrincipalTag/team", "${aws:ResourceTag/team}"])).toEqual([
      "sometimes",
      false,
      undefined,
    ]);
  });

  test("an alias", () => {
    expect(decided(["ForAnyValue:StringLike", "kms:ResourceAliases", "alias/app*"])).toEqual([
      "sometimes",
      true,
      ["CreateAlias", "UpdateAlias"],
    ]);
  });

  test("a property that nobody changes", () => {
    expect(decided(["StringEquals", "kms:KeySpec", "SYMMETRIC_DEFAULT"])).toEqual([
      "sometimes",
      true,
      undefined,
    ]);
    expect(decided(["Bool", "kms:MultiRegion", "true"])).toEqual(["sometimes", true, undefined]);
  });

  test("a header that the principal sends", () => {
    expect(decided(["StringEquals", "aws:UserAgent", "curl/8"])).toEqual(["sometimes", false, []]);
    expect(decided(["Null", "aws:Referer", "true"])).toEqual(["sometimes", false, []]);
  });

  test("no action where something else is wanted too", () => {
    expect(decided(["StringEquals", "aws:ResourceTag/a", "1"], MFA)).toEqual(["sometimes", false, undefined]);
    expect(decided(["StringEquals", "aws:UserAgent", "curl/8"], MFA)).toEqual([
      "sometimes",
      false,
      undefined,
    ]);
    expect(decided(MFA)).toEqual(["sometimes", false, undefined]);
  });

  test("no one action where two are needed", () => {
    expect(
      decided(["StringEquals", "aws:ResourceTag/a", "1"], ["StringEquals", "kms:RequestAlias", "alias/a"]),
    ).toEqual(["sometimes", true, undefined]);
  });

  test("the keys that decide", () => {
    expect(allow(block(MFA, ["Bool", "aws:SecureTransport", "true"])).keys).toEqual([
      "aws:MultiFactorAuthPresent",
    ]);
  });
});

describe("a Deny", () => {
  test.each<[ReturnType<typeof deny>, ...Written]>([
    ["always", "Bool", "aws:SecureTransport", "true"],
    ["always", "DateGreaterThan", "aws:CurrentTime", "2024-01-01T00:00:00Z"],
    ["sometimes", "DateGreaterThan", "aws:CurrentTime", "2027-01-01T00:00:00Z"],
    ["sometimes", "DateLessThan", "aws:CurrentTime", "2099-01-01T00:00:00Z"],
    ["never", "DateLessThan", "aws:CurrentTime", "2024-01-01T00:00:00Z"],
    ["never", "StringNotEquals", "aws:PrincipalAccount", "111122223333"],
    ["limits", "StringNotEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"],
    ["sometimes", "StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"],
    ["limits", "StringNotEquals", "kms:ViaService", "s3.${aws:RequestedRegion}.amazonaws.com"],
    ["sometimes", "StringEquals", "kms:ViaService", "s3.${aws:RequestedRegion}.amazonaws.com"],
    ["limits", "Bool", "aws:ViaAWSService", "false"],
    ["limits", "Null", "aws:CalledVia", "true"],
    ["limits", "StringEquals", "kms:KeySpec", "SYMMETRIC_DEFAULT"],
    ["sometimes", "StringEquals", "kms:KeySpec", "RSA_2048"],
    ["limits", "Bool", "kms:MultiRegion", "false"],
    ["limits", "IpAddress", "aws:SourceIp", "0.0.0.0/0"],
    ["sometimes", "NotIpAddress", "aws:SourceIp", "203.0.113.0/24"],
    ["sometimes", "BoolIfExists", "aws:MultiFactorAuthPresent", "false"],
    ["sometimes", "StringNotEquals", "aws:PrincipalTag/team", "security"],
    ["sometimes", "StringNotEquals", "aws:ResourceTag/team", "security"],
    ["sometimes", "StringNotEquals", "aws:PrincipalOrgID", "o-example"],
    ["sometimes", "ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin"],
    ["sometimes", "StringLike", "aws:UserAgent", "*"],
    ["always", "StringLikeIfExists", "aws:UserAgent", "*"],
    ["sometimes", "FooIfExists", "kms:ViaService", "1"],
  ])("is %s: %s %s %s", (expected, ...condition) => {
    expect(deny(block(condition))).toBe(expected);
  });
});

describe("the time at which a decision may change", () => {
  const from = (...written: Written) => validUntilMs([block(written)], CONTEXT);

  test("is the date, or a year before it", () => {
    expect(from("DateLessThan", "aws:CurrentTime", "2027-01-01")).toBe(Date.UTC(2027, 0, 1));
    expect(from("DateGreaterThan", "aws:CurrentTime", "2030-01-01T06:00:00Z")).toBe(Date.UTC(2029, 0, 1));
    expect(from("NumericGreaterThan", "aws:EpochTime", "1798761600")).toBe(Date.UTC(2027, 0, 1));
  });

  test("does not come where the dates are over, or are of something else", () => {
    expect(from("DateLessThan", "aws:CurrentTime", "2024-01-01")).toBeUndefined();
    expect(from("DateLessThan", "aws:TokenIssueTime", "2027-01-01")).toBeUndefined();
    expect(from("Null", "aws:CurrentTime", "false")).toBeUndefined();
    expect(from(...MFA)).toBeUndefined();
  });
});

describe("the work", () => {
  const MUCH = block(
    ["StringLike", "aws:userid", "*a?????????????????b"],
    ["StringLike", "aws:userid", "*b?????????????????a"],
  );

  test("is bounded: what takes more holds sometimes", () => {
    expect(allow(MUCH).holds).toBe("sometimes");
    expect(deny(MUCH)).toBe("sometimes");
    expect(decideAllow([block(MFA), block(NO_MFA)], atMost(5)).holds).toBe("sometimes");
  });

  test("hides no other block", () => {
    expect(allow(MUCH, block(["StringLike", "aws:PrincipalArn", "arn:*"])).holds).toBe("always");
    expect(allow(MUCH, block(MFA)).holds).toBe("sometimes");
    expect(deny(MUCH, block(["Bool", "aws:SecureTransport", "true"]))).toBe("always");
    expect(deny(MUCH, block(["Null", "kms:ViaService", "true"]))).toBe("limits");
    expect(deny(MUCH, block(MFA))).toBe("sometimes");
  });
});

test("what is known of a principal is its value", () => {
  const known = new Map([
    ["aws:username", "anna"],
    ["aws:principalarn", "arn:aws:iam::111122223333:user/anna"],
  ]);
  const holds = (operator: string, key: string, ...values: readonly string[]) =>
    decideAllow(
      [readConditions([{ operator, key, values }], "2012-10-17", { ...CONTEXT, known })],
      atMost(PLENTY),
    ).holds;
  expect(holds("StringEquals", "aws:username", "anna")).toBe("always");
  expect(holds("StringEquals", "aws:username", "otto")).toBe("never");
  expect(holds("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:user/*")).toBe("always");
  expect(holds("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*")).toBe("never");
  expect(holds("StringEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:user/${aws:username}")).toBe(
    "always",
  );
});

test("another service has its own keys", () => {
  const decided = (service: typeof KMS, key: string) =>
    decideAllow(
      [
        readConditions([{ operator: "StringEquals", key, values: ["x"] }], "2012-10-17", {
          ...CONTEXT,
          service,
        }),
      ],
      atMost(PLENTY),
    ).madeBy;
  expect(decided(SECRETS_MANAGER, "secretsmanager:ResourceTag/team")).toEqual(["TagResource"]);
  expect(decided(KMS, "secretsmanager:ResourceTag/team")).toBeUndefined();
  expect(decided(SECRETS_MANAGER, "kms:RequestAlias")).toBeUndefined();
});

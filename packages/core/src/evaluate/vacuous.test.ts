import { describe, expect, test } from "vitest";
import { isVacuous } from "./vacuous.ts";

const OWN = { id: "111122223333", partition: "aws" };

type Written = readonly [operator: string, key: string, ...values: string[]];

const holds = ([operator, key, ...values]: Written) => isVacuous({ operator, key, values }, OWN);

/** Each tautology stands beside the real condition that looks most like it. */
const PAIRS: readonly { why: string; always: Written; sometimes: Written }[] = [
  {
    why: "KMS is spoken to over TLS only",
    always: ["Bool", "aws:SecureTransport", "true"],
    sometimes: ["Bool", "aws:SecureTransport", "false"],
  },
  {
    why: "letters of operator, key and value may be of either case",
    always: ["BOOL", "AWS:securetransport", "True"],
    sometimes: ["BOOL", "AWS:securetransport", "False"],
  },
  {
    why: "a key that is always there passes IfExists by its value only",
    always: ["BoolIfExists", "aws:SecureTransport", "true"],
    sometimes: ["BoolIfExists", "aws:MultiFactorAuthPresent", "true"],
  },
  {
    why: "no service stands between",
    always: ["Bool", "aws:ViaAWSService", "false"],
    sometimes: ["Bool", "aws:ViaAWSService", "true"],
  },
  {
    why: "the caller is no service",
    always: ["Bool", "aws:PrincipalIsAWSService", "false"],
    sometimes: ["Bool", "aws:PrincipalIsAWSService", "true"],
  },
  {
    why: "both answers are wanted",
    always: ["Bool", "aws:ViaAWSService", "true", "false"],
    sometimes: ["Bool", "aws:MultiFactorAuthPresent", "true", "false"],
  },
  {
    why: "any principal",
    always: ["StringLike", "aws:PrincipalArn", "*"],
    sometimes: ["StringLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/admin*"],
  },
  {
    why: "any principal, by ArnLike",
    always: ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/a", "**"],
    sometimes: ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*"],
  },
  {
    why: "any principal, by ArnEquals, which takes wildcards too",
    always: ["ArnEquals", "aws:PrincipalArn", "*"],
    sometimes: ["StringEquals", "aws:PrincipalArn", "*"],
  },
  {
    why: "any Region",
    always: ["StringLike", "aws:RequestedRegion", "*"],
    sometimes: ["StringLike", "aws:RequestedRegion", "eu-*"],
  },
  {
    why: "any user id",
    always: ["StringLike", "aws:userid", "*"],
    sometimes: ["StringLike", "aws:username", "*"],
  },
  {
    why: "any account, among other values",
    always: ["StringLike", "aws:PrincipalAccount", "9999*", "*"],
    sometimes: ["StringLike", "aws:PrincipalAccount", "9999*"],
  },
  {
    why: "the own account calls",
    always: ["StringEquals", "kms:CallerAccount", "111122223333"],
    sometimes: ["StringEquals", "kms:CallerAccount", "999900001111"],
  },
  {
    why: "the own account's principal",
    always: ["StringEqualsIgnoreCase", "aws:PrincipalAccount", "999900001111", "111122223333"],
    sometimes: ["StringEquals", "aws:PrincipalAccount"],
  },
  {
    why: "the own account's keys",
    always: ["StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"],
    sometimes: ["StringEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}"],
  },
  {
    why: "a key equals itself",
    always: ["StringEquals", "aws:PrincipalArn", "${aws:principalarn}"],
    sometimes: ["StringEquals", "aws:username", "${aws:username}"],
  },
  {
    why: "the caller is not of another account",
    always: ["StringNotEquals", "aws:PrincipalAccount", "999900001111", "999900002222"],
    sometimes: ["StringNotEquals", "aws:PrincipalAccount", "999900001111", "111122223333"],
  },
  {
    why: "the caller is not of another account, by StringNotLike",
    always: ["StringNotLike", "kms:CallerAccount", "999900001111"],
    sometimes: ["StringNotLike", "kms:CallerAccount", "1111*"],
  },
  {
    why: "present is what it always is",
    always: ["Null", "aws:PrincipalArn", "false"],
    sometimes: ["Null", "aws:MultiFactorAuthAge", "false"],
  },
  {
    why: "present is what the time always is",
    always: ["Null", "aws:CurrentTime", "false"],
    sometimes: ["Null", "aws:CurrentTime", "true"],
  },
  {
    why: "absent is what nobody knows",
    always: ["Null", "corp:Ticket", "true"],
    sometimes: ["Null", "corp:Ticket", "false"],
  },
  {
    why: "absent is the service between",
    always: ["Null", "kms:ViaService", "true"],
    sometimes: ["Null", "kms:ViaService", "true", "false"],
  },
  {
    why: "after a day that is gone",
    always: ["DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"],
    sometimes: ["DateGreaterThan", "aws:CurrentTime", "2031-01-01T00:00:00Z"],
  },
  {
    why: "after a day that is gone, in seconds",
    always: ["DateGreaterThanEquals", "aws:EpochTime", "1577836800"],
    sometimes: ["DateGreaterThanEquals", "aws:EpochTime", "1924905600"],
  },
  {
    why: "after a day that is gone, as a number",
    always: ["NumericGreaterThan", "aws:EpochTime", "0"],
    sometimes: ["NumericGreaterThan", "aws:MultiFactorAuthAge", "0"],
  },
  {
    why: "before a day that nobody here will see",
    always: ["DateLessThan", "aws:CurrentTime", "2999-01-01T00:00:00Z"],
    sometimes: ["DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z"],
  },
  {
    why: "a time that is none is in no past",
    always: ["DateLessThanEquals", "aws:CurrentTime", "2999-12-31T23:59:59Z"],
    sometimes: ["DateGreaterThan", "aws:CurrentTime", "yesterday"],
  },
  {
    why: "a token issued after a day that is gone: keys of users have no such time",
    always: ["DateGreaterThan", "aws:CurrentTime", "2010-01-01T00:00:00Z"],
    sometimes: ["DateGreaterThan", "aws:TokenIssueTime", "2010-01-01T00:00:00Z"],
  },
  {
    why: "every address",
    always: ["IpAddress", "aws:SourceIp", "0.0.0.0/0"],
    sometimes: ["IpAddress", "aws:SourceIp", "10.0.0.0/8"],
  },
  {
    why: "every address of both kinds; of the newer kind alone it keeps most callers out",
    always: ["IpAddress", "aws:SourceIp", "0.0.0.0/0", "::/0"],
    sometimes: ["IpAddress", "aws:SourceIp", "::/0"],
  },
  {
    why: "a key of AWS that is newer than the catalogue may well be there",
    always: ["Null", "aws:KeyOfTomorrow", "true"],
    sometimes: ["StringEqualsIfExists", "aws:KeyOfTomorrow", "yes"],
  },
  {
    why: "a key of another service is not",
    always: ["StringNotEquals", "s3:prefix", "home"],
    sometimes: ["StringNotEquals", "kms:KeyOfTomorrow", "home"],
  },
  {
    why: "halves make a whole",
    always: ["IpAddress", "aws:SourceIp", "128.0.0.0/1", "0.0.0.0/1"],
    sometimes: ["IpAddress", "aws:SourceIp", "128.0.0.0/1", "0.0.0.0/2"],
  },
  {
    why: "quarters make a whole, in any order, over one another",
    always: [
      "IpAddress",
      "aws:SourceIp",
      "192.0.0.0/2",
      "0.0.0.0/2",
      "64.0.0.0/2",
      "127.0.0.1",
      "128.0.0.0/2",
    ],
    sometimes: ["IpAddress", "aws:SourceIp", "192.0.0.0/2", "0.0.0.0/2", "127.0.0.1", "128.0.0.0/2"],
  },
  {
    why: "the bits before the mask do not matter",
    always: ["IpAddress", "aws:SourceIp", "203.0.113.7/0"],
    sometimes: ["IpAddress", "aws:SourceIp", "203.0.113.7"],
  },
  {
    why: "a range must be one",
    always: ["IpAddress", "aws:SourceIp", "nonsense", "0.0.0.0/0"],
    sometimes: ["IpAddress", "aws:SourceIp", "10.0.0.0/", "0.0.0.0/33", "0.0.0/0", "0.0.0.0/0x", "/0"],
  },
  {
    why: "a private address is another key",
    always: ["IpAddress", "aws:SourceIp", "0.0.0.0/0"],
    sometimes: ["IpAddress", "aws:VpcSourceIp", "0.0.0.0/0"],
  },
  {
    why: "negated, on the service between that is not there",
    always: ["StringNotEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"],
    sometimes: ["StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"],
  },
  {
    why: "negated, on a tag that a principal need not have",
    always: ["StringNotLike", "aws:PrincipalTag/team", "blue*"],
    sometimes: ["StringLike", "aws:PrincipalTag/team", "*"],
  },
  {
    why: "negated, on a tag of the key, which is there",
    always: ["StringNotEquals", "aws:PrincipalTag/team", "blue"],
    sometimes: ["StringNotEquals", "aws:ResourceTag/team", "blue"],
  },
  {
    why: "negated, on an encryption context that a caller need not give",
    always: ["StringNotEqualsIgnoreCase", "kms:EncryptionContext:app", "a"],
    sometimes: ["StringEqualsIgnoreCase", "kms:EncryptionContext:app", "a"],
  },
  {
    why: "negated, on the proof of an enclave",
    always: ["StringNotEqualsIgnoreCase", "kms:RecipientAttestation:ImageSha384", "abc"],
    sometimes: ["StringEqualsIgnoreCase", "kms:RecipientAttestation:ImageSha384", "abc"],
  },
  {
    why: "negated, on a source that only services have",
    always: ["ArnNotLike", "aws:SourceArn", "arn:aws:s3:::a"],
    sometimes: ["ArnLike", "aws:SourceArn", "arn:aws:s3:::a"],
  },
  {
    why: "negated, on a key that nobody knows",
    always: ["NumericNotEquals", "corp:Level", "3"],
    sometimes: ["NumericEquals", "corp:Level", "3"],
  },
  {
    why: "negated, on a network that a caller may be in",
    always: ["NotIpAddress", "corp:Address", "10.0.0.0/8"],
    sometimes: ["NotIpAddress", "aws:SourceIp", "10.0.0.0/8"],
  },
  {
    why: "IfExists, where it does not",
    always: ["StringEqualsIfExists", "kms:ViaService", "s3.eu-west-1.amazonaws.com"],
    sometimes: ["StringEqualsIfExists", "aws:SourceVpce", "vpce-0a1b2c3d"],
  },
  {
    why: "all of no values",
    always: ["ForAllValues:StringEquals", "kms:EncryptionContextKeys", "app"],
    sometimes: ["ForAnyValue:StringEquals", "kms:EncryptionContextKeys", "app"],
  },
  {
    why: "none of no values is none that differs",
    always: ["ForAllValues:StringNotEquals", "kms:EncryptionContextKeys", "app"],
    sometimes: ["ForAnyValue:StringNotEquals", "kms:EncryptionContextKeys", "app"],
  },
  {
    why: "any of no values, if it exists",
    always: ["ForAnyValue:StringLikeIfExists", "aws:CalledVia", "athena.amazonaws.com"],
    sometimes: ["ForAnyValue:StringLike", "aws:CalledVia", "athena.amazonaws.com"],
  },
  {
    why: "an operator that is none is no tautology",
    always: ["StringLike", "aws:PrincipalArn", "*"],
    sometimes: ["StringMatches", "aws:PrincipalArn", "*"],
  },
];

describe.each(PAIRS)("$why", ({ always, sometimes }) => {
  test(`always: ${always.join(" ")}`, () => expect(holds(always)).toBe(true));
  test(`sometimes: ${sometimes.join(" ")}`, () => expect(holds(sometimes)).toBe(false));
});

test("the own account is another one elsewhere", () => {
  const condition = { operator: "StringEquals", key: "kms:CallerAccount", values: ["111122223333"] };
  expect(isVacuous(condition, { id: "999900001111", partition: "aws" })).toBe(false);
});

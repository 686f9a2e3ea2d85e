import { describe, expect, test } from "vitest";
import { KMS } from "../services/kms.ts";
import { isTautological } from "./conditions.ts";

const OWN = { id: "111122223333", partition: "aws" };

type Written = readonly [operator: string, key: string, ...values: string[]];

const isTautology = ([operator, key, ...values]: Written) =>
  isTautological({ operator, key, values }, OWN, KMS);

/** Each tautology beside the real condition that looks most like it. */
const PAIRS: readonly { why: string; tautological: Written; conditional: Written }[] = [
  {
    why: "KMS takes calls over TLS only",
    tautological: ["Bool", "aws:SecureTransport", "true"],
    conditional: ["Bool", "aws:SecureTransport", "false"],
  },
  {
    why: "letters of operator, key and value may be of either case",
    tautological: ["BOOL", "AWS:securetransport", "True"],
    conditional: ["BOOL", "AWS:securetransport", "False"],
  },
  {
    why: "a key that is always there passes IfExists by its value only",
    tautological: ["BoolIfExists", "aws:SecureTransport", "true"],
    conditional: ["BoolIfExists", "aws:MultiFactorAuthPresent", "true"],
  },
  {
    why: "no service is in between",
    tautological: ["Bool", "aws:ViaAWSService", "false"],
    conditional: ["Bool", "aws:ViaAWSService", "true"],
  },
  {
    why: "the caller is no service",
    tautological: ["Bool", "aws:PrincipalIsAWSService", "false"],
    conditional: ["Bool", "aws:PrincipalIsAWSService", "true"],
  },
  {
    why: "both answers are wanted",
    tautological: ["Bool", "aws:ViaAWSService", "true", "false"],
    conditional: ["Bool", "aws:MultiFactorAuthPresent", "true", "false"],
  },
  {
    why: "any principal",
    tautological: ["StringLike", "aws:PrincipalArn", "*"],
    conditional: ["StringLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/admin*"],
  },
  {
    why: "any principal, by ArnLike",
    tautological: ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/a", "**"],
    conditional: ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*"],
  },
  {
    why: "any principal, by ArnEquals, which takes wildcards too",
    tautological: ["ArnEquals", "aws:PrincipalArn", "*"],
    conditional: ["StringEquals", "aws:PrincipalArn", "*"],
  },
  {
    why: "any Region",
    tautological: ["StringLike", "aws:RequestedRegion", "*"],
    conditional: ["StringLike", "aws:RequestedRegion", "eu-*"],
  },
  {
    why: "any user id",
    tautological: ["StringLike", "aws:userid", "*"],
    conditional: ["StringLike", "aws:username", "*"],
  },
  {
    why: "any account, among other values",
    tautological: ["StringLike", "aws:PrincipalAccount", "9999*", "*"],
    conditional: ["StringLike", "aws:PrincipalAccount", "9999*"],
  },
  {
    why: "the own account calls",
    tautological: ["StringEquals", "kms:CallerAccount", "111122223333"],
    conditional: ["StringEquals", "kms:CallerAccount", "999900001111"],
  },
  {
    why: "the own account's principal",
    tautological: ["StringEqualsIgnoreCase", "aws:PrincipalAccount", "999900001111", "111122223333"],
    conditional: ["StringEquals", "aws:PrincipalAccount"],
  },
  {
    why: "the own account's keys",
    tautological: ["StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"],
    conditional: ["StringEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}"],
  },
  {
    why: "a key equals itself",
    tautological: ["StringEquals", "aws:PrincipalArn", "${aws:principalarn}"],
    conditional: ["StringEquals", "aws:username", "${aws:username}"],
  },
  {
    why: "the caller is not of another account",
    tautological: ["StringNotEquals", "aws:PrincipalAccount", "999900001111", "999900002222"],
    conditional: ["StringNotEquals", "aws:PrincipalAccount", "999900001111", "111122223333"],
  },
  {
    why: "the caller is not of another account, by StringNotLike",
    tautological: ["StringNotLike", "kms:CallerAccount", "999900001111"],
    conditional: ["StringNotLike", "kms:CallerAccount", "1111*"],
  },
  {
    why: "present is what it always is",
    tautological: ["Null", "aws:PrincipalArn", "false"],
    conditional: ["Null", "aws:MultiFactorAuthAge", "false"],
  },
  {
    why: "present is what the time always is",
    tautological: ["Null", "aws:CurrentTime", "false"],
    conditional: ["Null", "aws:CurrentTime", "true"],
  },
  {
    why: "absent is what nobody knows",
    tautological: ["Null", "corp:Ticket", "true"],
    conditional: ["Null", "corp:Ticket", "false"],
  },
  {
    why: "absent is the service between",
    tautological: ["Null", "kms:ViaService", "true"],
    conditional: ["Null", "kms:ViaService", "true", "false"],
  },
  {
    why: "after a day that is gone",
    tautological: ["DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"],
    conditional: ["DateGreaterThan", "aws:CurrentTime", "2031-01-01T00:00:00Z"],
  },
  {
    why: "after a day that is gone, in seconds",
    tautological: ["DateGreaterThanEquals", "aws:EpochTime", "1577836800"],
    conditional: ["DateGreaterThanEquals", "aws:EpochTime", "1924905600"],
  },
  {
    why: "after a day that is gone, as a number",
    tautological: ["NumericGreaterThan", "aws:EpochTime", "0"],
    conditional: ["NumericGreaterThan", "aws:MultiFactorAuthAge", "0"],
  },
  {
    why: "before a day that nobody here will see",
    tautological: ["DateLessThan", "aws:CurrentTime", "2999-01-01T00:00:00Z"],
    conditional: ["DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z"],
  },
  {
    why: "a time that is none is in no past",
    tautological: ["DateLessThanEquals", "aws:CurrentTime", "2999-12-31T23:59:59Z"],
    conditional: ["DateGreaterThan", "aws:CurrentTime", "yesterday"],
  },
  {
    why: "a token issued after a day that is gone: keys of users have no such time",
    tautological: ["DateGreaterThan", "aws:CurrentTime", "2010-01-01T00:00:00Z"],
    conditional: ["DateGreaterThan", "aws:TokenIssueTime", "2010-01-01T00:00:00Z"],
  },
  {
    why: "every address",
    tautological: ["IpAddress", "aws:SourceIp", "0.0.0.0/0"],
    conditional: ["IpAddress", "aws:SourceIp", "10.0.0.0/8"],
  },
  {
    why: "every address of both kinds; of the newer kind alone it keeps most callers out",
    tautological: ["IpAddress", "aws:SourceIp", "0.0.0.0/0", "::/0"],
    conditional: ["IpAddress", "aws:SourceIp", "::/0"],
  },
  {
    why: "a key of AWS that is newer than the catalogue may well be there",
    tautological: ["Null", "aws:KeyOfTomorrow", "true"],
    conditional: ["StringEqualsIfExists", "aws:KeyOfTomorrow", "yes"],
  },
  {
    why: "a key of another service is not",
    tautological: ["StringNotEquals", "s3:prefix", "home"],
    conditional: ["StringNotEquals", "kms:KeyOfTomorrow", "home"],
  },
  {
    why: "halves make a whole",
    tautological: ["IpAddress", "aws:SourceIp", "128.0.0.0/1", "0.0.0.0/1"],
    conditional: ["IpAddress", "aws:SourceIp", "128.0.0.0/1", "0.0.0.0/2"],
  },
  {
    why: "quarters make a whole, in any order, over one another",
    tautological: [
      "IpAddress",
      "aws:SourceIp",
      "192.0.0.0/2",
      "0.0.0.0/2",
      "64.0.0.0/2",
      "127.0.0.1",
      "128.0.0.0/2",
    ],
    conditional: ["IpAddress", "aws:SourceIp", "192.0.0.0/2", "0.0.0.0/2", "127.0.0.1", "128.0.0.0/2"],
  },
  {
    why: "the bits before the mask do not matter",
    tautological: ["IpAddress", "aws:SourceIp", "203.0.113.7/0"],
    conditional: ["IpAddress", "aws:SourceIp", "203.0.113.7"],
  },
  {
    why: "a range must be one",
    tautological: ["IpAddress", "aws:SourceIp", "nonsense", "0.0.0.0/0"],
    conditional: ["IpAddress", "aws:SourceIp", "10.0.0.0/", "0.0.0.0/33", "0.0.0/0", "0.0.0.0/0x", "/0"],
  },
  {
    why: "a private address is another key",
    tautological: ["IpAddress", "aws:SourceIp", "0.0.0.0/0"],
    conditional: ["IpAddress", "aws:VpcSourceIp", "0.0.0.0/0"],
  },
  {
    why: "negated, on the service between that is not there",
    tautological: ["StringNotEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"],
    conditional: ["StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"],
  },
  {
    why: "negated, on a tag that a principal need not have",
    tautological: ["StringNotLike", "aws:PrincipalTag/team", "blue*"],
    conditional: ["StringLike", "aws:PrincipalTag/team", "*"],
  },
  {
    why: "negated, on a tag of the key, which is there",
    tautological: ["StringNotEquals", "aws:PrincipalTag/team", "blue"],
    conditional: ["StringNotEquals", "aws:ResourceTag/team", "blue"],
  },
  {
    why: "negated, on an encryption context that a caller need not give",
    tautological: ["StringNotEqualsIgnoreCase", "kms:EncryptionContext:app", "a"],
    conditional: ["StringEqualsIgnoreCase", "kms:EncryptionContext:app", "a"],
  },
  {
    why: "negated, on the proof of an enclave",
    tautological: ["StringNotEqualsIgnoreCase", "kms:RecipientAttestation:ImageSha384", "abc"],
    conditional: ["StringEqualsIgnoreCase", "kms:RecipientAttestation:ImageSha384", "abc"],
  },
  {
    why: "negated, on a source that only services have",
    tautological: ["ArnNotLike", "aws:SourceArn", "arn:aws:s3:::a"],
    conditional: ["ArnLike", "aws:SourceArn", "arn:aws:s3:::a"],
  },
  {
    why: "negated, on a key that nobody knows",
    tautological: ["NumericNotEquals", "corp:Level", "3"],
    conditional: ["NumericEquals", "corp:Level", "3"],
  },
  {
    why: "negated, on a network that a caller may be in",
    tautological: ["NotIpAddress", "corp:Address", "10.0.0.0/8"],
    conditional: ["NotIpAddress", "aws:SourceIp", "10.0.0.0/8"],
  },
  {
    why: "IfExists, where it does not",
    tautological: ["StringEqualsIfExists", "kms:ViaService", "s3.eu-west-1.amazonaws.com"],
    conditional: ["StringEqualsIfExists", "aws:SourceVpce", "vpce-0a1b2c3d"],
  },
  {
    why: "all of no values",
    tautological: ["ForAllValues:StringEquals", "kms:EncryptionContextKeys", "app"],
    conditional: ["ForAnyValue:StringEquals", "kms:EncryptionContextKeys", "app"],
  },
  {
    why: "none of no values is none that differs",
    tautological: ["ForAllValues:StringNotEquals", "kms:EncryptionContextKeys", "app"],
    conditional: ["ForAnyValue:StringNotEquals", "kms:EncryptionContextKeys", "app"],
  },
  {
    why: "any of no values, if it exists",
    tautological: ["ForAnyValue:StringLikeIfExists", "aws:CalledVia", "athena.amazonaws.com"],
    conditional: ["ForAnyValue:StringLike", "aws:CalledVia", "athena.amazonaws.com"],
  },
  {
    why: "an operator that is none is no tautology",
    tautological: ["StringLike", "aws:PrincipalArn", "*"],
    conditional: ["StringMatches", "aws:PrincipalArn", "*"],
  },
];

describe.each(PAIRS)("$why", ({ tautological, conditional }) => {
  test(`tautological: ${tautological.join(" ")}`, () => expect(isTautology(tautological)).toBe(true));
  test(`conditional: ${conditional.join(" ")}`, () => expect(isTautology(conditional)).toBe(false));
});

test("the own account is another one elsewhere", () => {
  const condition = { operator: "StringEquals", key: "kms:CallerAccount", values: ["111122223333"] };
  expect(isTautological(condition, { id: "999900001111", partition: "aws" }, KMS)).toBe(false);
});

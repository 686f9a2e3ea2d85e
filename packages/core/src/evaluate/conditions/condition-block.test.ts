import { describe, expect, test } from "vitest";
import { KMS_CONDITION_KEYS } from "../../services/kms.generated.ts";
import { KMS } from "../../services/kms.ts";
import { readConditions } from "./condition-block.ts";
import { GLOBAL_KEYS } from "./condition-keys.ts";

const CONTEXT = {
  account: { id: "111122223333", partition: "aws" },
  service: KMS,
  nowMs: Date.UTC(2026, 9, 1),
};

type Written = readonly [operator: string, key: string, ...values: string[]];

const read = (...conditions: readonly Written[]) =>
  readConditions(
    conditions.map(([operator, key, ...values]) => ({ operator, key, values })),
    "2012-10-17",
    CONTEXT,
  );

describe("what cannot be evaluated", () => {
  test.each<[why: string, problem: Written, fine: Written]>([
    [
      "an operator that IAM does not know",
      ["StringMatches", "kms:ViaService", "x"],
      ["StringLike", "kms:ViaService", "x"],
    ],
    [
      "an operator with a set that IAM does not know",
      ["ForSomeValues:StringLike", "kms:ViaService", "x"],
      ["ForAnyValue:StringLike", "kms:ViaService", "x"],
    ],
    ["Null with IfExists", ["NullIfExists", "kms:ViaService", "true"], ["Null", "kms:ViaService", "true"]],
    ["no value", ["StringEquals", "kms:ViaService"], ["StringEquals", "kms:ViaService", ""]],
    ["Null of a text", ["Null", "kms:ViaService", "yes"], ["Null", "kms:ViaService", "TRUE"]],
    ["Bool of a text", ["Bool", "kms:MultiRegion", "yes"], ["Bool", "kms:MultiRegion", "True"]],
    [
      "a number that is none",
      ["NumericLessThan", "aws:MultiFactorAuthAge", "an hour"],
      ["NumericLessThan", "aws:MultiFactorAuthAge", "-0.5"],
    ],
    [
      "a number among numbers that is none",
      ["NumericEquals", "aws:MultiFactorAuthAge", "1", ""],
      ["NumericEquals", "aws:MultiFactorAuthAge", "1", "2"],
    ],
    [
      "a day without a year",
      ["DateLessThan", "aws:CurrentTime", "tomorrow"],
      ["DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00+01:00"],
    ],
    [
      "a time without a zone",
      ["DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00"],
      ["DateLessThan", "aws:CurrentTime", "2030-01-01T00:00Z"],
    ],
    [
      "eight digits: a date, or seconds",
      ["DateLessThan", "aws:CurrentTime", "20300101"],
      ["DateLessThan", "aws:CurrentTime", "203001010"],
    ],
    [
      "a month that is none",
      ["DateLessThan", "aws:CurrentTime", "2030-13"],
      ["DateLessThan", "aws:CurrentTime", "2030-12"],
    ],
    [
      "an address that is none",
      ["IpAddress", "aws:SourceIp", "10.0.0.256"],
      ["IpAddress", "aws:SourceIp", "10.0.0.255"],
    ],
    [
      "a block that is none",
      ["IpAddress", "aws:SourceIp", "10.0.0.0/33"],
      ["IpAddress", "aws:SourceIp", "2001:db8::/33"],
    ],
  ])("%s", (_, problem, fine) => {
    expect(read(problem, fine).problems.map(({ condition }) => condition.operator)).toEqual([problem[0]]);
  });

  test("is said in words", () => {
    const { problems } = read(["Foo", "a:b", "1"], ["Bool", "aws:SecureTransport", "yes"], ["Bool", "aws:x"]);
    expect(problems.map(({ message }) => message)).toEqual([
      "is no operator of IAM",
      'compares with "yes", which its operator cannot read',
      "has an empty list of values",
    ]);
  });

  test("is not what depends on the request, or never matches", () => {
    expect(read(["StringEquals", "aws:SourceVpc", "${aws:PrincipalTag/vpc}"]).problems).toEqual([]);
    expect(read(["NumericLessThan", "aws:MultiFactorAuthAge", "${aws:PrincipalTag/age}"]).problems).toEqual(
      [],
    );
    expect(read(["NumericLessThan", "aws:CurrentTime", "2030-01-01"]).problems).toEqual([]);
    expect(read(["ArnLike", "aws:PrincipalArn", "*"]).problems).toEqual([]);
  });
});

describe("the Region", () => {
  const holds = (values: readonly string[], ...conditions: readonly Written[]) =>
    values.filter((value) => read(...conditions).region?.holds(value));
  const REGIONS = ["eu-west-1", "eu-west-2", "us-east-1"];

  test.each<[expected: readonly string[], ...conditions: Written[]]>([
    [["eu-west-1"], ["StringEquals", "aws:RequestedRegion", "eu-west-1", "EU-WEST-2"]],
    [["eu-west-1"], ["StringEqualsIgnoreCase", "AWS:requestedregion", "EU-West-1"]],
    [
      ["eu-west-2", "us-east-1"],
      ["StringNotEquals", "aws:RequestedRegion", "eu-west-1"],
    ],
    [
      ["eu-west-1", "eu-west-2"],
      ["StringLike", "aws:RequestedRegion", "eu-*"],
    ],
    [[], ["StringEquals", "aws:RequestedRegion", "eu-*"]],
    [["us-east-1"], ["StringNotLikeIfExists", "aws:RequestedRegion", "eu-west-?"]],
    [["us-east-1"], ["ForAllValues:StringEquals", "aws:RequestedRegion", "us-east-1"]],
    [["us-east-1"], ["ForAnyValue:StringNotLike", "aws:RequestedRegion", "eu-*"]],
    [REGIONS, ["Null", "aws:RequestedRegion", "false"]],
    [[], ["Null", "aws:RequestedRegion", "true"]],
    [REGIONS, ["StringEquals", "aws:RequestedRegion", "${aws:RequestedRegion}"]],
    [
      ["eu-west-2"],
      ["StringLike", "aws:RequestedRegion", "eu-*"],
      ["StringNotEquals", "aws:RequestedRegion", "eu-west-1"],
    ],
  ])("is one of %s", (expected, ...conditions) => {
    expect(holds(REGIONS, ...conditions)).toEqual(expected);
    expect(read(...conditions).isDecidedByPlace).toBe(true);
  });

  test("is not all that a block asks", () => {
    const { region, isDecidedByPlace } = read(
      ["StringEquals", "aws:RequestedRegion", "eu-west-1"],
      ["Bool", "aws:MultiFactorAuthPresent", "true"],
    );
    expect(region?.mentioned).toEqual(["eu-west-1"]);
    expect(isDecidedByPlace).toBe(false);
  });

  test("is not decided by what the request says", () => {
    const { region, isDecidedByPlace } = read([
      "StringEquals",
      "aws:RequestedRegion",
      "${aws:PrincipalTag/region}",
    ]);
    expect([region, isDecidedByPlace]).toEqual([undefined, false]);
    expect(read(["NumericEquals", "aws:RequestedRegion", "1"]).region).toBeUndefined();
  });

  test("is mentioned as a glob where the operator takes wildcards only", () => {
    expect(read(["StringLike", "aws:RequestedRegion", "eu-*"]).region?.mentioned).toEqual(["eu-*"]);
    expect(read(["StringEquals", "aws:RequestedRegion", "eu-*"]).region?.mentioned).not.toEqual(["eu-*"]);
    expect(read(["StringEqualsIgnoreCase", "aws:RequestedRegion", "EU-west-1"]).region?.mentioned).toEqual([
      "eu-west-1",
    ]);
  });
});

test("the account of the resource is decided by place too", () => {
  const own = read(["StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"]);
  expect(own.resourceAccount?.mentioned).toEqual(["111122223333"]);
  expect(own.resourceAccount?.holds("111122223333")).toBe(true);
  expect(own.resourceAccount?.holds("999900001111")).toBe(false);
  expect([own.region, own.isDecidedByPlace]).toEqual([undefined, true]);
  expect(read(["StringEquals", "aws:PrincipalAccount", "111122223333"]).resourceAccount).toBeUndefined();
});

test("no conditions ask nothing", () => {
  const { region, resourceAccount, isDecidedByPlace, problems } = read();
  expect({ region, resourceAccount, isDecidedByPlace, problems }).toEqual({
    region: undefined,
    resourceAccount: undefined,
    isDecidedByPlace: true,
    problems: [],
  });
});

test("variables are text under every Version but 2012-10-17", () => {
  const mentioned = (version: string) =>
    readConditions(
      [{ operator: "StringEquals", key: "aws:ResourceAccount", values: ["${aws:PrincipalAccount}"] }],
      version,
      CONTEXT,
    ).resourceAccount?.mentioned;
  expect(mentioned("2012-10-17")).toEqual(["111122223333"]);
  expect(mentioned("2008-10-17")).toEqual(["${aws:PrincipalAccount}"]);
});

test("the keys of the tables are those of AWS's reference", () => {
  const unknown = [...GLOBAL_KEYS.keys(), ...Object.keys(KMS.conditionKeys.keys)].filter(
    (key) =>
      !KMS_CONDITION_KEYS.some((known) => known === key || (/[/:]$/.test(key) && known.startsWith(key))),
  );
  expect(unknown).toEqual([]);
});

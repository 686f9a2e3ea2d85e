import { describe, expect, test } from "vitest";
import { KMS } from "../services/kms.ts";
import { namesOneResource, resourcePattern } from "./resource-pattern.ts";

const OWN = { id: "111122223333", partition: "aws" };
const read = (written: string, version = "2012-10-17") => resourcePattern(written, version, OWN, KMS);

test.each(["*", "**", "*****"])("`%s` is everything", (written) => {
  expect(read(written)).toEqual({ isEverything: true, globs: [] });
});

describe("the globs that a pattern may mean", () => {
  test.each([
    ["arn:aws:kms:*:*:key/*", ["arn:aws:kms:*:*:key/*"]],
    ["arn:aws:kms:*:*:*", ["arn:aws:kms:*:*:*"]],
    ["arn:aws:kms:*:*:a:b:c", ["arn:aws:kms:*:*:a:b:c"]],
    // Fewer than six segments: as written, and filled up.
    ["arn:aws:kms:*:*", ["arn:aws:kms:*:*", "arn:aws:kms:*:*:*"]],
    ["arn:aws:kms:*:key/*", ["arn:aws:kms:*:key/*", "arn:aws:kms:*:key/*:*"]],
    ["arn:aws:kms:*", ["arn:aws:kms:*", "arn:aws:kms:*:*:*"]],
    ["arn:*", ["arn:*", "arn:*:*:*:*:*"]],
    ["a*", ["a*", "a*:*:*:*:*:*"]],
    // A run of stars is one star, however long.
    ["arn:aws:kms:***:*:key/**", ["arn:aws:kms:*:*:key/*"]],
    [`arn:aws:kms:*:*:${"*".repeat(4000)}`, ["arn:aws:kms:*:*:*"]],
  ])("`%.40s`", (written, globs) => {
    expect(read(written)).toEqual({ isEverything: false, globs });
  });

  test.each([
    "arn:aws:s3:::*",
    "arn:aws-cn:kms:*:*:*",
    "ARN:aws:kms:*:*:*",
    "key/*",
    "kms:*",
    `arn:aws:kms:*:*:key/${"?".repeat(400)}`,
  ])("none of KMS here: `%.40s`", (written) => {
    expect(read(written)).toEqual({ isEverything: false, globs: [] });
  });
});

describe("policy variables", () => {
  test.each([
    ["arn:aws:kms:*:*:key/${aws:PrincipalAccount}-*", ["arn:aws:kms:*:*:key/111122223333-*"]],
    ["arn:aws:kms:*:*:key/${KMS:calleraccount}", ["arn:aws:kms:*:*:key/111122223333"]],
  ])("after the fifth colon, with a value that is known: `%s`", (written, globs) => {
    expect(read(written)).toEqual({ isEverything: false, globs });
  });

  test.each([
    "arn:aws:kms:*:*:key/${aws:PrincipalTag/k}",
    "arn:aws:kms:*:*:key/${aws:PrincipalTag/k}*",
    "arn:aws:kms:*:*:key/${aws:PrincipalTag/k, abc}",
    "arn:aws:kms:*:*:key/${aws:PrincipalTag/k, '*'}",
    "arn:aws:kms:*:*:key/${aws:PrincipalTag/k, '}",
    "arn:aws:kms:*:*:key/${*}",
    "arn:aws:kms:*:*:key/${KeyId}",
    "arn:aws:kms:*:*:key/<key-id>",
  ])("after the fifth colon, with a value that is not known: one name, if any: `%s`", (written) => {
    expect(read(written)).toEqual({ isEverything: false, globs: [] });
  });

  test.each([
    ["arn:aws:kms:*:*:key/${aws:PrincipalTag/k, 'abc'}", ["arn:aws:kms:*:*:key/abc"]],
    ["arn:aws:kms:*:*:key/${aws:PrincipalTag/k,'a, b'}", ["arn:aws:kms:*:*:key/a, b"]],
    ["arn:aws:kms:*:*:key/${aws:PrincipalTag/k, ''}*", ["arn:aws:kms:*:*:key/*"]],
  ])("a default is the value for some principals: `%s`", (written, globs) => {
    expect(read(written)).toMatchObject({ globs, doubt: expect.stringContaining("is the default of") });
  });

  test.each([
    ["arn:aws:kms:*:${aws:PrincipalAccount}:key/*", ["arn:aws:kms:*:111122223333:key/*"]],
    ["arn:aws:kms:*:${AWS:PRINCIPALACCOUNT}:key/*", ["arn:aws:kms:*:111122223333:key/*"]],
    ["arn:aws:kms:${aws:RequestedRegion}:${aws:ResourceAccount}:key/*", ["arn:aws:kms:*:*:key/*"]],
    ["arn:aws:kms:*:${aws:PrincipalTag/a}:key/*", ["arn:aws:kms:*:*:key/*"]],
    ["arn:aws:${aws:PrincipalTag/s, 'kms'}:*:*:key/*", ["arn:aws:kms:*:*:key/*"]],
  ])("before the fifth colon may be plain text: `%s`", (written, globs) => {
    expect(read(written)).toMatchObject({ globs, doubt: expect.stringContaining("before the fifth colon") });
  });

  test.each(["2008-10-17", "2013-01-01"])("are text in version %s", (version) => {
    expect(read("arn:aws:kms:*:${aws:PrincipalAccount}:key/*", version)).toEqual({
      isEverything: false,
      globs: [],
    });
  });
});

describe("placeholders, which somebody is to replace", () => {
  test.each([
    "arn:aws:kms:*:${AWS::AccountId}:key/*",
    "arn:${AWS::Partition}:kms:*:*:key/*",
    "arn:aws:kms:*:${account_id}:key/*",
    "arn:aws:kms:*:<account-id>:key/*",
    "arn:aws:kms:*:{{ account }}:key/*",
    "arn:aws:kms:*:ACCOUNT_ID:key/*",
    "arn:aws:kms:REGION:*:key/*",
  ])("`%s` may be every key", (written) => {
    const { globs, doubt } = read(written);
    expect(globs).toEqual([expect.stringMatching(/^arn:(aws|\*):kms:\*:\*:key\/\*$/)]);
    expect(doubt).toMatch(/placeholder|no account id|no Region/);
  });

  test("an account or a Region that may be is none", () => {
    expect(read("arn:aws:kms:eu-west-1:111122223333:key/*").doubt).toBeUndefined();
    expect(read("arn:aws:kms:eu-*:1111????3333:key/*").doubt).toBeUndefined();
  });
});

test.each([
  ["arn:aws:kms:eu-west-1:111122223333:key/abc", true],
  ["arn:aws:kms:*:*:key/abc", true],
  ["arn:aws:kms:*:*:key/ab?", false],
  ["arn:aws:kms:*:*:*", false],
  ["arn:aws:kms:*:abc", false],
  ["arn:aws:kms:*:*:key/abc:d", false],
])("`%s` names one resource: %s", (glob, expected) => expect(namesOneResource(glob, KMS)).toBe(expected));

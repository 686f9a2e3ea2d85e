import { describe, expect, test } from "vitest";
import { KMS } from "../services/kms.ts";
import { actionCatalogue, actionNames, actionsMatching, hasEvery, namedActions } from "./action-set.ts";

const CATALOGUE = actionCatalogue(KMS);
const matched = (pattern: string) => actionNames(actionsMatching(pattern, CATALOGUE), CATALOGUE);

describe("the catalogue", () => {
  test.each([
    ["all", 56],
    ["onResourceOnly", 42],
    ["onResource", 45],
    ["global", 11],
  ] as const)("%s: %i actions", (set, size) => {
    expect(actionNames(CATALOGUE[set], CATALOGUE)).toHaveLength(size);
  });

  test("each power is any one of its actions", () => {
    expect(CATALOGUE.powers.map((power) => actionNames(power, CATALOGUE))).toEqual([
      ["kms:Decrypt", "kms:ReEncryptFrom"],
      ["kms:CreateGrant", "kms:PutKeyPolicy"],
      ["kms:DisableKey", "kms:ScheduleKeyDeletion"],
    ]);
  });

  test("an action that takes an alias takes a key too", () => {
    const [onAliases = 0n, ...others] = CATALOGUE.onOthers;
    expect(others).toEqual([]);
    expect(actionNames(onAliases, CATALOGUE)).toEqual([
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:UpdateAlias",
    ]);
    expect(hasEvery(CATALOGUE.onResource, onAliases)).toBe(true);
  });
});

describe("every action", () => {
  test.each([
    "*",
    "**",
    "*:*",
    "**:**",
    "kms:*",
    "KMS:*",
    "kMs:**",
    "kms:?*",
    "kms:*?",
    "kms:????*",
    "kms:*?*?*?*?*",
  ])("`%s`", (pattern) => expect(actionsMatching(pattern, CATALOGUE)).toBe(CATALOGUE.all));
});

describe("some actions", () => {
  test.each([
    ["kms:decrypt", ["kms:Decrypt"]],
    ["kms:DECRYPT", ["kms:Decrypt"]],
    ["kms:?ecrypt", ["kms:Decrypt"]],
    ["kms:*crypt", ["kms:Decrypt", "kms:Encrypt"]],
    ["kms:ReEncrypt*", ["kms:ReEncryptFrom", "kms:ReEncryptTo"]],
    ["kms:????", ["kms:Sign"]],
    ["kms:V*", ["kms:Verify", "kms:VerifyMac"]],
    ["kms:*Mac", ["kms:GenerateMac", "kms:VerifyMac"]],
    ["kms:*e*e*e*e*e*", ["kms:DeleteImportedKeyMaterial", "kms:GenerateDataKeyWithoutPlaintext"]],
  ])("`%s`", (pattern, names) => expect(matched(pattern)).toEqual(expect.arrayContaining(names)));

  test.each([
    ["kms:*crypt", 2],
    ["kms:????", 1],
    ["kms:ReEncrypt*", 2],
    ["kms:V*", 2],
    ["kms:*Mac", 2],
    ["kms:?????*", 55],
    ["kms:List*", 7],
    ["kms:*Key*", 32],
  ])("`%s` matches %i", (pattern, count) => expect(matched(pattern)).toHaveLength(count));
});

describe("no action", () => {
  test.each([
    ...["", "kms", "kms*", "kms:", "kms:Decrpyt", "kms:De crypt", "kms:Decrypt ", " kms:*", "kms:* "],
    ...[
      "kms:[a-z]*",
      "kms:.*",
      "kms:(.*)",
      "kms:%",
      "kms:%2A",
      "kms:\\*",
      "kms:{Decrypt}",
      "kms:*:*",
      "kms::*",
    ],
    ...["s3:*", "kmsx:*", "km:*", "k?s:*", "k*:*", "?ms:*", "*:Decrypt", "*s:*", "-kms:*"],
    ...["\uFF4Bms:*", "\u212Ams:*", "km\u017F:*", "kms:S\u0131gn", "kms:Encrypt\u0000"],
  ])("`%s`", (pattern) => expect(matched(pattern)).toEqual([]));
});

describe("namedActions", () => {
  const named = (element: "Action" | "NotAction", ...patterns: string[]) =>
    actionNames(namedActions({ element, patterns }, CATALOGUE), CATALOGUE);

  test("patterns add up", () => {
    expect(named("Action", "s3:*", "kms:Sign", "KMS:verify", "kms:Sign")).toEqual(["kms:Sign", "kms:Verify"]);
  });

  test("what comes after everything adds nothing", () => {
    expect(named("Action", "kms:*", "kms:Sign")).toHaveLength(56);
  });

  test("NotAction names what its patterns do not", () => {
    expect(named("NotAction", "kms:?????*")).toEqual(["kms:Sign"]);
    expect(named("NotAction", "iam:*")).toHaveLength(56);
    expect(named("NotAction", "iam:*", "kms:*")).toEqual([]);
    expect(named("NotAction", "*")).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import {
  CATALOGUE_DATE,
  CATALOGUE_VERSION,
  KMS_ACTIONS,
  KMS_CONDITION_KEYS,
} from "@kms-guard/core/services/kms.generated.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { describe, expect, test } from "vitest";
import { catalogueText } from "../scripts/generate-kms-catalogue.ts";

const CHECKED_IN = new URL("../packages/core/src/services/kms.generated.ts", import.meta.url);

test("the catalogue is what `npm run catalogue` writes: run it if this fails", async () => {
  expect(readFileSync(CHECKED_IN, "utf8")).toBe(await catalogueText());
});

describe("the actions of AWS KMS", () => {
  const names = KMS_ACTIONS.map(({ name }) => name);
  const taking = (...types: string[]) =>
    KMS_ACTIONS.filter(({ resources }) => resources.join() === types.join()).map(({ name }) => name);

  test("are 56, each once, in order", () => {
    expect(names).toHaveLength(56);
    expect(new Set(names).size).toBe(56);
    expect(names).toEqual(names.toSorted());
  });

  test("take a key, an alias and a key, or `*`", () => {
    expect(taking("key")).toHaveLength(42);
    expect(taking("alias", "key")).toEqual(["CreateAlias", "DeleteAlias", "UpdateAlias"]);
    expect(taking()).toEqual([
      ...["ConnectCustomKeyStore", "CreateCustomKeyStore", "CreateKey", "DeleteCustomKeyStore"],
      ...["DescribeCustomKeyStores", "DisconnectCustomKeyStore", "GenerateRandom", "ListAliases"],
      ...["ListKeys", "ListRetirableGrants", "UpdateCustomKeyStore"],
    ]);
  });

  test("are written in letters: what else is in a pattern matches none", () => {
    expect(names.filter((name) => !/^[A-Z][A-Za-z]+$/.test(name))).toEqual([]);
  });

  test("have those that lists made by hand tend to miss", () => {
    expect(names).toEqual(
      expect.arrayContaining([
        ...["DeriveSharedSecret", "GetKeyLastUsage", "ListKeyRotations", "RotateKeyOnDemand"],
        ...["ReEncryptFrom", "ReEncryptTo", "SynchronizeMultiRegionKey"],
      ]),
    );
  });

  test("have the actions of the powers among them, each of which takes a key", () => {
    const named = [
      ...KMS.powers.flatMap(({ actions }) => actions),
      ...KMS.selfGrant.by,
      ...KMS.selfGrant.beside,
      ...KMS.escalations.flatMap(({ needs }) => needs.flat()),
    ];
    for (const name of named) expect(taking("key")).toContain(name);
  });
});

describe("the condition keys", () => {
  test("are in lower case, each once", () => {
    expect(KMS_CONDITION_KEYS).toEqual(KMS_CONDITION_KEYS.map((key) => key.toLowerCase()));
    expect(new Set(KMS_CONDITION_KEYS).size).toBe(KMS_CONDITION_KEYS.length);
  });

  test("are those of KMS and of every service, families by their beginning", () => {
    expect(KMS_CONDITION_KEYS).toEqual(
      expect.arrayContaining([
        ...["aws:sourceip", "aws:multifactorauthpresent", "aws:resourcetag/", "kms:viaservice"],
        ...["kms:encryptioncontext:", "kms:calleraccount", "kms:keyspec"],
      ]),
    );
    expect(KMS_CONDITION_KEYS.filter((key) => key.includes("$"))).toEqual([]);
  });
});

test("the catalogue says of what day it is", () => {
  expect(CATALOGUE_DATE).toMatch(/^20\d\d-[01]\d-[0-3]\d$/);
  expect(CATALOGUE_VERSION).toMatch(/^\d+\.\d+\.\d+$/);
});

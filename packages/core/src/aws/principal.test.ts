import { DEPLOY } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it, test } from "vitest";
import { amongPrincipals, isProtected, isSamePrincipal, parsePrincipalName } from "./principal.ts";

const UNKNOWN_ARN = { type: "role", name: "Deploy" } as const;

it.each([
  ["its ARN", "arn:aws:iam::111122223333:role/ci/Deploy", DEPLOY],
  ["its ARN in other case, as IAM has it", "arn:aws:iam::111122223333:role/ci/deploy", DEPLOY],
  ["its type and name", "role/Deploy", DEPLOY],
  ["its type, path and name", "role/ci/Deploy", DEPLOY],
  ["its type, path and name where its ARN is not known", "role/ci/Deploy", UNKNOWN_ARN],
  ["its name in other case, as IAM has it", "role/DEPLOY", DEPLOY],
  ["an ARN by name where its own is not known", "arn:aws:iam::111122223333:role/other/deploy", UNKNOWN_ARN],
])("a role is protected by %s", (_, entry, attachment) => {
  expect(isProtected(attachment, { protectedPrincipals: [entry], ownRoleArns: [] })).toBe(true);
  expect(isProtected(attachment, { protectedPrincipals: [], ownRoleArns: [entry] })).toBe(true);
});

it.each([
  ["another path, where its ARN is known", "arn:aws:iam::111122223333:role/Deploy", DEPLOY],
  ["another account", "arn:aws:iam::444455556666:role/ci/Deploy", DEPLOY],
  ["another type", "user/Deploy", DEPLOY],
  ["another type's ARN", "arn:aws:iam::111122223333:user/Deploy", UNKNOWN_ARN],
  ["the beginning of its name", "role/Dep", DEPLOY],
  ["a wildcard, which is not one here", "role/*", DEPLOY],
  ["a name without type", "Deploy", DEPLOY],
  ["nothing", "", DEPLOY],
])("a role is not protected by %s", (_, entry, attachment) => {
  expect(isProtected(attachment, { protectedPrincipals: [entry], ownRoleArns: [] })).toBe(false);
});

describe("a principal's name", () => {
  test.each([
    { text: "role/KeyAdmin", named: { type: "role", name: "KeyAdmin" } },
    { text: "user/alex@example.com", named: { type: "user", name: "alex@example.com" } },
    { text: "group/Key-Admins", named: { type: "group", name: "Key-Admins" } },
  ])("is read from $text", ({ text, named }) => {
    expect(parsePrincipalName(text)).toEqual(named);
  });

  test.each([
    ["KeyAdmin"],
    ["role/"],
    ["role/team/KeyAdmin"],
    ["Role/KeyAdmin"],
    ["policy/KeyAdmin"],
    ["role/*"],
    ["arn:aws:iam::111122223333:role/KeyAdmin"],
    [`role/${"x".repeat(129)}`],
  ])("is not read from %s", (text) => {
    expect(parsePrincipalName(text)).toBeUndefined();
  });
});

describe("the same principal", () => {
  const role = { type: "role", name: "Build" } as const;
  test.each([
    { what: "a name in another case", other: { ...role, name: "build" }, isSame: true },
    { what: "a name with an id, where one has none", other: { ...role, id: "AROA1" }, isSame: true },
    { what: "another type", other: { type: "user", name: "Build" }, isSame: false },
    { what: "another name", other: { ...role, name: "Builds" }, isSame: false },
  ] as const)("$what: $isSame", ({ other, isSame }) => {
    expect(isSamePrincipal(role, other)).toBe(isSame);
    expect(amongPrincipals([other])(role)).toBe(isSame);
  });

  test("a role made anew under an old name is another", () => {
    const before = { ...role, id: "AROA1" };
    expect(isSamePrincipal(before, { ...role, id: "AROA2" })).toBe(false);
    expect(amongPrincipals([before])({ ...role, id: "AROA2" })).toBe(false);
    expect(amongPrincipals([before, { ...role, id: "AROA2" }])({ ...role, id: "AROA2" })).toBe(true);
  });
});

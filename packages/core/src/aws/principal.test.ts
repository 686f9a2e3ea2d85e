import { DEPLOY } from "@kms-guard/testing/examples/team-x.ts";
import { describe, expect, it, test } from "vitest";
import {
  amongPrincipals,
  isProtected,
  isSamePrincipal,
  parsePrincipalName,
  reservedRole,
} from "./principal.ts";

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

  test("a role created again under an old name is another", () => {
    const before = { ...role, id: "AROA1" };
    expect(isSamePrincipal(before, { ...role, id: "AROA2" })).toBe(false);
    expect(amongPrincipals([before])({ ...role, id: "AROA2" })).toBe(false);
    expect(amongPrincipals([before, { ...role, id: "AROA2" }])({ ...role, id: "AROA2" })).toBe(true);
  });
});

describe("a role that only AWS can change", () => {
  const NAME = "AWSReservedSSO_Data_Team_0123456789abcdef";
  const ROLE = "arn:aws:iam::111122223333:role";

  it.each([
    ["name only", { type: "role", name: NAME }],
    ["its path", { type: "role", name: NAME, arn: `${ROLE}/aws-reserved/sso.amazonaws.com/${NAME}` }],
    [
      "its path with a region",
      { type: "role", name: NAME, arn: `${ROLE}/aws-reserved/sso.amazonaws.com/eu-west-1/${NAME}` },
    ],
  ] as const)("a permission set's role is recognized by %s", (_, attachment) => {
    expect(reservedRole(attachment)).toEqual({ kind: "identity-center", permissionSet: "Data_Team" });
  });

  it.each([
    ["a user of such a name", { type: "user", name: NAME }],
    ["a role of such a name in another path", { type: "role", name: NAME, arn: `${ROLE}/${NAME}` }],
    [
      "a role with such a path further in",
      { type: "role", name: NAME, arn: `${ROLE}/x/aws-reserved/sso.amazonaws.com/${NAME}` },
    ],
    ["an ordinary role", { type: "role", name: "Deploy" }],
  ] as const)("%s is none", (_, attachment) => {
    expect(reservedRole(attachment)).toBeUndefined();
  });

  it("a permission set's role without the usual ending has no set to name", () => {
    expect(reservedRole({ type: "role", name: "AWSReservedSSO_Odd" })).toEqual({ kind: "identity-center" });
  });

  it("a service-linked role is recognized by its path, and by its name where there is no path", () => {
    const name = "AWSServiceRoleForSupport";
    const arn = `${ROLE}/aws-service-role/support.amazonaws.com/${name}`;
    expect(reservedRole({ type: "role", name, arn })).toEqual({ kind: "service-linked" });
    expect(reservedRole({ type: "role", name })).toEqual({ kind: "service-linked" });
    expect(reservedRole({ type: "role", name, arn: `${ROLE}/${name}` })).toBeUndefined();
  });
});

import { expect, it } from "vitest";
import { reservedRole } from "./reserved-role.ts";

const NAME = "AWSReservedSSO_Data_Team_0123456789abcdef";
const ROLE = "arn:aws:iam::111122223333:role";

it.each([
  ["name only", { type: "role", name: NAME }],
  ["its path", { type: "role", name: NAME, arn: `${ROLE}/aws-reserved/sso.amazonaws.com/${NAME}` }],
  [
    "its path with a region",
    { type: "role", name: NAME, arn: `${ROLE}/aws-reserved/sso.amazonaws.com/eu-west-1/${NAME}` },
  ],
] as const)("a permission set's role is told by %s", (_, attachment) => {
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

it("a service-linked role is told by its path, and by its name where there is no path", () => {
  const name = "AWSServiceRoleForSupport";
  const arn = `${ROLE}/aws-service-role/support.amazonaws.com/${name}`;
  expect(reservedRole({ type: "role", name, arn })).toEqual({ kind: "service-linked" });
  expect(reservedRole({ type: "role", name })).toEqual({ kind: "service-linked" });
  expect(reservedRole({ type: "role", name, arn: `${ROLE}/${name}` })).toBeUndefined();
});

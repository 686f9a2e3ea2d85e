import { describe, expect, test } from "vitest";
import { arnName, arnPath, lambdaFunctionName, managedPolicyKind, parseArn } from "./arn.ts";

const BUILD = "arn:aws:iam::111122223333:role/team/Build";
const TOPIC = "arn:aws:sns:us-east-1:111122223333:Alerts";
const FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:guard";

describe("an ARN is taken apart", () => {
  test.each([
    [
      BUILD,
      { partition: "aws", service: "iam", region: "", account: "111122223333", resource: "role/team/Build" },
    ],
    [
      `${FUNCTION}:live`,
      {
        partition: "aws",
        service: "lambda",
        region: "us-east-1",
        account: "111122223333",
        resource: "function:guard:live",
      },
    ],
    [
      "arn:aws-cn:iam::aws:policy/AdministratorAccess",
      {
        partition: "aws-cn",
        service: "iam",
        region: "",
        account: "aws",
        resource: "policy/AdministratorAccess",
      },
    ],
  ])("%s", (text, parts) => {
    expect(parseArn(text)).toEqual(parts);
  });

  test.each([
    "",
    "arn",
    "arn:aws",
    "arn:aws:iam::111122223333",
    "arn:aws:iam::111122223333:",
    "arn::iam:::x",
    "role/Build",
    "ARN:aws:iam::1:x",
  ])("and `%s` is none", (text) => {
    expect(parseArn(text)).toBeUndefined();
  });
});

test.each([
  [BUILD, "Build"],
  ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "AWSLambdaBasicExecutionRole"],
  [TOPIC, "Alerts"],
  [FUNCTION, "guard"],
  ["Build", "Build"],
  ["", ""],
])("%s ends in the name %s", (arn, name) => {
  expect(arnName(arn)).toBe(name);
});

test.each([
  [BUILD, "/team/"],
  ["arn:aws:iam::111122223333:role/Build", "/"],
  ["arn:aws:iam::111122223333:user/division/team/alice", "/division/team/"],
  ["arn:aws:iam::111122223333:root", undefined],
])("%s has the path %s", (arn, path) => {
  expect(arnPath(arn)).toBe(path);
});

test.each([
  ["arn:aws:iam::aws:policy/AdministratorAccess", "aws-managed"],
  ["arn:aws-us-gov:iam::aws:policy/AdministratorAccess", "aws-managed"],
  ["arn:aws:iam::111122223333:policy/aws", "managed"],
  ["AdministratorAccess", "managed"],
])("the policy %s is %s", (arn, kind) => {
  expect(managedPolicyKind(arn)).toBe(kind);
});

test.each([
  [FUNCTION, "guard"],
  [`${FUNCTION}:live`, "guard"],
  ["arn:aws:lambda:us-east-1:111122223333:layer:guard:1", undefined],
  [TOPIC, undefined],
  ["https://hooks.example.com/a:b", undefined],
])("%s is of the function %s", (arn, name) => {
  expect(lambdaFunctionName(arn)).toBe(name);
});

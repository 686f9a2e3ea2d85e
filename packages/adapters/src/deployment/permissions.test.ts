import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  exemptPermissions,
  type GuardResources,
  guardPermissions,
  historyPermissions,
  reportPermissions,
  restorePermissions,
  showPermissions,
} from "./permissions.ts";

const ENFORCE: GuardResources = {
  mode: "enforce",
  partition: "aws-us-gov",
  account: "111122223333",
  tableArn: "arn:aws-us-gov:dynamodb:us-gov-west-1:111122223333:table/Findings",
  topicArn: "arn:aws-us-gov:sns:us-gov-west-1:111122223333:Alerts",
  busArn: "arn:aws-us-gov:events:us-gov-west-1:111122223333:event-bus/default",
  ownRoleArns: ["arn:aws-us-gov:iam::111122223333:role/kms-guard-test-*"],
};
const READS_NOTHING_ELSE = /^iam:(Get|List)[A-Za-z]+$/;

const allowed = (permissions: ReturnType<typeof guardPermissions>) =>
  permissions.filter(({ effect }) => effect === "Allow").flatMap(({ actions }) => actions);
const writes = (permissions: ReturnType<typeof guardPermissions>) =>
  allowed(permissions).filter((action) => action.startsWith("iam:") && !READS_NOTHING_ELSE.test(action));

describe("monitor", () => {
  test("holds no action on IAM that changes anything", () => {
    expect(writes(guardPermissions({ ...ENFORCE, mode: "monitor" }))).toEqual([]);
  });
});

describe("enforce", () => {
  const permissions = guardPermissions(ENFORCE);

  test("holds exactly the six that take policies from principals", () => {
    expect(writes(permissions)).toEqual([
      "iam:DetachUserPolicy",
      "iam:DetachRolePolicy",
      "iam:DetachGroupPolicy",
      "iam:DeleteUserPolicy",
      "iam:DeleteRolePolicy",
      "iam:DeleteGroupPolicy",
    ]);
  });

  test("on the account's own users, roles and groups", () => {
    expect(permissions.find(({ sid }) => sid === "TakePoliciesFromPrincipals")?.resources).toEqual([
      "arn:aws-us-gov:iam::111122223333:user/*",
      "arn:aws-us-gov:iam::111122223333:role/*",
      "arn:aws-us-gov:iam::111122223333:group/*",
    ]);
  });

  test("and is denied them on its own roles", () => {
    expect(permissions.filter(({ effect }) => effect === "Deny")).toEqual([
      {
        sid: "NeverFromItself",
        effect: "Deny",
        actions: ["iam:DetachRolePolicy", "iam:DeleteRolePolicy"],
        resources: ["arn:aws-us-gov:iam::111122223333:role/kms-guard-test-*"],
      },
    ]);
  });

  test("findings can be written, exemptions not", () => {
    expect(permissions.find(({ sid }) => sid === "RecordFindings")).toEqual({
      sid: "RecordFindings",
      effect: "Allow",
      actions: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      resources: ["arn:aws-us-gov:dynamodb:us-gov-west-1:111122223333:table/Findings"],
      conditions: [
        {
          test: "ForAllValues:StringLike",
          variable: "dynamodb:LeadingKeys",
          values: ["FINDING#111122223333#*"],
        },
      ],
    });
  });
});

describe("restore", () => {
  test("holds exactly the six that give policies to principals, and takes none", () => {
    expect(writes(restorePermissions(ENFORCE))).toEqual([
      "iam:AttachUserPolicy",
      "iam:AttachRolePolicy",
      "iam:AttachGroupPolicy",
      "iam:PutUserPolicy",
      "iam:PutRolePolicy",
      "iam:PutGroupPolicy",
    ]);
  });

  test("writes findings and exemptions", () => {
    expect(restorePermissions(ENFORCE).find(({ sid }) => sid === "RecordFindings")?.conditions).toEqual([
      {
        test: "ForAllValues:StringLike",
        variable: "dynamodb:LeadingKeys",
        values: ["FINDING#111122223333#*", "EXEMPTIONS#111122223333"],
      },
    ]);
  });

  test("reads no parameter but kms-guard's", () => {
    expect(restorePermissions(ENFORCE).find(({ sid }) => sid === "FindDeployment")).toEqual({
      sid: "FindDeployment",
      effect: "Allow",
      actions: ["ssm:GetParametersByPath"],
      resources: ["arn:aws-us-gov:ssm:*:111122223333:parameter/kms-guard/*"],
    });
  });
});

const LOGS = {
  historyLogGroupArn: "arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/kms-guard/test/alerts",
  sweepLogGroupArn:
    "arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/aws/lambda/kms-guard-test-sweep",
};

describe.each([
  ["history", historyPermissions({ ...ENFORCE, ...LOGS })],
  ["show", showPermissions({ ...ENFORCE, ...LOGS })],
  ["report", reportPermissions({ ...ENFORCE, ...LOGS })],
])("%s", (name, permissions) => {
  test("reads, of named resources but for what takes none, and changes nothing", () => {
    const COUNTING = "cloudwatch:GetMetricStatistics";
    expect(
      allowed(permissions).filter(
        (action) =>
          action !== COUNTING &&
          !/^(ssm:GetParametersByPath|logs:FilterLogEvents|logs:StartQuery|logs:GetQueryResults|dynamodb:(Query|BatchGetItem))$/.test(
            action,
          ),
      ),
    ).toEqual([]);
    const ofAnything = permissions.filter(({ resources }) => resources.includes("*"));
    expect(allowed(ofAnything)).toEqual(name === "report" ? [COUNTING] : []);
  });
});

describe("exempt", () => {
  const permissions = exemptPermissions(ENFORCE);

  test("changes nothing in IAM, and writes exemptions alone", () => {
    expect(writes(permissions)).toEqual([]);
    expect(permissions.find(({ sid }) => sid === "RecordFindings")?.conditions).toEqual([
      {
        test: "ForAllValues:StringLike",
        variable: "dynamodb:LeadingKeys",
        values: ["EXEMPTIONS#111122223333"],
      },
    ]);
    expect(permissions.flatMap(({ resources }) => resources)).not.toContain("*");
  });

  test("can tell of it", () => {
    expect(allowed(permissions)).toEqual(expect.arrayContaining(["sns:Publish", "events:PutEvents"]));
  });
});

test.each([
  ["enforce", guardPermissions(ENFORCE)],
  ["monitor", guardPermissions({ ...ENFORCE, mode: "monitor" })],
  ["restore", restorePermissions(ENFORCE)],
])(
  "%s: no action has a wildcard, and only one that takes no resource has every resource",
  (_, permissions) => {
    expect(permissions.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual(
      [],
    );
    expect(
      permissions.filter(({ resources }) => resources.includes("*")).flatMap(({ actions }) => actions),
    ).toEqual(["iam:GetAccountAuthorizationDetails"]);
    expect(new Set(permissions.map(({ sid }) => sid)).size).toBe(permissions.length);
  },
);

test("the module imports types only, so that a deployment loads no SDK", () => {
  expect(readFileSync(new URL("./permissions.ts", import.meta.url), "utf8")).not.toMatch(
    /^import (?!type )/m,
  );
});

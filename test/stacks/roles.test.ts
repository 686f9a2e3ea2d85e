import { defineGuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { type Rendered, renderStacks } from "@kms-guard/sandbox/render/render.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allOf, json } from "./resource-of.ts";

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
}

interface Role {
  readonly name: string;
  readonly trusts: unknown;
  readonly managed: unknown;
  readonly statements: readonly Statement[];
  /** Of the inline policies. */
  readonly characters: number;
}

const MODES = ["monitor", "enforce"] as const;
let roles: Readonly<Record<(typeof MODES)[number], readonly Role[]>>;
let rendered: readonly Rendered[] = [];
beforeAll(async () => {
  const [monitor, enforce] = await Promise.all(
    MODES.map((mode) =>
      renderStacks({
        config: defineGuardConfig({ mode, slack: true, amazonQ: true }),
        stage: "production",
        secrets: { SlackWebhookUrl: "https://hooks.slack.com/services/T00000000/B00000000/notarealwebhook" },
      }),
    ),
  );
  if (monitor === undefined || enforce === undefined) throw new Error("two modes, two renderings");
  rendered = [monitor, enforce];
  roles = { monitor: rolesOf(monitor), enforce: rolesOf(enforce) };
});
afterAll(() => Promise.all(rendered.map((one) => one.close())));

function rolesOf(one: Rendered): readonly Role[] {
  return allOf(one, "aws:iam/role:Role")
    .map(({ name, assumeRolePolicy, managedPolicyArns, inlinePolicies }) => {
      const policies: { policy: string }[] = JSON.parse(JSON.stringify(inlinePolicies));
      return {
        name: String(name),
        trusts: assumeRolePolicy,
        managed: managedPolicyArns ?? [],
        statements: policies.flatMap(({ policy }) => statementsOf(json(policy))),
        characters: policies.map(({ policy }) => policy.length).reduce((sum, length) => sum + length, 0),
      };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

function statementsOf(policy: unknown): readonly Statement[] {
  if (typeof policy !== "object" || policy === null || !("Statement" in policy))
    throw new Error("not a policy");
  return Array.isArray(policy.Statement) ? policy.Statement : [];
}

const READS = /^iam:(Get|List)[A-Za-z]+$/;
const actions = (role: Role) =>
  role.statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action);
const iamWrites = (role: Role) =>
  actions(role).filter((action) => action.startsWith("iam:") && !READS.test(action));

test("the roles are these five, and no other in either mode", () => {
  for (const mode of MODES) {
    expect(roles[mode].map(({ name }) => name)).toEqual([
      "kms-guard-production-guard",
      "kms-guard-production-notify-amazon-q",
      "kms-guard-production-notify-slack",
      "kms-guard-production-sweep",
      "kms-guard-production-sweep-schedule",
    ]);
  }
});

test("in monitor mode no role holds any action on IAM but Get and List", () => {
  expect(roles.monitor.map(iamWrites)).toEqual([[], [], [], [], []]);
});

test("in enforce mode the guard and the sweep can take policies away, and nothing else of IAM", () => {
  const taking = [
    "iam:DetachUserPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachGroupPolicy",
    "iam:DeleteUserPolicy",
    "iam:DeleteRolePolicy",
    "iam:DeleteGroupPolicy",
  ];
  expect(roles.enforce.map(iamWrites)).toEqual([taking, [], [], taking, []]);
});

test("and never from the guard's own roles, by their names and not by a pattern", () => {
  for (const role of roles.enforce) {
    const denies = role.statements.filter(({ Effect }) => Effect === "Deny");
    expect(denies).toEqual(
      iamWrites(role).length === 0
        ? []
        : [
            {
              Effect: "Deny",
              Action: ["iam:DetachRolePolicy", "iam:DeleteRolePolicy"],
              Resource: [
                "arn:aws:iam::111122223333:role/kms-guard-production-guard",
                "arn:aws:iam::111122223333:role/kms-guard-production-sweep",
                "arn:aws:iam::111122223333:role/kms-guard-production-sweep-schedule",
                "arn:aws:iam::111122223333:role/kms-guard-production-notify-slack",
                "arn:aws:iam::111122223333:role/kms-guard-production-notify-amazon-q",
              ],
            },
          ],
    );
  }
});

test("nothing is allowed by a wildcard action, and only what takes no resource on every resource", () => {
  for (const { statements } of MODES.flatMap((mode) => roles[mode])) {
    for (const { Effect, Action, Resource } of statements) {
      if (Effect !== "Allow") continue;
      expect(Action.filter((action) => action.includes("*"))).toEqual([]);
      if (Resource.includes("*")) expect(Action).toEqual(["iam:GetAccountAuthorizationDetails"]);
    }
  }
});

test("each is trusted to one service, and has no policy besides", () => {
  const service = (name: string) => ({
    Statement: [{ Principal: { Service: name }, Action: "sts:AssumeRole" }],
  });
  for (const mode of MODES) {
    const [guard, notifyAmazonQ, notifySlack, sweep, schedule] = roles[mode];
    for (const role of [guard, notifyAmazonQ, notifySlack, sweep])
      expect(role?.trusts).toMatchObject(service("lambda.amazonaws.com"));
    expect(schedule?.trusts).toMatchObject(service("scheduler.amazonaws.com"));
    expect(roles[mode].map(({ managed }) => managed)).toEqual([[], [], [], [], []]);
    expect(JSON.stringify(roles[mode].map(({ trusts }) => trusts))).not.toContain(":root");
  }
});

test("the policies of a role fit into what IAM takes", () => {
  for (const { characters } of MODES.flatMap((mode) => roles[mode])) expect(characters).toBeLessThan(10_240);
});

test.each(MODES)("all that the roles may do in %s mode, to read", async (mode) => {
  await expect(roles[mode].map(readable).join("\n")).toMatchFileSnapshot(`../golden/roles-${mode}.txt`);
});

function readable({ name, trusts, statements }: Role): string {
  const blocks = statements.map(({ Effect, Action, Resource, Condition }) =>
    [
      `  ${Effect}`,
      ...Action.map((action) => `    ${action}`),
      "    on",
      ...Resource.map((resource) => `      ${resource}`),
      ...(Condition === undefined ? [] : [`    when ${JSON.stringify(Condition)}`]),
    ].join("\n"),
  );
  return `${name}\n  trusts ${JSON.stringify(trusts)}\n${blocks.join("\n")}\n`;
}

import { describe, expect, test } from "vitest";
import { evaluateDocument } from "../evaluate/evaluate.ts";
import type { VerdictName } from "../evaluate/verdict.ts";
import { KMS } from "./kms.ts";
import { SECRETS_MANAGER } from "./secrets-manager.fixture.ts";

const CONTEXT = {
  account: { id: "111122223333", partition: "aws" },
  service: SECRETS_MANAGER,
  nowMs: Date.UTC(2026, 9, 1),
};
const ARN = "arn:aws:secretsmanager";
const EVERY_SECRET = `${ARN}:*:*:secret:*`;
const OWN_SECRETS = `${ARN}:*:111122223333:secret:*`;
const ONE_SECRET = `${ARN}:eu-west-1:111122223333:secret:prod/db-a1B2c3`;

interface Written {
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string;
  readonly Condition?: object;
}

const statement = (Effect: "Allow" | "Deny", written: Written) => ({
  Effect,
  Action: "secretsmanager:*",
  ...(written.NotResource === undefined && { Resource: "*" }),
  ...written,
});

const evaluated = (allow: Written, deny?: Written) => {
  const Statement = [statement("Allow", allow), ...(deny === undefined ? [] : [statement("Deny", deny)])];
  return evaluateDocument({ Version: "2012-10-17", Statement }, CONTEXT);
};

describe("a service that is only data", () => {
  test.each<[string, VerdictName, Written, Written?]>([
    ["all on everything", "full", {}],
    ["all on everything, by NotResource", "full", { NotResource: "arn:aws:s3:::bucket" }],
    ["all, less one secret", "full", {}, { Resource: ONE_SECRET }],
    ["all, less the secrets of another account", "full", {}, { Resource: `${ARN}:*:999900001111:secret:*` }],
    ["all on every secret", "near-full", { Resource: EVERY_SECRET }],
    ["all on every secret of the account", "near-full", { Resource: OWN_SECRETS }],
    ["all on every secret, by a short ARN", "near-full", { Resource: `${ARN}:*` }],
    ["all on every secret, whatever its suffix", "near-full", { Resource: `${ARN}:*:*:secret:*-??????` }],
    [
      "the actions of the powers",
      "near-full",
      {
        Action: SECRETS_MANAGER.powers.flatMap(({ actions }) =>
          actions.map((name) => `secretsmanager:${name}`),
        ),
      },
    ],
    ["all with MFA", "conditional-full", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }],
    ["all in one Region", "scoped-full", { Resource: `${ARN}:eu-west-1:*:secret:*` }],
    ["all on one secret", "scoped-full", { Resource: ONE_SECRET }],
    [
      "all on one secret, whatever its suffix",
      "scoped-full",
      { Resource: `${OWN_SECRETS.slice(0, -1)}db-??????` },
    ],
    ["all on the secrets of one path", "scoped-full", { Resource: `${ARN}:*:*:secret:prod/*` }],
    ["all, less the suffixes with an a in front", "near-full", {}, { Resource: `${EVERY_SECRET}-a?????` }],
    ["all, less every secret", "none", {}, { Resource: EVERY_SECRET }],
    ["all, less every secret of the account", "none", {}, { Resource: OWN_SECRETS }],
    ["all on the secrets of another account", "none", { Resource: `${ARN}:*:999900001111:secret:*` }],
    ["all on a secret of another account", "none", { Resource: `${ARN}:*:999900001111:secret:db-a1B2c3` }],
    ["all on what is no secret", "none", { Resource: `${ARN}:*:*:key/*` }],
    ["all on secrets of China", "none", { Resource: "arn:aws-cn:secretsmanager:*:*:secret:*" }],
    [
      "reading",
      "none",
      { Action: ["secretsmanager:Get*", "secretsmanager:List*", "secretsmanager:Describe*"] },
    ],
    ["all of KMS", "none", { Action: "kms:*" }],
  ])("%s: %s", (_, verdict, allow, deny) => {
    const { name, reason } = evaluated(allow, deny);
    expect(name, reason).toBe(verdict);
  });

  test("what is missing from full are its global actions", () => {
    expect(evaluated({ Resource: EVERY_SECRET }).missingActions).toEqual([
      "secretsmanager:BatchGetSecretValue",
      "secretsmanager:GetRandomPassword",
      "secretsmanager:ListSecrets",
    ]);
  });

  test("reasons and evidence are in its own words", () => {
    expect(evaluated({}).reason).toBe(
      "allows all 23 Secrets Manager actions on every secret, without a condition",
    );
    expect(evaluated({ Resource: ONE_SECRET }).reason).toBe(
      `allows every secret action on some secrets only, such as ${ONE_SECRET}`,
    );
    expect(evaluated({}, { Resource: ONE_SECRET }).evidence.map(({ contributes }) => contributes)).toEqual([
      "allows all 23 Secrets Manager actions on every resource",
      "denies all 23 Secrets Manager actions, on named secrets only: every other secret stays granted",
    ]);
    expect(evaluated({ Resource: "arn:aws:s3:::bucket" }).reason).toBe(
      "what it allows and does not deny never amounts to full rights on a secret",
    );
  });

  test("a document means for each service what it says of that", () => {
    const both = { Statement: statement("Allow", { Action: ["kms:*", "secretsmanager:List*"] }) };
    expect(evaluateDocument(both, CONTEXT).name).toBe("none");
    expect(evaluateDocument(both, { ...CONTEXT, service: KMS }).name).toBe("full");
  });
});

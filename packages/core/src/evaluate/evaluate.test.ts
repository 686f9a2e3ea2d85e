import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Statement } from "../policy/document.ts";
import { parseDocument } from "../policy/parse-document.ts";
import type { Account, PolicyRef } from "../policy/policy.ts";
import { KMS } from "../services/kms.ts";
import { evaluate, evaluateDocument } from "./evaluate.ts";
import type { Severity, VerdictName } from "./verdict.ts";

/** One row of test/cases/*.json; `text` where the spelling of the document is the point. */
interface Case {
  readonly name: string;
  readonly document?: unknown;
  readonly text?: string;
  /** 111122223333 in `aws` where absent. */
  readonly account?: Account;
  readonly expected: {
    readonly verdict: VerdictName;
    /** False where absent. */
    readonly vacuous?: boolean;
    /** As `SEVERITY` says where absent. */
    readonly severity?: Severity;
    readonly missing?: readonly string[];
  };
}

const CASES = new URL("../../../../test/cases/", import.meta.url);
const OWN: Account = { id: "111122223333", partition: "aws" };
const NOW_MS = Date.UTC(2026, 9, 1);
const verdictOf = (document: unknown, account = OWN) =>
  evaluateDocument(document, { account, service: KMS, nowMs: NOW_MS });

const SEVERITY = {
  full: "CRITICAL",
  "near-full": "CRITICAL",
  "conditional-full": "HIGH",
  escalation: "HIGH",
  "scoped-full": "MEDIUM",
  invalid: "HIGH",
  none: undefined,
};

describe.each(readdirSync(CASES))("%s", (file) => {
  const cases: Case[] = JSON.parse(readFileSync(new URL(file, CASES), "utf8"));

  test.each(cases)("$name", ({ document, text, account = OWN, expected }) => {
    const verdict = verdictOf(text ?? document, account);

    expect(verdict.name, verdict.reason).toBe(expected.verdict);
    expect(verdict.vacuous).toBe(expected.vacuous ?? false);
    expect(verdict.severity).toBe(
      expected.severity ?? (expected.vacuous ? "CRITICAL" : SEVERITY[expected.verdict]),
    );
    if (expected.missing !== undefined) expect(verdict.missingActions).toEqual(expected.missing);
    // The JSON value and its text, plain or encoded, are one document.
    if (text === undefined) {
      const written = JSON.stringify(document, null, 2);
      expect(verdictOf(written, account)).toEqual(verdict);
      if (written.startsWith("{")) {
        expect(verdictOf(encodeURIComponent(written), account)).toEqual(verdict);
      }
    }
  });
});

describe("what a verdict says", () => {
  const allow = { Effect: "Allow", Action: "kms:*", Resource: "*" };

  test.each([
    {
      given: "kms:* on everything",
      document: { Statement: allow },
      reason: "allows all 56 KMS actions on every key, without a condition",
    },
    {
      given: "one trivial action denied",
      document: { Statement: [allow, { Effect: "Deny", Action: "kms:ListKeys", Resource: "*" }] },
      reason: "allows what is needed to read, hand over and destroy all keys, but not kms:ListKeys",
    },
    {
      given: "many actions denied",
      document: { Statement: [allow, { Effect: "Deny", Action: "kms:Update*", Resource: "*" }] },
      reason:
        "allows what is needed to read, hand over and destroy all keys, but not 4 of the 56 KMS actions",
    },
    {
      given: "two conditions",
      document: {
        Statement: {
          ...allow,
          Condition: {
            Bool: { "aws:MultiFactorAuthPresent": "true" },
            StringEquals: { "aws:username": "a" },
          },
        },
      },
      reason:
        "allows all KMS actions on every key when Bool aws:MultiFactorAuthPresent and StringEquals aws:username hold",
    },
    {
      given: "a condition that is always true",
      document: { Statement: { ...allow, Condition: { Bool: { "aws:SecureTransport": "true" } } } },
      reason: "allows all KMS actions on every key under conditions that are always true",
    },
    {
      given: "one key",
      document: { Statement: { ...allow, Resource: "arn:aws:kms:eu-west-1:111122223333:key/k1" } },
      reason: "allows every key action on some keys only, such as arn:aws:kms:eu-west-1:111122223333:key/k1",
    },
    {
      given: "most keys, most actions",
      document: {
        Statement: [
          allow,
          { Effect: "Deny", Action: "kms:Sign", Resource: "*" },
          { Effect: "Deny", Action: "kms:*", Resource: "arn:aws:kms:eu-west-2:*:*" },
        ],
      },
      reason:
        "allows what is needed to read, hand over and destroy all keys of 16 of 17 Regions, such as arn:aws:kms:af-south-1:111122223333:key/…",
    },
    {
      given: "most keys, under a condition",
      document: {
        Statement: [
          { ...allow, Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } },
          { Effect: "Deny", Action: "kms:*", Resource: "arn:aws:kms:eu-west-2:*:*" },
        ],
      },
      reason:
        "allows what is needed to read, hand over and destroy all keys of 16 of 17 Regions when Bool aws:MultiFactorAuthPresent holds",
    },
    {
      given: "nothing of KMS",
      document: { Statement: { ...allow, Action: "s3:*" } },
      reason: "no statement allows a KMS action",
    },
    {
      given: "a little of KMS",
      document: { Statement: { ...allow, Action: "kms:Decrypt" } },
      reason: "allows some KMS actions, not those that amount to full rights",
    },
    {
      given: "everything, and nothing",
      document: { Statement: [allow, { ...allow, Effect: "Deny" }] },
      reason: "what it allows and does not deny never amounts to full rights on a key",
    },
    {
      given: "one problem",
      document: { Statement: { ...allow, Effect: "allow" } },
      reason:
        "cannot be evaluated: Statement.Effect: is `allow`: it has to be `Allow` or `Deny`, in this case",
    },
    {
      given: "three problems, and a grant in what can be read",
      document: { Statement: [allow, null, 1, "x"] },
      reason:
        "cannot be evaluated, but is at least full: Statement[1]: is null, a statement is an object; Statement[2]: is a number, a statement is an object; Statement[3]: is a string, a statement is an object",
    },
  ])("$given", ({ document, reason }) => {
    expect(verdictOf(document).reason).toBe(reason);
  });

  test("an invalid document shows what it grants as far as it can be read", () => {
    const [evidence] = verdictOf({ Statement: [allow, null] }).evidence;
    expect(evidence).toMatchObject({ path: "Statement[0]", actions: ["kms:*"], counts: true });
  });

  test("an invalid document's problems are all there, however many its reason names", () => {
    const { reason, problems } = verdictOf({ Statement: [allow, ...Array.from({ length: 9 }, () => null)] });
    expect(reason).toContain("Statement[8]: is null, a statement is an object (and 1 more problem)");
    expect(problems).toHaveLength(9);
    expect(problems?.[8]).toEqual({ path: "Statement[9]", message: "is null, a statement is an object" });
  });

  test("nothing that is found is nothing to prove", () => {
    expect(verdictOf({ Statement: { ...allow, Action: "s3:*" } })).toEqual({
      name: "none",
      vacuous: false,
      reason: "no statement allows a KMS action",
      evidence: [],
      missingActions: [],
    });
  });
});

describe("a document that is too long to evaluate", () => {
  const statements = Array.from({ length: 12_000 }, (_, index) => ({
    Effect: "Allow",
    Action: "kms:*",
    Resource: `arn:aws:kms:eu-west-1:111122223333:key/${index}`,
    ...(index % 2 === 0 && { Condition: { StringEquals: { [`aws:PrincipalTag/${index}`]: "a" } } }),
  }));

  test("is invalid, and CRITICAL because it may be full", () => {
    const { name, severity, reason } = verdictOf({ Version: "2012-10-17", Statement: statements });
    expect([name, severity]).toEqual(["invalid", "CRITICAL"]);
    expect(reason).toContain("too complex");
  });

  test("is none where its Denies take all", () => {
    const deny = { Effect: "Deny", Action: "kms:*", Resource: "*" };
    expect(verdictOf({ Version: "2012-10-17", Statement: [...statements, deny] }).name).toBe("none");
  });
});

describe("statements of several policies", () => {
  const first = { kind: "managed", name: "First" } as const;
  const second = { kind: "inline", name: "Second" } as const;
  const of = (policy: PolicyRef, Statement: object, Version = "2012-10-17"): readonly Statement[] => {
    const parsed = parseDocument({ Version, Statement }, policy);
    if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
    return parsed.statements;
  };
  const evaluated = (...statements: readonly Statement[]) =>
    evaluate(statements, { account: OWN, service: KMS, nowMs: NOW_MS });
  const READ = { Effect: "Allow", Action: ["kms:D*", "kms:R*", "kms:G*", "kms:L*", "kms:E*"], Resource: "*" };
  const WRITE = { Effect: "Allow", NotAction: READ.Action, Resource: "*" };

  test("are evaluated together, and the evidence says of which policy each is", () => {
    const verdict = evaluated(...of(first, READ), ...of(second, WRITE));
    expect(verdict.name).toBe("full");
    expect(verdict.evidence.map(({ policy, path }) => [policy, path])).toEqual([
      [first, "Statement"],
      [second, "Statement"],
    ]);
  });

  test("grant nothing together where a Deny of one takes it away", () => {
    const deny = { Effect: "Deny", Action: "kms:*", Resource: "*" };
    expect(evaluated(...of(first, { ...READ, Action: "kms:*" }), ...of(second, deny)).name).toBe("none");
  });

  test("have conditions that add up by themselves, whatever their paths in their policies", () => {
    const third = { kind: "inline", name: "Third" } as const;
    const under = (Action: readonly string[], Condition: object) => ({
      Effect: "Allow",
      Action,
      Resource: "*",
      Condition,
    });
    const all = evaluated(
      ...of(first, under(["kms:*"], { Bool: { "aws:MultiFactorAuthPresent": "true" } })),
      ...of(second, under(["kms:List*"], { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } })),
      ...of(
        third,
        under(["kms:D*", "kms:P*", "kms:S*"], { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
      ),
    );
    expect([all.name, all.vacuous]).toEqual(["conditional-full", false]);
  });

  test("are each read by the Version of their own document", () => {
    const variable = {
      Effect: "Allow",
      Action: "kms:*",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalAccount": "${aws:PrincipalAccount}" } },
    };
    const others = of(first, { ...READ, Resource: "arn:aws:s3:::bucket" });
    expect(evaluated(...others, ...of(second, variable)).name).toBe("conditional-full");
    expect(evaluated(...others, ...of(second, variable, "2008-10-17")).name).toBe("none");
  });
});

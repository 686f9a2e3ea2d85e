import { describe, expect, test } from "vitest";
import { parseDocument } from "../policy/parse-document.ts";
import { KMS } from "../services/kms.ts";
import { actionCatalogue, actionNames } from "./action-set.ts";
import type { ConditionClass } from "./conditions.ts";
import { type EffectivePermissions, effectivePermissions } from "./permissions.ts";
import { allowedSomewhere, globsOf, serviceStatements } from "./service-statements.ts";

const OWN = { id: "111122223333", partition: "aws" };
const CATALOGUE = actionCatalogue(KMS);
const MFA = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
const TLS = { Bool: { "aws:SecureTransport": "true" } };
const KEYS = "arn:aws:kms:*:*:key/*";
const OWN_KEYS = "arn:aws:kms:*:111122223333:key/*";
const ONE = "arn:aws:kms:eu-west-1:111122223333:key/abc";

interface Written {
  readonly Effect?: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: object;
}

function statementsOf(statements: readonly Written[]) {
  const parsed = parseDocument({
    Statement: statements.map((statement) => ({
      Effect: "Allow",
      Action: "kms:Sign",
      ...("NotResource" in statement ? {} : { Resource: "*" }),
      ...statement,
    })),
  });
  if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
  return parsed.statements;
}

const inService = (...statements: readonly Written[]) =>
  serviceStatements(statementsOf(statements), OWN, CATALOGUE);

function permissions(...written: readonly Written[]): EffectivePermissions {
  const statements = inService(...written);
  const found = effectivePermissions(statements, globsOf(statements), OWN, CATALOGUE);
  if (found === undefined) throw new Error("too complex to evaluate");
  return found;
}

function granted(counting: ConditionClass, ...statements: readonly Written[]) {
  const { onOwn, onForeign, onOthers, onStar } = permissions(...statements).counting(counting);
  const names = (set: bigint) => actionNames(set, CATALOGUE).map((name) => name.slice("kms:".length));
  return {
    own: names(onOwn),
    foreign: names(onForeign),
    aliases: onOthers().flatMap(names),
    star: names(onStar),
  };
}

describe("serviceStatements", () => {
  test("leaves out what names no action of the service", () => {
    expect(inService({ Action: "s3:*" }, { Action: "kms:Decrpyt" }, { Action: "kms:Sign" })).toHaveLength(1);
  });

  test.each<[object | undefined, ConditionClass]>([
    [undefined, "unconditional"],
    [{}, "unconditional"],
    [{ Bool: {} }, "unconditional"],
    [TLS, "tautological"],
    [MFA, "conditional"],
    [{ Bool: { "aws:SecureTransport": "true", "aws:MultiFactorAuthPresent": "true" } }, "conditional"],
  ])("a statement with the Condition %j is %s", (condition, expected) => {
    const [each] = inService(condition === undefined ? {} : { Condition: condition });
    expect(each?.conditions).toBe(expected);
  });
});

test("what the Allows name together, wherever and whenever, is allowed somewhere", () => {
  const named = (...statements: readonly Written[]) =>
    actionNames(allowedSomewhere(statementsOf(statements), CATALOGUE), CATALOGUE);
  const onOneKey = { Action: "kms:Sign", Resource: `${KEYS}abc` };
  expect(named(onOneKey, { Action: "kms:Decrypt", Condition: MFA })).toEqual(["kms:Decrypt", "kms:Sign"]);
  expect(named(onOneKey, { Action: "kms:Decrypt", Effect: "Deny" })).toEqual(["kms:Sign"]);
  expect(named({ Action: "s3:*" })).toEqual([]);
});

describe("where an action is granted", () => {
  test.each<[string, Written, object]>([
    ["everything", {}, { own: ["Sign"], foreign: ["Sign"], aliases: ["Sign"], star: ["Sign"] }],
    ["all keys", { Resource: KEYS }, { own: ["Sign"], foreign: ["Sign"], aliases: [], star: [] }],
    ["own keys", { Resource: OWN_KEYS }, { own: ["Sign"], foreign: [], aliases: [], star: [] }],
    [
      "all of KMS",
      { Resource: "arn:aws:kms:*:*:*" },
      { own: ["Sign"], foreign: ["Sign"], aliases: ["Sign"], star: [] },
    ],
    [
      "all but a bucket",
      { NotResource: "arn:aws:s3:::a" },
      { own: ["Sign"], foreign: ["Sign"], aliases: ["Sign"], star: ["Sign"] },
    ],
    ["all but keys", { NotResource: KEYS }, { own: [], foreign: [], aliases: ["Sign"], star: ["Sign"] }],
    ["one key", { Resource: ONE }, { own: [], foreign: [], aliases: [], star: [] }],
    [
      "all but one key",
      { NotResource: ONE },
      { own: ["Sign"], foreign: ["Sign"], aliases: ["Sign"], star: ["Sign"] },
    ],
    [
      "one Region",
      { Resource: "arn:aws:kms:eu-west-1:*:key/*" },
      { own: [], foreign: [], aliases: [], star: [] },
    ],
    [
      "all but a few of a million keys",
      { NotResource: "arn:aws:kms:*:*:key/01234*" },
      { own: ["Sign"], foreign: ["Sign"], aliases: ["Sign"], star: ["Sign"] },
    ],
    [
      "all but a few of a thousand keys",
      { NotResource: "arn:aws:kms:*:*:key/012*" },
      { own: [], foreign: [], aliases: ["Sign"], star: ["Sign"] },
    ],
  ])("%s", (_, statement, expected) => {
    expect(granted("unconditional", statement)).toEqual(expected);
  });

  test("under which conditions", () => {
    const three = [
      { Action: "kms:Sign" },
      { Action: "kms:Verify", Condition: TLS },
      { Action: "kms:VerifyMac", Condition: MFA },
    ];
    expect(granted("unconditional", ...three).own).toEqual(["Sign"]);
    expect(granted("tautological", ...three).own).toEqual(["Sign", "Verify"]);
    expect(granted("conditional", ...three).own).toEqual(["Sign", "Verify", "VerifyMac"]);
  });

  test.each<[string, Written, readonly string[]]>([
    ["without a condition takes from all", {}, []],
    ["with an empty Condition too", { Condition: {} }, []],
    ["under a condition takes from none", { Condition: MFA }, ["Sign"]],
    ["under one that is always true takes from none either", { Condition: TLS }, ["Sign"]],
    ["on all keys", { Resource: KEYS }, []],
    ["on own keys", { Resource: OWN_KEYS }, []],
    ["on one key", { Resource: ONE }, ["Sign"]],
    ["on all but one key", { NotResource: ONE }, []],
    ["on all but keys", { NotResource: KEYS }, ["Sign"]],
    ["of another action", { Action: "kms:Verify" }, ["Sign"]],
    // Two readings of a short ARN: only one of them is a pattern of keys.
    ["that may be of all keys and may not", { Resource: "arn:aws:kms:*:key/*" }, ["Sign"]],
    ["that leaves out what may be all keys and may not", { NotResource: "arn:aws:kms:*:key/*" }, ["Sign"]],
  ])("a Deny %s", (_, denied, own) => {
    expect(granted("conditional", {}, { Condition: MFA }, { Effect: "Deny", ...denied }).own).toEqual(own);
  });

  test("an Allow that may be of all keys and may not is one", () => {
    expect(granted("unconditional", { Resource: "arn:aws:kms:*:key/*" }).own).toEqual(["Sign"]);
    expect(granted("unconditional", { NotResource: "arn:aws:kms:*:key/*" }).own).toEqual(["Sign"]);
  });
});

describe("fullyGranted", () => {
  const ALL = { Action: "kms:*" };
  const HALVES = [
    { Action: ["kms:?????????*"], Resource: ONE },
    { Action: ["kms:????", "kms:?????", "kms:??????", "kms:???????", "kms:????????"], Resource: ONE },
  ];

  test.each<[string, readonly Written[], string]>([
    ["a named key", [{ ...ALL, Resource: ONE }], ONE],
    ["two halves on it", HALVES, ONE],
    [
      "a named key of another account",
      [{ ...ALL, Resource: "arn:aws:kms:eu-west-1:999900001111:key/abc" }],
      "arn:aws:kms:eu-west-1:999900001111:key/abc",
    ],
    ["the one key that a Deny leaves", [ALL, { Effect: "Deny", Action: "kms:*", NotResource: ONE }], ONE],
  ])("is %s", (_, statements, arn) => {
    expect(permissions(...statements).fullyGranted()).toEqual({ arn });
  });

  test.each<[string, readonly Written[]]>([
    ["an action is missing", [{ Action: "kms:?????*", Resource: ONE }]],
    ["half is on another key", [...HALVES.slice(0, 1), { ...HALVES[1], Resource: `${ONE}d` }]],
    [
      "it is denied",
      [
        { ...ALL, Resource: ONE },
        { Effect: "Deny", Action: "kms:Sign", Resource: ONE },
      ],
    ],
    [
      "all is denied",
      [
        { ...ALL, Resource: ONE },
        { Effect: "Deny", Action: "kms:*" },
      ],
    ],
    ["it takes a condition", [{ ...ALL, Resource: ONE, Condition: MFA }]],
    ["there are aliases only", [{ ...ALL, Resource: "arn:aws:kms:*:*:alias/*" }]],
  ])("is none where %s", (_, statements) => {
    expect(permissions(...statements).fullyGranted()).toBe("none");
  });

  test("is unknown where there are too many keys to look at", () => {
    const letters = [..."abcdefghijklmnopqrstuvwxyz"].flatMap((a) => [..."abcdefghij"].map((b) => a + b));
    const on = (end: string) => letters.map((id) => `arn:aws:kms:eu-west-1:111122223333:key/${id}${end}`);
    const halves = (resource: readonly string[], others: readonly string[]) => [
      { Action: "kms:*e*", Resource: resource },
      { Action: ["kms:Sign", "kms:List*"], Resource: others },
    ];
    const wide = on("-x*").slice(0, 20);
    expect(permissions(...halves(on("").slice(0, 120), wide)).fullyGranted()).toBe("unknown");
    expect(permissions(...halves(on("").slice(0, 9), on("-x*").slice(0, 9))).fullyGranted()).toBe("none");
  });
});

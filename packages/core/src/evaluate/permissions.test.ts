import { describe, expect, test } from "vitest";
import { parseDocument } from "../policy/parse-document.ts";
import { KMS } from "../services/kms.ts";
import { actionCatalogue, actionNames, hasAny, hasEvery } from "./action-set.ts";
import { Steps } from "./glob-automaton.ts";
import type { Level, Reading } from "./grants.ts";
import { divideResources, Permissions } from "./permissions.ts";
import { allowedSomewhere, globsOf, serviceStatements } from "./service-statements.ts";

const CONTEXT = { account: { id: "111122223333", partition: "aws" }, service: KMS, nowMs: 0 };
const CATALOGUE = actionCatalogue(KMS);
const SIGN = CATALOGUE.byName.get("Sign") ?? 0n;
const MFA = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
const TLS = { Bool: { "aws:SecureTransport": "true" } };
const VIA_S3 = { StringNotEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } };
const TAGGED = { StringEquals: { "aws:ResourceTag/team": "blue" } };
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
    Version: "2012-10-17",
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

function permissions(
  written: readonly Written[],
  { reading = "wide", mostSteps = 100_000 }: { reading?: Reading; mostSteps?: number } = {},
): Permissions {
  const steps = new Steps(mostSteps);
  const statements = serviceStatements(statementsOf(written), CONTEXT, CATALOGUE, steps);
  const resources = divideResources(statements, globsOf(statements), CONTEXT, steps);
  if (resources === undefined) throw new Error("too complex to evaluate");
  return new Permissions(resources, reading, CONTEXT, CATALOGUE, steps);
}

/** Where kms:Sign is granted: on half of the own keys, on aliases, on `*`. */
function signs(written: readonly Written[], level: Level = "unconditional", reading: Reading = "wide") {
  const found = permissions(written, { reading });
  return [
    ...(found.onHalf(level, (granted) => hasAny(granted, SIGN)) ? ["keys"] : []),
    ...(found.onOthers(level).some((granted) => hasAny(granted, SIGN)) ? ["aliases"] : []),
    ...(hasAny(found.onStar(level), SIGN) ? ["*"] : []),
  ].join(" ");
}

test("statements that name no action of the service are left out", () => {
  const written = statementsOf([{ Action: "s3:*" }, { Action: "kms:Decrpyt" }, { Action: "kms:Sign" }]);
  expect(serviceStatements(written, CONTEXT, CATALOGUE, new Steps(100))).toHaveLength(1);
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
  test.each<[string, Written, string]>([
    ["everything", {}, "keys aliases *"],
    ["all keys", { Resource: KEYS }, "keys"],
    ["own keys", { Resource: OWN_KEYS }, "keys"],
    ["keys of another account", { Resource: "arn:aws:kms:*:999900001111:key/*" }, ""],
    ["all of KMS", { Resource: "arn:aws:kms:*:*:*" }, "keys aliases"],
    ["all but a bucket", { NotResource: "arn:aws:s3:::a" }, "keys aliases *"],
    ["all but keys", { NotResource: KEYS }, "aliases *"],
    ["one key", { Resource: ONE }, ""],
    ["all but one key", { NotResource: ONE }, "keys aliases *"],
    ["one Region", { Resource: "arn:aws:kms:eu-west-1:*:key/*" }, ""],
    ["all but one Region", { NotResource: "arn:aws:kms:eu-west-1:*:*" }, "*"],
    ["all but a Region that is off", { NotResource: "arn:aws:kms:me-south-1:*:key/*" }, "keys aliases *"],
    [
      "half of the keys",
      { Resource: [..."01234567"].map((digit) => `${KEYS.slice(0, -1)}${digit}*`) },
      "keys",
    ],
    ["less than half", { Resource: [..."0123456"].map((digit) => `${KEYS.slice(0, -1)}${digit}*`) }, ""],
  ])("%s", (_, statement, expected) => {
    expect(signs([statement])).toBe(expected);
  });

  test.each<[string, object | undefined, readonly Level[]]>([
    ["none", undefined, ["unconditional", "tautological", "selfMade", "conditional", "scoped"]],
    ["an empty one", { Bool: {} }, ["unconditional", "tautological", "selfMade", "conditional", "scoped"]],
    ["one that always holds", TLS, ["tautological", "selfMade", "conditional", "scoped"]],
    ["one that holds at times", MFA, ["conditional"]],
    ["one on a property of the key", TAGGED, ["scoped"]],
    ["one that never holds", { Bool: { "aws:SecureTransport": "false" } }, []],
  ])("an Allow with a condition counts at its levels: %s", (_, condition, levels) => {
    const allow = condition === undefined ? {} : { Condition: condition };
    const all = ["unconditional", "tautological", "selfMade", "conditional", "scoped"] as const;
    expect(all.filter((level) => signs([allow], level) !== "")).toEqual(levels);
  });

  test("a condition on a tag is made true by a principal that may tag", () => {
    const tagging = { Action: "kms:TagResource" };
    expect(signs([{ Condition: TAGGED }, tagging], "selfMade")).toContain("keys");
    expect(signs([{ Condition: TAGGED }, { ...tagging, Resource: ONE }], "selfMade")).not.toContain("keys");
  });

  test.each<[string, Written, string]>([
    ["without a condition", {}, ""],
    ["with an empty Condition", { Condition: {} }, ""],
    ["under one that always holds", { Condition: TLS }, ""],
    ["under one that no direct call escapes", { Condition: VIA_S3 }, ""],
    ["under one that holds at times", { Condition: MFA }, "keys aliases *"],
    ["on all keys", { Resource: KEYS }, "aliases *"],
    ["on one key", { Resource: ONE }, "keys aliases *"],
    ["on all but one key", { NotResource: ONE }, ""],
    ["on all but keys", { NotResource: KEYS }, "keys"],
    ["of another action", { Action: "kms:Verify" }, "keys aliases *"],
  ])("is left by a Deny %s", (_, denied, expected) => {
    expect(signs([{}, { Effect: "Deny", ...denied }])).toBe(expected);
  });

  test("a Deny that no direct call escapes leaves what is under conditions", () => {
    expect(signs([{}, { Effect: "Deny", Condition: VIA_S3 }], "conditional")).toBe("keys aliases *");
  });

  test.each<[string, readonly Written[], string, string]>([
    ["an Allow", [{ Resource: "arn:aws:kms:*:key/*" }], "keys", ""],
    ["an Allow on the rest", [{ NotResource: "arn:aws:kms:*:key/*" }], "keys aliases *", "aliases *"],
    ["a Deny", [{}, { Effect: "Deny", Resource: "arn:aws:kms:*:key/*" }], "keys aliases *", "aliases *"],
  ])("a pattern in doubt has two readings: %s", (_, statements, wide, narrow) => {
    expect(signs(statements, "unconditional", "wide")).toBe(wide);
    expect(signs(statements, "unconditional", "narrow")).toBe(narrow);
  });
});

describe("on all", () => {
  const ALL = { Action: "kms:*" };
  test.each<[string, readonly Written[], boolean]>([
    ["everything", [ALL], true],
    [
      "but a negligible part",
      [ALL, { ...ALL, Effect: "Deny", Resource: "arn:aws:kms:*:*:key/*dead*" }],
      true,
    ],
    ["but one key in 256", [ALL, { ...ALL, Effect: "Deny", Resource: "arn:aws:kms:*:*:key/00*" }], false],
    [
      "but multi-Region keys",
      [ALL, { ...ALL, Effect: "Deny", Resource: "arn:aws:kms:*:*:key/mrk-*" }],
      false,
    ],
    ["but a Region", [ALL, { ...ALL, Effect: "Deny", Resource: "arn:aws:kms:me-south-1:*:key/*" }], false],
    ["own keys", [{ ...ALL, Resource: OWN_KEYS }], false],
    ["but an action", [{ Action: "kms:?????*" }], false],
  ])("%s", (_, statements, expected) => {
    expect(permissions(statements).isOnAll("unconditional")).toBe(expected);
  });
});

test("a share is the part of the keys of each counted Region", () => {
  const share = (Resource: string) =>
    permissions([{ Resource }]).share("unconditional", (granted) => hasAny(granted, SIGN));
  expect(share(KEYS).total).toBe(1);
  expect(share("arn:aws:kms:eu-*:*:key/4*").parts.filter(({ part }) => part > 0)).toEqual([
    { region: "eu-central-1", part: 1 / 16 },
    { region: "eu-north-1", part: 1 / 16 },
    { region: "eu-west-1", part: 1 / 16 },
    { region: "eu-west-2", part: 1 / 16 },
    { region: "eu-west-3", part: 1 / 16 },
  ]);
});

describe("an example of a key on which every action is granted", () => {
  const ALL = { Action: "kms:*" };
  const HALVES = [
    { Action: ["kms:?????????*"], Resource: ONE },
    { Action: ["kms:????", "kms:?????", "kms:??????", "kms:???????", "kms:????????"], Resource: ONE },
  ];
  const example = (statements: readonly Written[], mostSteps?: number) =>
    permissions(statements, mostSteps === undefined ? {} : { mostSteps }).example("tautological", (granted) =>
      hasEvery(granted, CATALOGUE.onResourceOnly),
    );

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
    expect(example(statements)).toMatchObject({ arn });
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
    ["it takes a condition", [{ ...ALL, Resource: ONE, Condition: MFA }]],
    ["there are aliases only", [{ ...ALL, Resource: "arn:aws:kms:*:*:alias/*" }]],
  ])("is none where %s", (_, statements) => {
    expect(example(statements)).toBe("none");
  });

  test("is unknown where there are too many keys to look at", () => {
    const ids = [..."abcdefghij"].flatMap((a) => [..."abcdefghij"].map((b) => a + b));
    const on = (end: string) => ids.map((id) => `arn:aws:kms:eu-west-1:111122223333:key/${id}${end}`);
    const halves = [
      { Action: "kms:*e*", Resource: on("") },
      { Action: ["kms:Sign", "kms:List*"], Resource: on("x") },
    ];
    expect(example(halves, 900)).toBe("unknown");
    expect(example(halves)).toBe("none");
  });
});

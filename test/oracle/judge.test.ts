import { regionsOf } from "@kms-guard/core/aws/partitions.ts";
import { describe, expect, test } from "vitest";
import { judge } from "./judge.ts";
import { SETTING } from "./setting.ts";
import type { WrittenStatement } from "./statements.ts";

const OWN = SETTING.account.id;
const OTHER = "999900001111";
const KEY = `arn:aws:kms:eu-west-1:${OWN}:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0`;
const KEYS = "arn:aws:kms:*:*:key/*";
const ids = (...globs: string[]) => globs.map((id) => `arn:aws:kms:*:*:key/${id}`);
const inRegions = (regions: readonly string[], account = "*") =>
  regions.map((region) => `arn:aws:kms:${region}:${account}:key/*`);

type Elements = Omit<WrittenStatement, "Effect">;
const allow = (Action: string | string[], Resource: string | string[] = "*", more: Elements = {}) =>
  ({ Effect: "Allow", Action, Resource, ...more }) as const;
const deny = (Action: string | string[], Resource: string | string[] = "*", more: Elements = {}) =>
  ({ Effect: "Deny", Action, Resource, ...more }) as const;
const on = (Condition: WrittenStatement["Condition"]): Elements => (Condition ? { Condition } : {});

const MFA = on({ Bool: { "aws:MultiFactorAuthPresent": "true" } });
const NETWORK = on({ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } });
const TLS = on({ Bool: { "aws:SecureTransport": "true" } });
const ANYBODY = on({ StringLike: { "aws:PrincipalArn": "arn:*" } });
const region = (operator: string, ...regions: string[]) =>
  on({ [operator]: { "aws:RequestedRegion": regions } });

const judged = (...statements: WrittenStatement[]) =>
  judge({ Version: "2012-10-17", Statement: statements }, SETTING);
const name = (...statements: WrittenStatement[]) => judged(...statements).name;

/** Each document beside one that differs in one thing and gets another verdict. */
type Case = readonly [string, readonly WrittenStatement[], string];

const INITIALS = [..."CDEGILPRSTUV"].map((letter) => `kms:${letter}*`);
const KEY_STORES = ["kms:CreateKey", "kms:ListKeys"];

describe("full", () => {
  test.each<Case>([
    ["every action", [allow("kms:*")], "full"],
    ["every action of a service with a longer name", [allow("kmss:*")], "none"],
    ["actions in another case", [allow("KMS:*")], "full"],
    ["every action of another service", [allow("s3:*")], "none"],
    ["by all initials", [allow(INITIALS)], "full"],
    ["by all initials but that of Verify", [allow(INITIALS.slice(0, -1))], "near-full"],
    ["all but another service", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], "full"],
    ["all but listing", [{ Effect: "Allow", NotAction: "kms:List*", Resource: "*" }], "near-full"],
    ["all but this service", [{ Effect: "Allow", NotAction: "kms:*", Resource: "*" }], "none"],
    ["on everything but one key", [{ Effect: "Allow", Action: "kms:*", NotResource: KEY }], "full"],
    ["on everything but the keys", [{ Effect: "Allow", Action: "kms:*", NotResource: KEYS }], "none"],
    ["on everything but everything", [{ Effect: "Allow", Action: "kms:*", NotResource: "**" }], "none"],
    ["without the actions that take no key", [allow("kms:*", KEYS)], "near-full"],
    [
      "keys, aliases, and the rest added up",
      [
        allow("kms:*", "arn:aws:kms:*:*:*"),
        allow([...KEY_STORES, "kms:*CustomKey*", "kms:*RetirableGrants"]),
        allow(["kms:GenerateRandom", "kms:ListAliases"]),
      ],
      "full",
    ],
    [
      "the same without GenerateRandom",
      [
        allow("kms:*", "arn:aws:kms:*:*:*"),
        allow([...KEY_STORES, "kms:*CustomKey*", "kms:*RetirableGrants"]),
        allow("kms:ListAliases"),
      ],
      "near-full",
    ],
    [
      "of one account",
      [allow("kms:*", `arn:aws:kms:*:${OWN}:*`), allow("kms:*", "arn:aws:kms:*:*:alias/*")],
      "near-full",
    ],
    ["a Deny on one key in 65,536", [allow("kms:*"), deny("kms:*", ids("abcd*"))], "full"],
    ["a Deny on one key in 256", [allow("kms:*"), deny("kms:*", ids("ab*"))], "near-full"],
    ["a Deny on four digits anywhere", [allow("kms:*"), deny("kms:*", ids("*abcd*"))], "full"],
    ["a Deny on the multi-Region keys", [allow("kms:*"), deny("kms:*", ids("mrk-*"))], "near-full"],
    ["a Deny on part of the multi-Region keys", [allow("kms:*"), deny("kms:*", ids("mrk-abcd*"))], "full"],
    ["a Deny on one foreign account", [allow("kms:*"), deny("kms:*", `arn:aws:kms:*:${OTHER}:*`)], "full"],
    [
      "a Deny on every tenth foreign account",
      [allow("kms:*"), deny("kms:*", "arn:aws:kms:*:*9:*")],
      "near-full",
    ],
    [
      "a Deny on a key of a foreign account",
      [allow("kms:*"), deny("kms:*", KEY.replace(OWN, OTHER))],
      "full",
    ],
    [
      "a Deny in a Region that has none",
      [allow("kms:*"), deny("kms:*", "arn:aws:kms:xx-none-1:*:*")],
      "full",
    ],
    [
      "a Deny in a Region that is not counted",
      [allow("kms:*"), deny("kms:*", inRegions(["af-south-1"]))],
      "near-full",
    ],
    ["a Deny on one alias", [allow("kms:*"), deny("kms:*", "arn:aws:kms:*:*:alias/a")], "full"],
    ["a Deny on every alias", [allow("kms:*"), deny("kms:*", "arn:aws:kms:*:*:alias/*")], "near-full"],
    ["a Deny on another service", [allow("*"), deny("s3:*")], "full"],
    [
      "a Deny on everything else",
      [allow("kms:*"), { Effect: "Deny", NotAction: "kms:*", Resource: "*" }],
      "full",
    ],
    ["a Deny on what does not exist", [allow("kms:*"), deny("kms:Decrpyt")], "full"],
    ["a Deny on one harmless action", [allow("kms:*"), deny("kms:ListAliases")], "near-full"],
  ])("%s", (_, statements, expected) => {
    expect(name(...statements)).toBe(expected);
  });
});

const POWERS = ["kms:Decrypt", "kms:CreateGrant", "kms:DisableKey"];

describe("near-full", () => {
  test.each<Case>([
    ["one action of each power", [allow(POWERS)], "near-full"],
    ["two powers", [allow(POWERS.slice(0, 2))], "escalation"],
    [
      "the other action of each power",
      [allow(["kms:ReEncryptFrom", "kms:CreateGrant", "kms:ScheduleKeyDeletion"])],
      "near-full",
    ],
    ["hardly a power", [allow(["kms:ReEncryptTo", "kms:RevokeGrant", "kms:CancelKeyDeletion"])], "none"],
    ["one action less", [allow("kms:*"), deny("kms:DisableKey")], "near-full"],
    [
      "one power less, and PutKeyPolicy",
      [allow("kms:*"), deny(["kms:DisableKey", "kms:ScheduleKeyDeletion"])],
      "near-full",
    ],
    [
      "one power less, without PutKeyPolicy",
      [allow("kms:*"), deny(["kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"])],
      "escalation",
    ],
    [
      "neither of the actions that hand over",
      [allow("kms:*"), deny(["kms:PutKeyPolicy", "kms:CreateGrant"])],
      "scoped-full",
    ],
    ["PutKeyPolicy and a use of keys", [allow(["kms:PutKeyPolicy", "kms:Sign"])], "near-full"],
    ["PutKeyPolicy and no use of keys", [allow(["kms:PutKeyPolicy", "kms:Verify"])], "escalation"],
    [
      "PutKeyPolicy on other keys than the use",
      [allow("kms:PutKeyPolicy", ids(...halves("01234567"))), allow("kms:Sign", ids(...halves("89abcdef")))],
      "escalation",
    ],
    [
      "powers on different halves",
      [
        allow("kms:Decrypt", ids(...halves("01234567"))),
        allow(["kms:CreateGrant", "kms:DisableKey"], ids(...halves("89abcdef"))),
      ],
      "near-full",
    ],
    ["half of the ids", [allow("kms:*", ids(...halves("01234567")))], "near-full"],
    [
      "half of the ids but for a negligible part",
      [allow("kms:*", ids(...halves("01234567"))), deny("kms:*", KEY)],
      "unsure",
    ],
    [
      "half of the ids but for one in 256",
      [allow("kms:*", ids(...halves("01234567"))), deny("kms:*", ids("00*"))],
      "scoped-full",
    ],
    [
      "half of the ids in the middle",
      [allow("kms:*", ids(...[..."02468ace"].map((digit) => `*-*-${digit}*-*-*`)))],
      "near-full",
    ],
    ["less than half", [allow("kms:*", ids(...halves("0123456")))], "scoped-full"],
    [
      "more than half in all Regions but one",
      [allow("kms:*"), deny("kms:*", `arn:aws:kms:us-east-1:${OWN}:key/*`)],
      "scoped-full",
    ],
    ["keys of this account only", [allow("kms:*", `arn:aws:kms:*:${OWN}:key/*`)], "near-full"],
    ["keys of another account only", [allow("kms:*", `arn:aws:kms:*:${OTHER}:key/*`)], "scoped-full"],
    ["every Region by name", [allow("kms:*", inRegions(SETTING.knownRegions))], "near-full"],
    ["every counted Region by name", [allow("kms:*", inRegions(SETTING.regions, OWN))], "near-full"],
    [
      "every counted Region but the last",
      [allow("kms:*", inRegions(SETTING.regions.slice(0, -1), OWN))],
      "scoped-full",
    ],
    [
      "Regions by wildcards",
      [allow("kms:*", inRegions(["us-*", "eu-*", "ap-*", "ca-*", "sa-*"]))],
      "near-full",
    ],
    [
      "Regions by wildcards, one continent less",
      [allow("kms:*", inRegions(["us-*", "eu-*", "ap-*", "ca-*"]))],
      "scoped-full",
    ],
    ["this account's number by wildcards", [allow("kms:*", "arn:aws:kms:*:1111????3333:key/*")], "near-full"],
    ["another number by wildcards", [allow("kms:*", "arn:aws:kms:*:1111????4444:key/*")], "scoped-full"],
    ["the partition by a wildcard", [allow("kms:*", "arn:*:kms:*:*:key/*")], "near-full"],
    ["another partition", [allow("kms:*", "arn:aws-cn:kms:*:*:key/*")], "none"],
    ["only single-Region keys", [allow("kms:*", ids("????????-*"))], "near-full"],
    ["only multi-Region keys", [allow("kms:*", ids("mrk-*"))], "scoped-full"],
  ])("%s", (_, statements, expected) => {
    expect(name(...statements)).toBe(expected);
  });
});

function halves(digits: string): string[] {
  return [...digits].map((digit) => `${digit}*`);
}

describe("conditions", () => {
  test.each<readonly [string, readonly WrittenStatement[], string, boolean]>([
    ["always true", [allow("kms:*", "*", TLS)], "conditional-full", true],
    ["true of anybody", [allow("kms:*", "*", ANYBODY)], "conditional-full", true],
    ["sometimes true", [allow("kms:*", "*", MFA)], "conditional-full", false],
    [
      "always, and sometimes",
      [allow("kms:*", "*", on({ ...TLS.Condition, IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }))],
      "conditional-full",
      false,
    ],
    [
      "one power sometimes",
      [allow(POWERS.slice(1)), allow("kms:Decrypt", "*", NETWORK)],
      "conditional-full",
      false,
    ],
    ["one power never", [allow(POWERS.slice(1))], "scoped-full", false],
    ["one power always", [allow(POWERS.slice(1)), allow("kms:Decrypt", "*", TLS)], "conditional-full", true],
    ["sometimes, on one key", [allow("kms:*", KEY, MFA)], "none", false],
    [
      "sometimes, in half of the Regions",
      [allow("kms:*", inRegions(SETTING.regions.slice(0, 9)), MFA)],
      "scoped-full",
      false,
    ],
    [
      "sometimes, in fewer Regions",
      [allow("kms:*", inRegions(SETTING.regions.slice(0, 8)), MFA)],
      "none",
      false,
    ],
    [
      "sometimes PutKeyPolicy and a use, but for one Region",
      [allow(["kms:PutKeyPolicy", "kms:Sign"], "*", MFA), deny("kms:*", inRegions(["us-east-1"]))],
      "scoped-full",
      false,
    ],
    [
      "sometimes two powers, but for one Region",
      [allow(["kms:CreateGrant", "kms:Decrypt"], "*", MFA), deny("kms:*", inRegions(["us-east-1"]))],
      "none",
      false,
    ],
    ["always, on one key", [allow("kms:*", KEY, TLS)], "scoped-full", false],
    ["sometimes, PutKeyPolicy alone", [allow("kms:PutKeyPolicy", "*", MFA)], "none", false],
    ["always, PutKeyPolicy alone", [allow("kms:PutKeyPolicy", "*", TLS)], "escalation", false],
    ["sometimes, and the powers without", [allow(POWERS), allow("kms:*", "*", MFA)], "near-full", false],
    [
      "sometimes, though some keys are denied",
      [allow("kms:*", "*", MFA), deny("kms:*", ids("0*"))],
      "conditional-full",
      false,
    ],
    ["sometimes, though every key is denied", [allow("kms:*", "*", MFA), deny("kms:*", KEYS)], "none", false],
    ["a Deny that always applies", [allow("kms:*"), deny("*", "*", TLS)], "none", false],
    ["a Deny that sometimes applies", [allow("kms:*"), deny("*", "*", MFA)], "full", false],
    [
      "a condition that is not judged here",
      [allow("kms:*", "*", on({ Bool: { "aws:ViaAWSService": "true" } }))],
      "unsure",
      false,
    ],
  ])("%s", (_, statements, expected, vacuous) => {
    expect(judged(...statements)).toMatchObject({ name: expected, vacuous });
  });

  test.each<Case>([
    ["one Region", [allow("kms:*", "*", region("StringEquals", "eu-west-1"))], "scoped-full"],
    ["every Region", [allow("kms:*", "*", region("StringEquals", ...SETTING.knownRegions))], "full"],
    ["every Region by a glob", [allow("kms:*", "*", region("StringLike", "*"))], "full"],
    ["a glob that is no glob", [allow("kms:*", "*", region("StringEquals", "*"))], "none"],
    ["every counted Region", [allow("kms:*", "*", region("StringEquals", ...SETTING.regions))], "near-full"],
    [
      "every Region but one that is not counted",
      [allow("kms:*", "*", region("StringNotEquals", "af-south-1"))],
      "near-full",
    ],
    [
      "every Region but one that is counted",
      [allow("kms:*", "*", region("StringNotEquals", "eu-west-1"))],
      "scoped-full",
    ],
    ["no Region of the partition", [allow("kms:*", "*", region("StringLike", "cn-*"))], "none"],
    [
      "every Region but those of another partition",
      [allow("kms:*", "*", region("StringNotEquals", "cn-north-1"))],
      "full",
    ],
    [
      "a Deny in all other Regions",
      [allow("kms:*"), deny("*", "*", region("StringNotEquals", "eu-west-1"))],
      "scoped-full",
    ],
    [
      "a Deny in a Region, sometimes",
      [
        allow("kms:*"),
        deny("*", "*", on({ ...MFA.Condition, StringEquals: { "aws:RequestedRegion": "eu-west-1" } })),
      ],
      "full",
    ],
    [
      "one Region of the pattern",
      [allow("kms:*", inRegions(["us-east-1"]), region("StringLike", "us-*"))],
      "scoped-full",
    ],
    [
      "a Region that the pattern leaves out",
      [allow("kms:*", inRegions(["us-east-1"]), region("StringLike", "eu-*"))],
      "none",
    ],
    [
      "a Region that only a pattern names",
      [allow("kms:*", inRegions(["xx-none-1"]), region("StringLike", "xx-*"))],
      "scoped-full",
    ],
  ])("by Region: %s", (_, statements, expected) => {
    expect(name(...statements)).toBe(expected);
  });
});

/** 9 of 17. */
const HALF = SETTING.regions.slice(0, 9);

describe("escalation and scoped-full", () => {
  const THIS_KEY = ["kms:Decrypt", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"];
  test.each<Case>([
    ["PutKeyPolicy on every key", [allow("kms:PutKeyPolicy")], "escalation"],
    [
      "PutKeyPolicy on half of the keys",
      [allow("kms:PutKeyPolicy", ids(...halves("fedcba98")))],
      "escalation",
    ],
    ["PutKeyPolicy on fewer keys", [allow("kms:PutKeyPolicy", ids(...halves("fedcba9")))], "none"],
    ["PutKeyPolicy in half of the Regions", [allow("kms:PutKeyPolicy", inRegions(HALF))], "scoped-full"],
    ["PutKeyPolicy in fewer Regions", [allow("kms:PutKeyPolicy", inRegions(HALF.slice(1)))], "none"],
    [
      "PutKeyPolicy and a use, but for one Region",
      [allow(["kms:PutKeyPolicy", "kms:Sign"]), deny("kms:*", inRegions(["us-east-1"]))],
      "scoped-full",
    ],
    [
      "CreateGrant with Decrypt, but for one Region",
      [allow(["kms:CreateGrant", "kms:Decrypt"]), deny("kms:*", inRegions(["us-east-1"]))],
      "scoped-full",
    ],
    [
      "CreateGrant with Encrypt, but for one Region",
      [allow(["kms:CreateGrant", "kms:Encrypt"]), deny("kms:*", inRegions(["us-east-1"]))],
      "none",
    ],
    [
      "read and destroy, but for one Region",
      [allow(["kms:Decrypt", "kms:DisableKey"]), deny("kms:*", inRegions(["us-east-1"]))],
      "scoped-full",
    ],
    [
      "read and destroy, in fewer than half of the Regions",
      [allow(["kms:Decrypt", "kms:DisableKey"], inRegions(HALF.slice(1)))],
      "none",
    ],
    [
      "read and destroy, on half of the keys but for one Region",
      [
        allow(["kms:Decrypt", "kms:DisableKey"], ids(...halves("01234567"))),
        deny("kms:*", inRegions(["us-east-1"])),
      ],
      "none",
    ],
    ["PutKeyPolicy in one Region", [allow("kms:PutKeyPolicy", inRegions(["us-east-1"]))], "none"],
    ["CreateGrant with a reading action", [allow(["kms:CreateGrant", "kms:ReEncryptFrom"])], "escalation"],
    ["CreateGrant with a use that does not read", [allow(["kms:CreateGrant", "kms:Encrypt"])], "none"],
    [
      "CreateGrant and Decrypt on different keys",
      [
        allow("kms:CreateGrant", ids(...halves("01234567"))),
        allow("kms:Decrypt", ids(...halves("89abcdef"))),
      ],
      "scoped-full",
    ],
    ["read and destroy", [allow(["kms:Decrypt", "kms:DisableKey"])], "scoped-full"],
    ["read alone", [allow("kms:Decrypt")], "none"],
    ["read and destroy on fewer keys", [allow(["kms:Decrypt", "kms:DisableKey"], ids("0*"))], "none"],
    ["every action on one key", [allow("kms:*", KEY)], "scoped-full"],
    ["three powers on one key", [allow(THIS_KEY, KEY)], "scoped-full"],
    ["two powers on one key", [allow(THIS_KEY.slice(1), KEY)], "none"],
    [
      "three powers on one key each",
      [allow("kms:Decrypt", KEY), allow(THIS_KEY.slice(1), KEY.replace("/0", "/1"))],
      "none",
    ],
    ["a key that is denied", [allow("kms:*", KEY), deny("kms:*", KEY)], "none"],
    [
      "a key by an id that AWS does not make",
      [allow("kms:*", `arn:aws:kms:eu-west-1:${OWN}:key/payroll`)],
      "scoped-full",
    ],
    [
      "a key by such an id, that only a Deny names",
      [
        allow("kms:*", inRegions(["eu-west-1"])),
        { Effect: "Deny", Action: "kms:*", NotResource: `arn:aws:kms:eu-west-1:${OWN}:key/payroll` },
      ],
      "scoped-full",
    ],
    ["an alias", [allow("kms:*", `arn:aws:kms:eu-west-1:${OWN}:alias/payroll`)], "none"],
    ["a key of another account", [allow("kms:*", KEY.replace(OWN, OTHER))], "scoped-full"],
    ["one id in every account", [allow("kms:*", KEY.replace(OWN, "*"))], "scoped-full"],
    ["a Region that is not known", [allow("kms:*", inRegions(["xx-none-1"]))], "scoped-full"],
    ["a Region of another partition", [allow("kms:*", inRegions(["cn-north-1"]))], "none"],
    ["another service's resource", [allow("kms:*", "arn:aws:s3:::bucket/*")], "none"],
    [
      "all but one Region",
      [{ Effect: "Allow", Action: "kms:*", NotResource: "arn:aws:kms:us-east-1:*:*" }],
      "scoped-full",
    ],
    [
      "all but one key, denied",
      [allow("kms:*"), { Effect: "Deny", Action: "kms:*", NotResource: KEY }],
      "scoped-full",
    ],
    ["every key, denied", [allow("kms:*"), deny("*", "arn:*:kms:*:*:*")], "none"],
    ["this account, denied", [allow("kms:*"), deny("kms:*", `arn:aws:kms:*:${OWN}:*`)], "scoped-full"],
    ["a pattern with more parts than an ARN", [allow("kms:*", "arn:aws:kms:*:*:*:*")], "none"],
  ])("%s", (_, statements, expected) => {
    expect(name(...statements)).toBe(expected);
  });
});

test.each<readonly [string, readonly WrittenStatement[], number]>([
  [
    "one counted Region, and one that is not",
    [allow("kms:*", inRegions(["eu-west-1", "af-south-1"]))],
    1 / 17,
  ],
  ["one id in 16", [allow("kms:*", ids("0*"))], 1 / 16],
  ["one key", [allow("kms:*", KEY)], 0],
  ["another account", [allow("kms:*", `arn:aws:kms:*:${OTHER}:*`)], 0],
  [
    "two powers on every key, and one key",
    [allow(["kms:Decrypt", "kms:DisableKey"]), allow("kms:*", KEY)],
    1,
  ],
  [
    "two powers on different halves",
    [allow("kms:Decrypt", ids(...halves("01234567"))), allow("kms:DisableKey", ids(...halves("89abcdef")))],
    0.5,
  ],
  [
    "sometimes, but for one Region",
    [allow("kms:*", "*", MFA), deny("kms:*", inRegions(["us-east-1"]))],
    16 / 17,
  ],
])("the share of scoped-full: %s", (_, statements, share) => {
  expect(judged(...statements).share).toBeCloseTo(share, 5);
});

test.each([
  ["fewer than six parts", "arn:aws:kms:*"],
  ["a variable", "arn:aws:kms:*:*:key/${aws:username}"],
  ["no ARN", "key/*"],
  ["a service with a wildcard", "arn:aws:*:*:*:key/*"],
])("%s: not judged", (_, pattern) => {
  expect(name(allow("kms:*", pattern))).toBe("unsure");
});

test("an action that IAM would refuse: not judged", () => {
  expect(name(allow("k?s:*"))).toBe("unsure");
  expect(name(allow("kms"))).toBe("unsure");
  expect(name(allow("\u212Ams:*"))).toBe("unsure");
});

test("another partition has its own Regions", () => {
  const china = {
    account: { id: OWN, partition: "aws-cn" },
    regions: regionsOf("aws-cn"),
    knownRegions: regionsOf("aws-cn"),
  };
  const on = (Resource: string) =>
    judge({ Version: "2012-10-17", Statement: [allow("kms:*", Resource)] }, china).name;
  expect(on("arn:aws-cn:kms:*:*:key/*")).toBe("near-full");
  expect(on("arn:aws-cn:kms:cn-north-1:*:key/*")).toBe("scoped-full");
  expect(on("arn:aws:kms:*:*:key/*")).toBe("none");
});

import fc from "fast-check";
import { SETTING } from "./setting.ts";
import type { WrittenDocument, WrittenStatement } from "./statements.ts";

/** Policy documents of the kinds that the oracle judges, so made that every verdict comes often. */

const OWN = SETTING.account.id;
const FOREIGN = "999900001111";
const { regions: COUNTED, knownRegions: KNOWN } = SETTING;

/** One of the values, each as often as its weight says. */
const pick = <T>(...weighted: readonly (readonly [weight: number, value: T])[]) =>
  fc.oneof(...weighted.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
const mix = <T>(...weighted: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<T>])[]) =>
  fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
const some = <T>(of: readonly T[], minLength: number, maxLength: number) =>
  fc.subarray([...of], { minLength, maxLength });

const POWERS = [
  ...["Decrypt", "ReEncryptFrom", "CreateGrant", "PutKeyPolicy", "ScheduleKeyDeletion", "DisableKey"],
].map((name) => `kms:${name}`);
const OTHERS = [
  ...["Encrypt", "ReEncryptTo", "Sign", "GenerateMac", "GenerateDataKeyWithoutPlaintext"],
  ...[
    "DeriveSharedSecret",
    "Verify",
    "CreateKey",
    "ListAliases",
    "UpdateAlias",
    "TagResource",
    "RevokeGrant",
  ],
].map((name) => `kms:${name}`);
const PARTLY = [
  ...["kms:*Key*", "kms:Re*", "kms:*crypt*", "kms:Put*", "kms:*Grant", "kms:List*", "kms:?????*"],
  ...["kms:Generate*", "kms:Disable*", "kms:*Alias*", "KMS:de*", "kms:*e*", "kms:S*", "kms:*Policy"],
];
const INITIALS = [..."CDEGILPRSTUV"].map((initial) => `kms:${initial}*`);
const everyAction = pick<string | string[]>(
  ...(
    [
      [12, "kms:*"],
      [4, "*"],
      [1, "kms:**"],
      [1, "KMS:?*"],
      [1, "kms:????*"],
      [1, INITIALS],
    ] as const
  ).map(([weight, value]) => [weight, typeof value === "string" ? value : [...value]] as const),
);
const fewActions: fc.Arbitrary<string | string[]> = mix<string | string[]>(
  [4, fc.constantFrom(...POWERS)],
  [4, some(POWERS, 2, 4)],
  [2, some(POWERS, 3, 6)],
  [2, fc.tuple(some(POWERS, 1, 2), some(OTHERS, 1, 3)).map(([powers, others]) => [...powers, ...others])],
  [2, fc.constantFrom(...OTHERS, ...PARTLY)],
  [1, some(PARTLY, 2, 5)],
  [1, some(INITIALS, 9, 12)],
  [1, fc.constantFrom("s3:*", "iam:Get*", "kms:Decrpyt")],
);
const exceptActions: fc.Arbitrary<string | string[]> = mix<string | string[]>(
  [4, fc.constantFrom(...POWERS)],
  [2, some(POWERS, 2, 3)],
  [2, fc.constantFrom("kms:List*", "iam:*", "kms:Verify", "kms:*Alias", ...PARTLY)],
  [1, fc.constant(["iam:*", "organizations:*"])],
);
const actions = (all: number): fc.Arbitrary<Pick<WrittenStatement, "Action" | "NotAction">> =>
  mix<Pick<WrittenStatement, "Action" | "NotAction">>(
    [all, everyAction.map((Action) => ({ Action }))],
    [10, fewActions.map((Action) => ({ Action }))],
    [2, exceptActions.map((NotAction) => ({ NotAction }))],
  );

/** Few, so that the oracle has seen most of what the next document asks. */
const hex = fc.constantFrom(..."03af");
const digits = (least: number, most: number) =>
  fc.array(hex, { minLength: least, maxLength: most }).map((list) => list.join(""));
const NAMED = [
  "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
  "00000000-1111-2222-3333-444444444444",
  "mrk-0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  "payroll",
];
const DIGITS = [..."0123456789abcdef"];
/** Some of the digits, one after the other. */
const firsts = (least: number, most: number) =>
  fc.tuple(fc.nat(15), fc.integer({ min: least, max: most })).map(([start, length]) => {
    return [...DIGITS, ...DIGITS].slice(start, start + length);
  });
/** One glob, or several that together take part of the ids. */
const idGlobs: fc.Arbitrary<readonly string[]> = mix<readonly string[]>(
  [2, digits(1, 5).map((part) => [`${part}*`])],
  [2, digits(1, 4).map((part) => [`*${part}`])],
  [1, digits(1, 5).map((part) => [`*${part}*`])],
  [1, fc.tuple(digits(1, 2), digits(1, 2)).map(([first, last]) => [`${first}*${last}`])],
  [1, fc.constantFrom(["????????-*"], ["*-*"], ["*-*-4*-*"], ["??*"], ["*????????"], ["?????????*"])],
  [2, fc.constantFrom(["mrk-*"], ["m*"], ["mrk-0*"], ["mrk-*f"])],
  [2, firsts(8, 8).map((list) => list.map((digit) => `${digit}*`))],
  [2, firsts(7, 10).map((list) => list.map((digit) => `${digit}*`))],
  [1, firsts(15, 16).map((list) => list.map((digit) => `${digit}*`))],
  [1, firsts(8, 9).map((list) => list.map((digit) => `*${digit}`))],
  [2, some(NAMED, 1, 2)],
);
const someIds = mix<readonly string[]>([7, fc.constant(["*"])], [6, idGlobs]);

const regionGlobs = mix<readonly string[]>(
  [24, fc.constant(["*"])],
  [6, fc.constantFrom(...KNOWN).map((region) => [region])],
  [1, fc.constant(KNOWN)],
  [1, fc.constant(COUNTED)],
  [1, fc.constantFrom(...COUNTED).map((out) => KNOWN.filter((region) => region !== out))],
  [1, fc.integer({ min: 8, max: 16 }).map((length) => COUNTED.slice(-length))],
  [2, some(["us-*", "eu-*", "ap-*", "ca-*", "sa-*"], 3, 5)],
  [
    2,
    fc.constantFrom(
      ["*-1"],
      ["*-1", "*-2", "*-3"],
      ["*-?"],
      ["*a*"],
      ["?*-*"],
      ["xx-none-1"],
      ["xx-none-1", "us-east-1"],
    ),
  ],
);
const accountGlob = pick(
  ...([
    [10, "*"],
    [8, OWN],
    [2, FOREIGN],
    [1, "????????????"],
    [1, "1111*"],
    [1, "*3"],
    [1, "99990000????"],
  ] as const),
);

/** An ARN pattern for every Region and id glob: one list is short where the other is long. */
const keyPatterns = fc
  .tuple(regionGlobs, accountGlob, someIds)
  .map(([regions, account, ids]) =>
    regions.length * ids.length > KNOWN.length
      ? regions.map((region) => `arn:aws:kms:${region}:${account}:key/*`)
      : regions.flatMap((region) => ids.map((id) => `arn:aws:kms:${region}:${account}:key/${id}`)),
  );
const wholePatterns = fc
  .tuple(regionGlobs, accountGlob)
  .map(([regions, account]) => regions.map((region) => `arn:aws:kms:${region}:${account}:*`));
const oddPatterns = fc.constantFrom(
  ...["arn:aws:kms:*:*:alias/*", "arn:aws:kms:*:*:alias/payroll", "arn:*:kms:*:*:key/*", "arn:aws:s3:::*"],
  ...["arn:aws:kms:*:*:*a*", "arn:aws:kms:*:*:k*0", "arn:aws:kms:*:*:*/*", "arn:aws-*:kms:*:*:*"],
  ...[
    "arn:aws:kms:*:*:*:*",
    "arn:aws:kms:eu-*-1:*:???/*",
    "arn:aws:kms:*:*:*/mrk-*",
    "arn:???:kms:*:*:key/*",
  ],
);
const patterns: fc.Arbitrary<string | readonly string[]> = mix<string | readonly string[]>(
  [8, keyPatterns],
  [3, wholePatterns],
  [1, oddPatterns],
  [1, fc.tuple(keyPatterns, oddPatterns).map(([keys, odd]) => [...keys, odd])],
);
const resources = (all: number): fc.Arbitrary<Pick<WrittenStatement, "Resource" | "NotResource">> =>
  mix<Pick<WrittenStatement, "Resource" | "NotResource">>(
    [all, pick([9, "*"], [1, "**"]).map((Resource) => ({ Resource }))],
    [9, patterns.map((Resource) => ({ Resource }))],
    [1, patterns.map((NotResource) => ({ NotResource }))],
  );

type Condition = NonNullable<WrittenStatement["Condition"]>;
const ALWAYS: readonly Condition[] = [
  { Bool: { "aws:SecureTransport": "true" } },
  { StringLike: { "aws:PrincipalArn": "arn:*" } },
];
const SOMETIMES: readonly Condition[] = [
  { Bool: { "aws:MultiFactorAuthPresent": "true" } },
  { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
];
const byRegion: fc.Arbitrary<Condition> = mix<Condition>(
  [3, some(KNOWN, 1, 3).map((names) => ({ StringNotEquals: { "aws:RequestedRegion": names } }))],
  [1, some(KNOWN, 1, 2).map((names) => ({ StringEquals: { "aws:RequestedRegion": names } }))],
  [1, fc.constantFrom(KNOWN, COUNTED).map((names) => ({ StringEquals: { "aws:RequestedRegion": names } }))],
  [
    1,
    fc
      .constantFrom("*", "us-*", "?*-1", "cn-*")
      .map((glob) => ({ StringLike: { "aws:RequestedRegion": glob } })),
  ],
  [
    1,
    fc
      .constantFrom("cn-north-1", "us-*")
      .map((name) => ({ StringNotEquals: { "aws:RequestedRegion": name } })),
  ],
);
const conditions = (none: number): fc.Arbitrary<Pick<WrittenStatement, "Condition">> =>
  mix<Pick<WrittenStatement, "Condition">>(
    [none, fc.constant({})],
    [2, fc.constantFrom(...ALWAYS).map((Condition) => ({ Condition }))],
    [3, fc.constantFrom(...SOMETIMES).map((Condition) => ({ Condition }))],
    [2, byRegion.map((Condition) => ({ Condition }))],
    [
      1,
      fc
        .tuple(fc.constantFrom(...ALWAYS), fc.constantFrom(...SOMETIMES))
        .map(([a, b]) => ({ Condition: { ...a, ...b } })),
    ],
    [1, fc.tuple(byRegion, fc.constantFrom(...SOMETIMES)).map(([a, b]) => ({ Condition: { ...b, ...a } }))],
  );

function statement(
  Effect: "Allow" | "Deny",
  weights: { readonly everyAction: number; readonly everything: number; readonly unconditional: number },
): fc.Arbitrary<WrittenStatement> {
  return fc
    .tuple(actions(weights.everyAction), resources(weights.everything), conditions(weights.unconditional))
    .map(([what, where, when]) => ({ Effect, ...what, ...where, ...when }));
}

const wideAllow = statement("Allow", { everyAction: 20, everything: 16, unconditional: 18 });
const anyAllow = statement("Allow", { everyAction: 5, everything: 5, unconditional: 14 });
const anyDeny = statement("Deny", { everyAction: 5, everything: 3, unconditional: 20 });

export const policyDocument: fc.Arbitrary<WrittenDocument> = fc
  .tuple(
    mix([3, wideAllow], [2, anyAllow]),
    fc.array(mix([1, anyAllow], [1, anyDeny]), { maxLength: 4, size: "max" }),
    fc.nat(4),
  )
  .map(([first, others, at]) => ({
    Version: "2012-10-17",
    Statement: others.toSpliced(at, 0, first),
  }));

import fc from "fast-check";

/** A statement as it is written in JSON, every element in the form of a list. */
export interface WrittenStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface WrittenDocument {
  readonly Version: "2012-10-17" | "2008-10-17";
  readonly Statement: readonly WrittenStatement[];
}

export const KEY = "arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

const CORE = ["Decrypt", "ReEncryptFrom", "CreateGrant", "PutKeyPolicy", "ScheduleKeyDeletion", "DisableKey"];

const lists = (pattern: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(pattern, { minLength: 1, maxLength });

export const actionPattern: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("kms:*", "*", "KMS:*", "kms:?*") },
  { weight: 3, arbitrary: fc.constantFrom(...[..."CDEGILPRSTUV"].map((letter) => `kms:${letter}*`)) },
  { weight: 3, arbitrary: fc.constantFrom(...CORE.map((name) => `kms:${name}`), "kms:Sign", "kms:ListKeys") },
  { weight: 2, arbitrary: fc.constantFrom("kms:*e*", "kms:?????*", "kms:*Key*", "kms:*a*", "kms:List*") },
  { weight: 2, arbitrary: fc.constantFrom("s3:*", "iam:Get*", "kms:Decrpyt", "kms:[a-z]*") },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom("*", "?", "e", "K", "y", "Get", "Key", "Create"), { maxLength: 5 })
      .map((parts) => `kms:${parts.join("")}`),
  },
);

const region = fc.constantFrom("*", "eu-west-1", "us-*", "?????????", "xx-none-1");
const account = fc.constantFrom("*", "111122223333", "999900001111", "1111*");
const keyId = fc.oneof(
  fc.constantFrom("*", "mrk-*", "0*", "*0", "????????-*", "${aws:PrincipalTag/key}"),
  fc.constantFrom("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "mrk-0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
);

export const resourcePattern: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constant("*") },
  {
    weight: 4,
    arbitrary: fc.constantFrom("arn:aws:kms:*:*:key/*", "arn:aws:kms:*:*:alias/*", "arn:aws:kms:*:*:*"),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(region, account, keyId).map(([r, a, id]) => `arn:aws:kms:${r}:${a}:key/${id}`),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("arn:aws:kms:*", "arn:aws:kms:*:key/*", "arn:*:kms:*:*:key/*", "arn:*", "**"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("arn:aws:s3:::a", "arn:aws-cn:kms:*:*:*", "arn:aws:kms:*:*:alias/orders"),
  },
);

const condition = fc.constantFrom(
  { Bool: { "aws:MultiFactorAuthPresent": "true" } },
  { Bool: { "aws:SecureTransport": "true" } },
  { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
  { StringNotEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
  { Bool: {} },
);

/** A condition with some key. */
export const realCondition: fc.Arbitrary<NonNullable<WrittenStatement["Condition"]>> = fc.constantFrom(
  { Bool: { "aws:MultiFactorAuthPresent": "false" } },
  { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
  { StringNotEquals: { "aws:PrincipalTag/team": "blue" } },
);

/** Conditions of every kind: on places, on the call, on the resource, always true and never. */
export const anyCondition: fc.Arbitrary<NonNullable<WrittenStatement["Condition"]>> = fc.oneof(
  realCondition,
  fc.constantFrom(
    { StringNotEquals: { "aws:RequestedRegion": "eu-west-1" } },
    { StringLike: { "aws:RequestedRegion": "eu-*" } },
    { Bool: { "aws:SecureTransport": "true" } },
    { Bool: { "aws:SecureTransport": "false" } },
    { StringNotEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
    { StringEquals: { "aws:ResourceTag/team": "blue" } },
    { StringEquals: { "kms:KeySpec": "RSA_2048" } },
    { Bool: { "aws:MultiFactorAuthPresent": "true" } },
    { StringEquals: { "aws:PrincipalTag/team": "blue" } },
    { DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } },
  ),
);

export function statement(effect: fc.Arbitrary<"Allow" | "Deny">): fc.Arbitrary<WrittenStatement> {
  const actions = fc.oneof(
    { weight: 5, arbitrary: fc.record({ Action: lists(actionPattern, 4) }) },
    { weight: 1, arbitrary: fc.record({ NotAction: lists(actionPattern, 2) }) },
  );
  const resources = fc.oneof(
    { weight: 5, arbitrary: fc.record({ Resource: lists(resourcePattern, 3) }) },
    { weight: 1, arbitrary: fc.record({ NotResource: lists(resourcePattern, 2) }) },
  );
  const conditions = fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.record({ Condition: condition }) },
  );
  return fc
    .tuple(effect, actions, resources, conditions)
    .map(([Effect, written, on, under]) => ({ Effect, ...written, ...on, ...under }));
}

const mostlyAllow: fc.Arbitrary<"Allow" | "Deny"> = fc.oneof(
  { weight: 3, arbitrary: fc.constant("Allow" as const) },
  { weight: 1, arbitrary: fc.constant("Deny" as const) },
);

export const policyDocument: fc.Arbitrary<WrittenDocument> = fc.record({
  Version: fc.oneof(
    { weight: 5, arbitrary: fc.constant("2012-10-17" as const) },
    { weight: 1, arbitrary: fc.constant("2008-10-17" as const) },
  ),
  Statement: fc.array(statement(mostlyAllow), { minLength: 1, maxLength: 4 }),
});

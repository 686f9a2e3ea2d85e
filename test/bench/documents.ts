/** Documents for measuring: realistic ones made by a seeded generator, and hostile ones of the same size. */

/** A small seeded generator (mulberry32), so that every run measures the same documents. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SERVICES: Readonly<Record<string, readonly string[]>> = {
  s3: [
    "GetObject",
    "GetObjectVersion",
    "PutObject",
    "ListBucket",
    "GetBucketLocation",
    "DeleteObject",
    "Get*",
  ],
  ec2: ["DescribeInstances", "DescribeVpcs", "CreateTags", "RunInstances", "Describe*", "AttachVolume"],
  logs: ["CreateLogGroup", "CreateLogStream", "PutLogEvents", "DescribeLogStreams", "FilterLogEvents"],
  dynamodb: ["GetItem", "PutItem", "Query", "UpdateItem", "BatchWriteItem", "DescribeTable"],
  lambda: ["InvokeFunction", "GetFunctionConfiguration", "UpdateFunctionCode", "ListVersionsByFunction"],
  kms: [
    "Decrypt",
    "GenerateDataKey",
    "DescribeKey",
    "Encrypt",
    "ReEncrypt*",
    "GenerateDataKey*",
    "ListAliases",
  ],
  ssm: ["GetParameter", "GetParameters", "GetParametersByPath", "DescribeParameters"],
  cloudwatch: ["PutMetricData", "GetMetricData", "ListMetrics", "DescribeAlarms"],
  iam: ["PassRole", "GetRole", "ListRoles", "CreateServiceLinkedRole"],
  sqs: ["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"],
};

/** A policy as people write them: a few statements, indented, most of them about other services. */
export function realisticDocument(random: () => number, statements = 2 + Math.floor(random() * 6)): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const statement = (_: unknown, index: number) => {
    const service = pick(Object.keys(SERVICES));
    const actions = (SERVICES[service] ?? [])
      .filter(() => random() < 0.6)
      .map((name) => `${service}:${name}`);
    const arn = `arn:aws:${service}:eu-central-1:111122223333:team-${Math.floor(random() * 900)}/*`;
    const condition = { StringEquals: { "aws:ResourceTag/team": `team-${Math.floor(random() * 90)}` } };
    return {
      Sid: `Statement${index}`,
      Effect: random() < 0.95 ? "Allow" : "Deny",
      Action: actions.length === 0 ? `${service}:*` : actions,
      Resource: random() < 0.3 || service === "kms" ? "*" : [arn, `${arn}-archive`],
      ...(random() < 0.25 && { Condition: condition }),
    };
  };
  return JSON.stringify(
    { Version: "2012-10-17", Statement: Array.from({ length: statements }, statement) },
    undefined,
    4,
  );
}

/** The most characters of a managed policy, without white space. */
const SIZE = 6144;

function upTo(make: (index: number) => string): string[] {
  const made: string[] = [];
  for (let size = 0; size < SIZE; size += (made.at(-1)?.length ?? 0) + 3) made.push(make(made.length));
  return made;
}

function allow(Action: string | string[], Resource: string | string[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action, Resource } });
}

function many(statement: (index: number) => object): string {
  const Statement = upTo((i) => JSON.stringify(statement(i))).map((text): unknown => JSON.parse(text));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** Realistic documents of about the same size as the hostile ones. */
export function normalDocuments(count: number): string[] {
  const random = seeded(7);
  return Array.from({ length: count }, () => {
    let statements = 4;
    let text = "";
    while (text.length < SIZE) text = realisticDocument(random, statements++);
    return text;
  });
}

const HEX = "0123456789abcdef";
const CORE = ["Decrypt", "ReEncrypt*", "CreateGrant", "PutKeyPolicy", "ScheduleKeyDeletion", "DisableKey"];

/** Documents of action patterns that were never met before, however many are asked for. */
export function strangeActions(count: number): string[] {
  return Array.from({ length: count }, (_, turn) =>
    allow(
      upTo((i) => `kms:*e*t*e*${"ekyat"[i % 5]}*${"seat"[i % 4]}*${turn}z`),
      "*",
    ),
  );
}

/** What somebody would write who wants the guard to be slow: each about 6 KB. */
export const HOSTILE: Readonly<Record<string, string>> = {
  "one action of 3,000 stars": allow(`kms:${"*?".repeat(SIZE / 2)}x`, "*"),
  "many globs over key ids": allow(
    "kms:*",
    upTo((i) => `arn:aws:kms:*:*:key/*${HEX[i % 16]}*${HEX[(i * 7) % 16]}*${HEX[(i * 3) % 16]}*`),
  ),
  "globs at every place of a key id": allow(
    "kms:*",
    upTo((i) => `arn:aws:kms:*:*:key/${"?".repeat(i % 20)}${HEX[i % 16]}*`),
  ),
  "globs over regions and accounts": allow(
    "kms:*",
    upTo((i) => `arn:aws:kms:*${i}*:*${i}*:key/*`),
  ),
  "short ARNs, two readings each": allow(
    "kms:*",
    upTo((i) => `arn:*${HEX[i % 16]}*${i}`),
  ),
  "hundreds of named keys": allow(
    "kms:*",
    upTo((i) => `arn:aws:kms:*:*:key/1234abcd-12ab-34cd-56ef-${String(i).padStart(12, "0")}`),
  ),
  "a resource of 6,000 characters": allow("kms:*", `arn:aws:kms:${"*a".repeat(SIZE / 2)}`),
  "core actions in many statements": many((i) => ({
    Effect: "Allow",
    Action: CORE.map((name) => `kms:${name}`),
    Resource: `arn:aws:kms:*:*:key/${HEX[i % 16]}${i}*`,
  })),
  "a hundred accounts by name": allow(
    "kms:*",
    upTo((i) => `arn:aws:kms:*:${111122223333 + 7919 * i}:key/*`),
  ),
  "a hundred statements of kms:*": many((_) => ({ Effect: "Allow", Action: "kms:*", Resource: "*" })),
  "a Deny for each of many keys": many((i) =>
    i === 0
      ? { Effect: "Allow", Action: "kms:*", Resource: "*" }
      : { Effect: "Deny", Action: "kms:Decrypt", NotResource: `arn:aws:kms:*:111122223333:key/${i}` },
  ),
  "a condition for each statement": many((i) => ({
    Effect: "Allow",
    Action: "kms:*",
    Resource: "*",
    Condition: { StringLike: { [`aws:RequestTag/${i}`]: "*" } },
  })),
  "escapes in every string": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[${upTo((i) => `"s3:Get\\u0041${i}"`).join()}],"Resource":"*"}}`,
};

/** A CloudTrail record as far as archives of the benchmarks have it. */
export type ArchiveRecord = Readonly<Record<string, unknown>>;

const ACCOUNT = "111122223333";
const FIRST_MS = Date.UTC(2026, 0, 1);
/** Service, call, parameters. */
type Call = readonly [eventSource: string, eventName: string, requestParameters: object];

const NOISE: readonly [Call, ...Call[]] = [
  [
    "sts.amazonaws.com",
    "AssumeRole",
    { roleArn: `arn:aws:iam::${ACCOUNT}:role/app/Worker`, durationSeconds: 3600 },
  ],
  ["kms.amazonaws.com", "Decrypt", { encryptionAlgorithm: "SYMMETRIC_DEFAULT", keyId: "alias/orders" }],
  [
    "s3.amazonaws.com",
    "GetBucketTagging",
    { bucketName: "orders-archive", Host: "s3.us-east-1.amazonaws.com" },
  ],
  [
    "ec2.amazonaws.com",
    "DescribeInstances",
    { instancesSet: {}, filterSet: { items: [{ name: "vpc-id" }] } },
  ],
  ["iam.amazonaws.com", "ListAttachedRolePolicies", { roleName: "Worker", maxItems: 100 }],
  [
    "iam.amazonaws.com",
    "GetPolicyVersion",
    { policyArn: `arn:aws:iam::${ACCOUNT}:policy/Orders`, versionId: "v3" },
  ],
];

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const NARROW =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:us-east-1:111122223333:key/a"}]}';

/**
 * An invented archive of one account: one call in `triggerEvery` can change a grant, every tenth of those is a full
 * grant, and all else is noise. The same seed makes the same records; neighbours are up to some minutes out of order.
 */
export function* archiveRecords(count: number, triggerEvery: number, seed = 1): Generator<ArchiveRecord> {
  const random = randomOf(seed);
  for (let index = 0; index < count; index += 1) {
    // An archive of a month, in which CloudTrail's files lie up to five minutes apart.
    const timeMs = FIRST_MS + Math.floor((index / count) * 2_592_000_000) - Math.floor(random() * 300_000);
    yield index % triggerEvery === 0
      ? recordOf(index, timeMs, random, ...triggerOf(index / triggerEvery))
      : recordOf(index, timeMs, random, ...pick(NOISE, random));
  }
}

function triggerOf(turn: number): Call {
  const policyDocument = turn % 10 === 0 ? FULL : NARROW;
  const names = { roleName: `Role${turn % 50}`, policyName: `inline${turn % 7}` };
  return ["iam.amazonaws.com", "PutRolePolicy", { ...names, policyDocument }];
}

function recordOf(
  index: number,
  timeMs: number,
  random: () => number,
  eventSource: string,
  eventName: string,
  requestParameters: object,
): ArchiveRecord {
  const session = Math.floor(random() * 1e9).toString(36);
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "AssumedRole",
      principalId: `AROAEXAMPLEWORKER0000:${session}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Worker/${session}`,
      accountId: ACCOUNT,
      accessKeyId: "ASIAEXAMPLEWORKER000",
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: "AROAEXAMPLEWORKER0000",
          arn: `arn:aws:iam::${ACCOUNT}:role/app/Worker`,
          accountId: ACCOUNT,
          userName: "Worker",
        },
        attributes: { creationDate: "2026-01-01T00:00:00Z", mfaAuthenticated: "false" },
      },
    },
    eventTime: `${new Date(timeMs).toISOString().slice(0, 19)}Z`,
    eventSource,
    eventName,
    awsRegion: "us-east-1",
    sourceIPAddress: "203.0.113.7",
    userAgent: "aws-sdk-js/3.900.0 ua/2.1 os/linux lang/js md/nodejs#24.21.0 api/iam#3.900.0",
    requestParameters,
    responseElements: null,
    requestID: id(index, 1),
    eventID: id(index, 2),
    readOnly: eventName !== "PutRolePolicy",
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: "Management",
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader: `${eventSource}`,
    },
  };
}

function id(index: number, kind: number): string {
  return `0000000${kind}-0000-4000-8000-${String(index).padStart(12, "0")}`;
}

function pick(items: readonly [Call, ...Call[]], random: () => number): Call {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

/** Mulberry32: small, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

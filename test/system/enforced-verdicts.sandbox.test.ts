import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient, ListAttachedRolePoliciesCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { iamSeed } from "../moto/iam-seed.ts";
import { type SandboxChild, startSandboxChild } from "../sandbox/child.ts";
import { ANYBODY, kmsGuard } from "../sandbox/kms-guard.ts";
import { clientOf } from "../sandbox/story.ts";

/** What the guard does in enforce mode about documents that are almost full, or only look like it. */

const ALL = { Effect: "Allow", Action: "kms:*", Resource: "*" };
const allowIf = (operator: string, key: string, value: string) => [
  { ...ALL, Condition: { [operator]: { [key]: value } } },
];
const allButDeny = (deny: object) => [ALL, { ...ALL, ...deny, Effect: "Deny" }];
const allButDenyIf = (operator: string, key: string, value: string) =>
  allButDeny({ Condition: { [operator]: { [key]: value } } });

interface Row {
  readonly what: string;
  readonly statements: readonly object[];
}

const CONTAINED: readonly (Row & { readonly verdict: string })[] = [
  {
    what: "every action but one",
    statements: [{ Effect: "Allow", NotAction: "kms:DisableKey", Resource: "*" }],
    verdict: "near-full",
  },
  {
    what: "a Deny on one action",
    statements: allButDeny({ Action: "kms:DisableKey" }),
    verdict: "near-full",
  },
  {
    what: "a Deny on a negligible part of the keys",
    statements: allButDeny({ Resource: "arn:aws:kms:*:*:key/*abcdef" }),
    verdict: "full",
  },
];

const ALERTED: readonly (Row & { readonly verdict: string })[] = [
  {
    what: "principals without a value of a tag",
    statements: allowIf("StringNotEquals", "aws:PrincipalTag/team", "interns"),
    verdict: "conditional-full",
  },
  {
    what: "principals without a tag",
    statements: allowIf("Null", "aws:PrincipalTag/blocked", "true"),
    verdict: "conditional-full",
  },
  {
    what: "every federated user but one",
    statements: allowIf("StringNotEquals", "saml:sub", "guest@example.com"),
    verdict: "conditional-full",
  },
  {
    what: "a condition key without its prefix",
    statements: allowIf("BoolIfExists", "MultiFactorAuthPresent", "true"),
    verdict: "conditional-full",
  },
  {
    what: "every encryption context but one",
    statements: allowIf("StringNotEquals", "kms:EncryptionContext:table", "salaries"),
    verdict: "conditional-full",
  },
  {
    what: "a Deny on direct calls",
    statements: allButDenyIf("StringNotEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"),
    verdict: "conditional-full",
  },
  {
    what: "a Deny outside one Region",
    statements: allButDenyIf("StringNotEquals", "aws:RequestedRegion", "eu-central-1"),
    verdict: "scoped-full",
  },
  {
    what: "a Deny on an account that a variable names",
    statements: allButDeny({ Resource: "arn:aws:kms:*:${aws:PrincipalAccount}:*" }),
    verdict: "invalid",
  },
];

const SILENT: readonly Row[] = [
  {
    what: "a Deny that always holds",
    statements: allButDenyIf("Bool", "aws:SecureTransport", "true"),
  },
  {
    what: "a Deny since a date in the past",
    statements: allButDenyIf("DateGreaterThan", "aws:CurrentTime", "2024-01-01T00:00:00Z"),
  },
];

/** The sandbox's IAM refuses these, AWS's may not: `scan` evaluates them. */
const REFUSED: readonly (Row & { readonly version?: string; readonly verdict: string })[] = [
  {
    what: "a variable in a version of the language without variables",
    statements: allowIf("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"),
    version: "2008-10-17",
    verdict: "none",
  },
  {
    what: "an operator that does not exist",
    statements: allowIf("IsIfExists", "kms:ViaService", "s3.eu-west-1.amazonaws.com"),
    verdict: "invalid",
  },
];

const documentOf = (statements: readonly object[], Version = "2012-10-17") =>
  JSON.stringify({ Version, Statement: statements });

let sandbox: SandboxChild;
let iam: IAMClient;
beforeAll(async () => {
  sandbox = await startSandboxChild("enforce");
  iam = clientOf(IAMClient, sandbox, ANYBODY);
});
afterAll(() => sandbox?.end("SIGTERM"));

/** The name of a row's policy, and of the role that it is attached to. */
const nameOf = ({ what }: Pick<Row, "what">) => what.replaceAll(" ", "-");

/** Creates the policies, and attaches each to a role of its own. */
async function attach(rows: readonly Row[]): Promise<void> {
  const seed = iamSeed(iam);
  for (const row of rows) {
    const name = nameOf(row);
    await seed.createRole(name);
    const arn = await seed.createPolicy(name, documentOf(row.statements));
    await seed.attachPolicy({ type: "role", name }, arn);
  }
}

/** How many attachments the guard has handled. */
async function handledAttachments(): Promise<number> {
  const logs = clientOf(CloudWatchLogsClient, sandbox, ANYBODY);
  const logGroupName = "/aws/lambda/kms-guard-sandbox-guard";
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
  const isOutcome = (message: string) =>
    ['"outcome":', '"eventName":"AttachRolePolicy"'].every((part) => message.includes(part));
  return events.filter(({ message = "" }) => isOutcome(message)).length;
}

async function isAttached(row: Row): Promise<boolean> {
  const RoleName = nameOf(row);
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  return AttachedPolicies.length > 0;
}

/** The alert about the role that has a row's policy, whether its creation or its attachment was handled first. */
async function alertOf(row: Row) {
  const { finding } = await sandbox.delivery(
    ({ channel, finding: { policy, attachments } }) =>
      channel === "sns-email" && policy.name === nameOf(row) && attachments.length > 0,
  );
  return finding;
}

test("every attachment is handled", async () => {
  const rows = [...CONTAINED, ...ALERTED, ...SILENT];
  await attach(rows);
  await expect.poll(handledAttachments, { interval: 300 }).toBe(rows.length);
});

describe("is contained", () => {
  test.each(CONTAINED)("$what", async ({ verdict, ...row }) => {
    expect(await alertOf(row)).toMatchObject({ status: "contained", verdict, severity: "CRITICAL" });
    expect(await isAttached(row)).toBe(false);
  });
});

describe("stays attached, and is alerted", () => {
  test.each(ALERTED)("$what", async ({ verdict, ...row }) => {
    expect(await alertOf(row)).toMatchObject({ status: "open", verdict });
    expect(await isAttached(row)).toBe(true);
  });
});

describe("stays attached, without an alert", () => {
  test.each(SILENT)("$what", async (row) => {
    expect(sandbox.delivered.filter(({ finding }) => finding.policy.name === nameOf(row))).toEqual([]);
    expect(await isAttached(row)).toBe(true);
  });
});

describe("is refused by the sandbox, and is known to scan", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kms-guard-refused-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each(REFUSED)("$what", async ({ statements, version, verdict, what }) => {
    const document = documentOf(statements, version);
    const creating = iamSeed(iam).createPolicy("Refused", document);
    await expect(creating).rejects.toThrow(/^Policy document must be version|^Syntax errors in policy/);
    const file = join(folder, `${nameOf({ what })}.json`);
    await writeFile(file, document);
    const { out } = await kmsGuard(sandbox.endpoint, ["scan", "--all", "--output", "jsonl", file]);
    expect(JSON.parse(out)).toMatchObject({ verdict });
  });
});

import { setTimeout as delay } from "node:timers/promises";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient } from "@aws-sdk/client-iam";
import { iamSeed } from "../moto/iam-seed.ts";
import { type Delivered, type SandboxChild, startSandboxChild } from "../sandbox/child.ts";
import { heading, line } from "./report.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const HARMLESS =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}';
const VIOLATIONS = 200;
/** A contained finding is looked at again after 5 s, so this many a second keep 15 environments busy. */
const PAUSE_MS = 333;
const COMPLIANT = 2_000;
const AT_A_TIME = 8;
const USERS = 50;
const GUARD_LOGS = "/aws/lambda/kms-guard-sandbox-guard";

/**
 * The whole guard in the sandbox, in enforce mode: how long from the answer to an IAM call until the alert is in the
 * mailbox and the grant is gone, and whether 2,000 harmless calls are all heard. CloudTrail's own delay is not in it.
 */
export async function benchSandbox(): Promise<void> {
  heading("sandbox: a guarded account on this machine, enforce mode");
  const alertedMs = new Map<string, number>();
  const sandbox = await startSandboxChild("enforce", (delivery) => {
    const key = keyOf(delivery);
    if (delivery.channel === "sns-email" && key !== undefined) alertedMs.set(key, Date.now());
  });
  try {
    const config = {
      ...{ region: "us-east-1", endpoint: sandbox.endpoint },
      credentials: { accessKeyId: "AKIAANYBODY", secretAccessKey: "invented" },
    };
    const seed = iamSeed(new IAMClient(config));
    await compliance(sandbox, seed, new CloudWatchLogsClient(config));
    await violations(sandbox, seed, alertedMs);
  } finally {
    await sandbox.end("SIGTERM");
  }
}

type Seed = ReturnType<typeof iamSeed>;

/** Inline policies and attachments in turn, each to a user of its own. */
async function violations(
  sandbox: SandboxChild,
  seed: Seed,
  alertedMs: ReadonlyMap<string, number>,
): Promise<void> {
  const users = Array.from({ length: VIOLATIONS }, (_, index) => `user-${index}`);
  await each(users, (name) => seed.createUser(name));
  const attached = users.filter((_, index) => index % 2 === 0);
  const arns = new Map<string, string>();
  await each(attached, async (name) => arns.set(name, await seed.createPolicy(`of-${name}`, FULL)));
  await until(
    () => sandbox.delivered.filter(({ channel }) => channel === "history").length >= attached.length,
  );

  const calledMs = new Map<string, number>();
  for (const name of users) {
    const arn = arns.get(name);
    if (arn === undefined) await seed.putInlinePolicy({ type: "user", name }, "own", FULL);
    else await seed.attachPolicy({ type: "user", name }, arn);
    calledMs.set(name, Date.now());
    await delay(PAUSE_MS);
  }
  await until(() => alertedMs.size === VIOLATIONS);

  const toAlert: number[] = [];
  const toDetach: number[] = [];
  for (const delivery of sandbox.delivered) {
    const calledAtMs = calledMs.get(keyOf(delivery) ?? "");
    const { containedAt } = delivery.finding.timing;
    if (delivery.channel !== "sns-email" || calledAtMs === undefined || containedAt === undefined) continue;
    toDetach.push(Date.parse(containedAt) - calledAtMs);
  }
  for (const [name, atMs] of alertedMs) toAlert.push(atMs - (calledMs.get(name) ?? Number.NaN));
  line(`${VIOLATIONS} violations: alerted, detached`, `${toAlert.length}, ${toDetach.length}`);
  line("call to alert, p50 and p99", `${percentile(toAlert, 50)} ms, ${percentile(toAlert, 99)} ms`);
  line("call to detached, p50 and p99", `${percentile(toDetach, 50)} ms, ${percentile(toDetach, 99)} ms`);
}

async function compliance(sandbox: SandboxChild, seed: Seed, logs: CloudWatchLogsClient): Promise<void> {
  await each(
    Array.from({ length: USERS }, (_, index) => `reader-${index}`),
    (name) => seed.createUser(name),
  );
  const startMs = Date.now();
  await each(
    Array.from({ length: COMPLIANT }, (_, index) => index),
    (index) =>
      seed.putInlinePolicy({ type: "user", name: `reader-${index % USERS}` }, `harmless-${index}`, HARMLESS),
  );
  const calledMs = Date.now() - startMs;
  let heard = 0;
  await until(async () => {
    heard = await harmlessHeard(logs, startMs);
    return heard >= COMPLIANT;
  });
  line(`${COMPLIANT} compliant calls: heard, told`, `${heard}, ${sandbox.delivered.length}`);
  line("compliant calls a second", (COMPLIANT / (calledMs / 1_000)).toFixed(0));
}

/** Events that the guard has logged as clean since then, each once. */
async function harmlessHeard(logs: CloudWatchLogsClient, startTime: number): Promise<number> {
  await delay(3_000);
  const heard = new Set<unknown>();
  const pages = paginateFilterLogEvents(
    { client: logs },
    { logGroupName: GUARD_LOGS, startTime, limit: 10_000 },
  );
  for await (const { events = [] } of pages) {
    for (const { message = "" } of events) {
      if (!message.includes('"outcome":"clean"') || !message.includes('"PutUserPolicy"')) continue;
      heard.add(JSON.parse(message).eventId);
    }
  }
  return heard.size;
}

/** The user that a contained finding is about: every violation has its own. */
function keyOf({ finding }: Delivered): string | undefined {
  const { status, containment } = finding;
  return status === "contained" ? containment?.steps[0]?.target.principal.name : undefined;
}

async function each<T>(items: readonly T[], run: (item: T) => unknown): Promise<void> {
  const left = [...items];
  const work = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

/** Waits for it as long as a minute, so that what never comes is counted as lost instead of waited for. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  while (!(await isSo()) && Date.now() < deadlineMs) await delay(100);
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

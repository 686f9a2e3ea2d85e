import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { type Recorded, recordedGuard } from "@kms-guard/testing/fakes/recorded-guard.ts";
import { heading, line } from "./report.ts";

const CLI = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
/** Tells the peak of the process that it is loaded into, in kilobytes, after everything else. */
const TELL_PEAK =
  "data:text/javascript,process.on('exit',()=>console.error('peak '+process.resourceUsage().maxRSS))";
const FINDINGS = 5_000;
const DAYS = 90;
const DAY_MS = 86_400_000;
/** A page of a log from another continent takes longer; a page from the next rack takes less. */
const LATENCY_MS = 50;

/** What `history` and `report` take over a quarter with many findings, each as a process of its own, start included. */
export async function benchHistory(): Promise<void> {
  const recorded = Array.from({ length: FINDINGS }, (_, index) => record(index));
  const guard = await recordedGuard(recorded, LATENCY_MS);
  const folder = await mkdtemp(join(tmpdir(), "kms-guard-bench-"));
  const html = join(folder, "report.html");
  try {
    const bytes = recorded
      .flatMap(({ events }) => events)
      .reduce((sum, { message }) => sum + message.length, 0);
    heading(`history and report of ${DAYS} days (goal: at most 5 s and 300 MB)`);
    line("findings", `${FINDINGS}, told ${FINDINGS * 2} times, ${Math.round(bytes / 1e6)} MB of history`);
    line("each answer of AWS takes", `${LATENCY_MS} ms`);
    for (const args of [
      ["history", "--since", `${DAYS}d`],
      ["history", "--since", `${DAYS}d`, "--output", "jsonl"],
      ["report", "--since", `${DAYS}d`, "--html", html],
    ]) {
      const { seconds, peakMb } = await timed(args, guard.endpoint, join(folder, "answer"));
      line(
        args.filter((arg) => arg !== html).join(" "),
        `${seconds.toFixed(1)} s, at most ${peakMb} MB of memory`,
      );
    }
    line("the report's file", `${Math.round((await stat(html)).size / 1e6)} MB`);
    line("calls", [...guard.calls].map(([action, count]) => `${count} ${action}`).join(", "));
  } finally {
    await guard.close();
    await rm(folder, { recursive: true });
  }
}

async function timed(args: readonly string[], endpoint: string, answer: string) {
  const began = performance.now();
  const child = spawn(process.execPath, ["--import", TELL_PEAK, CLI, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "AKIAAUDITOR",
      AWS_SECRET_ACCESS_KEY: "invented",
    },
  });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    told += piece;
  });
  const [[code]] = await Promise.all([
    once(child, "close"),
    pipeline(child.stdout, createWriteStream(answer)),
  ]);
  const peakKb = /peak (\d+)/.exec(told)?.[1];
  if (code !== 0 || peakKb === undefined)
    throw new Error(`kms-guard ${args.join(" ")}: ${String(code)}\n${told}`);
  return { seconds: (performance.now() - began) / 1_000, peakMb: Math.round(Number(peakKb) / 1_024) };
}

/** A finding that was told when it was contained and again when it was restored. */
function record(index: number): Recorded {
  const receivedMs = Date.now() - ((index + 1) / (FINDINGS + 1)) * DAYS * DAY_MS;
  const at = (afterMs: number) => new Date(receivedMs + afterMs).toISOString();
  const contained = finding(`kg-${index.toString(16).padStart(16, "0")}`, index, at);
  const restored: Finding = { ...contained, status: "restored" };
  const tell = (told: Finding, afterMs: number) => ({
    atMs: receivedMs + afterMs,
    message: JSON.stringify({
      version: "0",
      id: "11111111-0000-4000-8000-000000000000",
      "detail-type": "KMS Guard Finding",
      source: "kms-guard",
      account: "111122223333",
      time: at(afterMs),
      region: "us-east-1",
      resources: [],
      detail: { ...told, timing: { ...told.timing, publishedAt: at(afterMs) } },
    }),
  });
  return {
    id: contained.id,
    receivedAt: contained.timing.receivedAt,
    item: JSON.stringify({
      pk: { S: `FINDING#111122223333#${contained.id}` },
      sk: { S: "FINDING" },
      status: { S: "restored" },
      finding: { S: JSON.stringify(restored) },
      plan: { S: "[]" },
    }),
    events: [tell(contained, 2_000), tell(restored, 600_000)],
  };
}

function finding(id: string, index: number, at: (afterMs: number) => string): Finding {
  const arn = `arn:aws:iam::111122223333:policy/team-${index % 40}/Tools${index % 300}`;
  const roles = Array.from({ length: 3 }, (_, role) => ({
    type: "role" as const,
    name: `Build${(index + role) % 500}`,
  }));
  return {
    schemaVersion: "1",
    id,
    status: "contained",
    service: "kms",
    verdict: "full",
    vacuous: false,
    severity: "CRITICAL",
    title: `full kms:* granted by managed policy Tools${index % 300} to 3 principals`,
    reason: "allows all 56 KMS actions on every key, without a condition",
    account: "111122223333",
    partition: "aws",
    region: "us-east-1",
    policy: {
      kind: "managed",
      arn,
      name: `Tools${index % 300}`,
      versionId: "v3",
      documentSha256: index.toString(16).padStart(64, "0"),
    },
    evidence: [
      {
        path: "Statement[0]",
        sid: "Keys",
        effect: "Allow",
        actions: ["kms:*"],
        resources: ["*"],
        conditions: [],
        contributes: "allows all 56 KMS actions on every resource",
      },
    ],
    missingActions: [],
    attachments: roles.map((role) => ({ ...role, state: "contained" })),
    trigger: {
      kind: "event",
      eventName: "CreatePolicyVersion",
      eventId: "11111111-2222-4333-8444-555555555555",
      eventTime: at(-4_000),
      actor: {
        type: "AssumedRole",
        arn: `arn:aws:sts::111122223333:assumed-role/Developer/person${index % 90}`,
        sourceIp: "203.0.113.7",
        userAgent: "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.13.7",
        mfa: true,
      },
    },
    change: {
      previousVersionId: "v2",
      previousVerdict: "none",
      diff: '@@ -3,7 +3,7 @@\n     {\n       "Effect": "Allow",\n-      "Action": "kms:Decrypt",\n+      "Action": "kms:*",\n       "Resource": "*"\n     }\n',
    },
    decision: { mode: "enforce", action: "contain", reason: "`full` is contained in enforce mode" },
    containment: {
      steps: roles.map((principal) => ({
        action: "detach-role-policy" as const,
        target: { principal, policyArn: arn },
        outcome: "done" as const,
        at: at(1_000),
      })),
    },
    timing: { eventTime: at(-4_000), receivedAt: at(0), containedAt: at(1_000) },
    nextSteps: [
      `kms-guard restore ${id}`,
      `kms-guard show ${id}`,
      `kms-guard exempt add ${id} --reason '...' --owner '...' --days 30`,
    ],
    links: {
      policy: `https://console.aws.amazon.com/iam/home#/policies/details/${encodeURIComponent(arn)}`,
    },
  };
}

import { createHash } from "node:crypto";
import { InMemoryAccount } from "@kms-guard/adapters/memory/in-memory-account.ts";
import { InMemoryFindings } from "@kms-guard/adapters/memory/in-memory-findings.ts";
import { RecordingAlerts } from "@kms-guard/adapters/memory/recording-alerts.ts";
import type { AccountSnapshot } from "@kms-guard/adapters/memory/snapshot.ts";
import type { Mode } from "@kms-guard/core/containment/decision.ts";
import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import { type EventResult, handleEvent } from "@kms-guard/guard/handle-event.ts";
import type { Ports } from "@kms-guard/guard/ports.ts";
import { type RestoreReport, type RestoreRequest, restore } from "@kms-guard/guard/restore.ts";
import accountDetails from "./account.json" with { type: "json" };
import recording from "./recording.json" with { type: "json" };

/** One CloudTrail record of the recording. */
export type RecordedCall = (typeof recording.Records)[number];

/** The time from a call to the delivery of its event: CloudTrail takes seconds. */
export const DELIVERY_MS = 4_000;

const ACCOUNT = { id: "111122223333", partition: "aws" };

/** The default settings of guard.config.ts, with this mode. */
function settingsFor(mode: Mode): GuardSettings {
  return {
    mode,
    account: ACCOUNT,
    service: KMS,
    region: "us-east-1",
    containAt: "near-full",
    awsManaged: "alert",
    protectedPrincipals: [],
    maxAttachments: 10,
    ownRoleArns: [`arn:aws:iam::${ACCOUNT.id}:role/kms-guard/guard`],
  };
}

/** The recording as the guard handled it in one mode. */
export interface Played {
  readonly mode: Mode;
  readonly calls: readonly { readonly call: RecordedCall; readonly report: EventResult }[];
  /** The alerts, in order. */
  readonly alerts: readonly Finding[];
  /** The account as it is now. */
  readonly account: () => AccountSnapshot;
  /** Restores what the containment of one finding took away, as `kms-guard restore` does. */
  readonly restore: (id: string, request: RestoreRequest) => Promise<RestoreReport>;
}

/**
 * Sends the recording to the Lambda's own `handleEvent`, with a model account: each call changes the account first, then
 * its event is delivered. The clock shows the recorded times, and waiting takes no time.
 */
export async function play(mode: Mode): Promise<Played> {
  const account = freshAccount();
  const alerts = new RecordingAlerts();
  let nowMs = 0;
  const ports: Ports = {
    policies: account,
    writer: account,
    findings: new InMemoryFindings(),
    alerts,
    observer: { event: () => {}, sweep: () => {}, finding: () => {}, notified: () => {} },
    clock: {
      nowMs: () => nowMs,
      sleepMs: async (durationMs) => {
        nowMs += durationMs;
      },
    },
  };
  const settings = settingsFor(mode);
  const handle = handleEvent(ports, settings);
  const calls: { call: RecordedCall; report: EventResult }[] = [];
  for (const call of recording.Records) {
    account.applyRecord(call);
    nowMs = Date.parse(call.eventTime) + DELIVERY_MS;
    calls.push({ call, report: await handle(delivered(call)) });
  }
  return {
    mode,
    calls,
    alerts: alerts.findings,
    account: () => account.snapshot(),
    restore: restore(ports, settings),
  };
}

/** The account after the recorded calls, without a guard. */
export function unguarded(): AccountSnapshot {
  const account = freshAccount();
  for (const call of recording.Records) account.applyRecord(call);
  return account.snapshot();
}

function freshAccount(): InMemoryAccount {
  const account = new InMemoryAccount(ACCOUNT);
  account.load(accountDetails);
  return account;
}

/** As EventBridge wraps it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
function delivered(call: RecordedCall): unknown {
  return {
    version: "0",
    id: call.eventID,
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.iam",
    account: call.recipientAccountId,
    time: call.eventTime,
    region: call.awsRegion,
    resources: [],
    detail: call,
  };
}

/**
 * The SHA-256 of an account: its users, roles, groups, memberships, attachments, boundaries, policy versions and inline
 * policies, in a fixed order. Equal accounts have equal fingerprints.
 */
export function fingerprint(account: AccountSnapshot): string {
  return createHash("sha256").update(JSON.stringify(account)).digest("hex");
}

import { InMemoryAccount } from "@kms-guard/adapters/memory/in-memory-account.ts";
import { InMemoryFindings } from "@kms-guard/adapters/memory/in-memory-findings.ts";
import { RecordingAlerts } from "@kms-guard/adapters/memory/recording-alerts.ts";
import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { type EventResult, handleEvent } from "@kms-guard/guard/handle-event.ts";
import type { Ports } from "@kms-guard/guard/ports.ts";
import { readableRecords } from "@kms-guard/guard/records.ts";
import { ENFORCE } from "../examples/team-x.ts";
import { TestClock } from "./test-clock.ts";

/** A model account with a guard on it, and a world in which things happen to it. */
export class GuardedAccount {
  readonly clock = new TestClock();
  readonly findings = new InMemoryFindings();
  readonly alerts = new RecordingAlerts();
  readonly settings: GuardSettings;
  readonly account: InMemoryAccount;
  /** IAM's calls in the order in which the guard made them. */
  readonly calls: string[] = [];
  /** Answers the error of a call, if it is to fail. */
  fault: (operation: string) => Error | undefined = () => undefined;
  readonly ports: Ports;
  #events = 0;

  constructor(settings: Partial<GuardSettings> = {}, ports: Partial<Ports> = {}) {
    this.settings = { ...ENFORCE, ...settings };
    this.account = new InMemoryAccount(this.settings.account, {
      pageSize: 2,
      fault: (operation) => {
        this.calls.push(operation);
        return this.fault(operation);
      },
    });
    this.ports = {
      policies: this.account,
      writer: this.account,
      findings: this.findings,
      alerts: this.alerts,
      observer: {
        event: () => undefined,
        sweep: () => undefined,
        finding: () => undefined,
        notified: () => undefined,
      },
      clock: this.clock,
      ...ports,
    };
  }

  get iam(): InMemoryAccount["iam"] {
    return this.account.iam;
  }

  /** Somebody makes a call, which works; answers its event, not delivered yet. */
  happen(
    eventName: string,
    requestParameters: unknown,
    rest: Readonly<Record<string, unknown>> = {},
  ): unknown {
    this.#events += 1;
    const event = iamEvent(eventName, requestParameters, {
      eventID: `00000000-0000-4000-8000-${String(this.#events).padStart(12, "0")}`,
      ...rest,
    });
    this.account.applyRecord(event);
    return event;
  }

  guard(event: unknown): Promise<EventResult> {
    return handleEvent(this.ports, this.settings)(event);
  }

  /** The statuses that people were told of, in order. */
  get told(): readonly string[] {
    return this.alerts.findings.map(({ status }) => status);
  }

  /** How the findings stand, the first one first. */
  async statuses(): Promise<readonly string[]> {
    const statuses: string[] = [];
    for await (const { finding } of readableRecords(this.findings.list())) statuses.unshift(finding.status);
    return statuses;
  }

  /** Who holds a managed policy now, as `user/alice`. */
  holders(arn: string): readonly string[] {
    return [...this.iam.policy(arn).attachedTo].map(({ type, name }) => `${type}/${name}`);
  }
}

/** An EventBridge event of one IAM call by `mallory`, as AWS delivers it. */
export function iamEvent(
  eventName: string,
  requestParameters: unknown,
  rest: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    version: "0",
    id: "6f1d6a1e-93ac-4a6c-8f3b-5f6f0a2f7a55",
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.iam",
    account: "111122223333",
    time: "2026-03-02T09:00:00Z",
    region: "us-east-1",
    resources: [],
    detail: {
      eventVersion: "1.11",
      userIdentity: {
        type: "IAMUser",
        principalId: "AIDAEXAMPLEMALLORY000",
        arn: "arn:aws:iam::111122223333:user/mallory",
        accountId: "111122223333",
        userName: "mallory",
      },
      eventTime: "2026-03-02T09:00:00Z",
      eventSource: "iam.amazonaws.com",
      eventName,
      awsRegion: "us-east-1",
      sourceIPAddress: "203.0.113.7",
      userAgent: "aws-cli/2.31.0",
      requestParameters,
      responseElements: null,
      requestID: "0a5f3f0e-8c9d-4f43-b1b4-5a3a3a5f0c11",
      eventID: "11111111-2222-4333-8444-555555555555",
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: "111122223333",
      eventCategory: "Management",
      ...rest,
    },
  };
}

/** The steps of a finding's containment in short: `detach-user-policy alice done`. */
export function stepsOf(finding: Finding | undefined): readonly string[] {
  return (
    finding?.containment?.steps.map(
      ({ action, target, outcome }) => `${action} ${target.principal.name} ${outcome}`,
    ) ?? []
  );
}

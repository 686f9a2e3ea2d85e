import type { Mode } from "@kms-guard/core/containment/decision.ts";
import type { Observed } from "./diagnosis.ts";

/** Everything that the doctor looks at. A resource that is not there is `undefined`. */
export interface Observations {
  readonly deployment: GuardDeployment;
  readonly trails: Observed<readonly Trail[]>;
  readonly rule: Observed<Rule | undefined>;
  readonly targets: Observed<readonly Target[]>;
  /** The resource policy of the guard's function, a JSON document. */
  readonly invokers: Observed<string | undefined>;
  readonly deadLetters: Observed<Queue | undefined>;
  readonly functions: readonly Part<FunctionState | undefined>[];
  readonly roles: readonly Part<Role | undefined>[];
  readonly alarms: Observed<readonly Alarm[]>;
  readonly subscriptions: Observed<readonly Subscription[]>;
  /** `undefined` inside where the function that writes to it is not there, or names none. With `deployment.chatName`. */
  readonly chat?: Observed<Chat | undefined>;
  readonly table: Observed<Table | undefined>;
  /** ISO 8601 UTC; `undefined` where none is known. */
  readonly lastEvent: Observed<string | undefined>;
  readonly lastSweep: Observed<string | undefined>;
}

/** What the deployment says of itself, and the names of its parts. */
export interface GuardDeployment {
  readonly stage: string;
  readonly mode: Mode;
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly ruleName: string;
  readonly functionName: string;
  readonly sweepName: string;
  /** Absent where no alerts go to Slack. */
  readonly slackName?: string;
  /** The function that passes alerts on to Amazon Q. Absent where that is not configured. */
  readonly chatName?: string;
  readonly topicArn: string;
  readonly tableName: string;
}

export interface Part<T> {
  readonly name: string;
  readonly state: Observed<T>;
}

export interface Trail {
  readonly name: string;
  readonly arn: string;
  readonly homeRegion: string;
  readonly isMultiRegion: boolean;
  readonly includesGlobalEvents: boolean;
  readonly isLogging: Observed<boolean>;
  readonly selectors: Observed<TrailSelectors>;
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html */
export interface TrailSelectors {
  readonly basic: readonly { readonly managementEvents: boolean; readonly readWriteType: string }[];
  readonly advanced: readonly (readonly FieldSelector[])[];
}

export interface FieldSelector {
  readonly field: string;
  readonly equals: readonly string[];
  readonly notEquals: readonly string[];
  /** Names of other operators that it has: `StartsWith`, … */
  readonly others: readonly string[];
}

export interface Rule {
  readonly arn: string;
  /** `ENABLED`, `DISABLED`, … */
  readonly state: string;
  /** JSON. */
  readonly pattern: string;
}

export interface Target {
  readonly arn: string;
  readonly deadLettersArn?: string;
}

export interface Queue {
  readonly url: string;
  /** Messages that are there, whether or not somebody has received them for the moment. */
  readonly messages: number;
}

export interface FunctionState {
  /** `Active`, `Inactive` (idle, and woken by the next event), `Pending`, `Failed`. */
  readonly state: string;
  readonly stateReason?: string;
  /** `Successful`, `InProgress`, `Failed`. */
  readonly lastUpdate: string;
  readonly lastUpdateReason?: string;
  readonly reservedConcurrency?: number;
  /** As its own variables say. */
  readonly mode?: string;
  /** Where events go that it gives up on. */
  readonly deadLettersArn?: string;
  /** Where it passes alerts on to, if it is the one for Amazon Q. */
  readonly chatTopicArn?: string;
}

/** Permissions, a line each, whatever the order and division of the statements. */
export interface Role {
  readonly expected: readonly string[];
  readonly granted: readonly string[];
  /** Managed policies that are attached: none is expected. */
  readonly attached: readonly string[];
  readonly boundaryArn?: string;
  readonly arn: string;
}

export interface Alarm {
  readonly name: string;
  /** `OK`, `ALARM`, `INSUFFICIENT_DATA`. */
  readonly state: string;
  readonly reason: string;
  readonly notifies: boolean;
}

export interface Subscription {
  readonly protocol: string;
  readonly endpoint: string;
  /** An ARN, `PendingConfirmation` or `Deleted`. */
  readonly arn: string;
}

/** The topic that Amazon Q listens to. */
export interface Chat {
  readonly topicArn: string;
  /** Absent where there is no such topic. */
  readonly subscriptions?: readonly Subscription[];
}

export interface Table {
  readonly status: string;
  readonly hasDeletionProtection: boolean;
  readonly hasPointInTimeRecovery: Observed<boolean>;
}

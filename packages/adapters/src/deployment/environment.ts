import { MODES } from "@kms-guard/core/containment/decision.ts";
import {
  AWS_MANAGED_ACTIONS,
  CONTAIN_AT,
  type GuardSettings,
} from "@kms-guard/core/containment/guard-settings.ts";
import { KMS } from "@kms-guard/core/services/kms.ts";
import type { GuardConfig } from "./config.ts";

// No schema library and no SDK here: this is read at every cold start, and by the stacks.

/** What is known only once it is deployed. None of it is a secret. */
export interface Deployed {
  readonly stage: string;
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly ownRoleArns: readonly string[];
  readonly tableName: string;
  readonly topicArn: string;
  /** Name or ARN. */
  readonly eventBus: string;
  /** The log group that is the alert history. */
  readonly historyLogGroup: string;
}

/** What the guard's programs know about themselves. */
export interface GuardEnvironment
  extends Pick<Deployed, "stage" | "tableName" | "topicArn" | "eventBus" | "historyLogGroup"> {
  readonly settings: GuardSettings;
}

export type EnvironmentVariables = Readonly<Record<string, string>>;

/**
 * Lambda takes 4 KB of variables in all; some are others'. In bytes.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MOST_BYTES = 3_500;

/**
 * The environment variables of the guard's functions. Lists are separated by spaces, which IAM has in no name and no
 * path. `readEnvironment` is the way back.
 * @throws Error where they are more than Lambda takes.
 */
export function toEnvironment(
  config: Pick<
    GuardConfig,
    "mode" | "containAt" | "regions" | "awsManaged" | "protectedPrincipals" | "maxAttachments"
  >,
  deployed: Deployed,
): EnvironmentVariables {
  const variables = {
    KMS_GUARD_MODE: config.mode,
    KMS_GUARD_CONTAIN_AT: config.containAt,
    KMS_GUARD_REGIONS: (config.regions ?? []).join(" "),
    KMS_GUARD_AWS_MANAGED: config.awsManaged,
    KMS_GUARD_PROTECTED_PRINCIPALS: config.protectedPrincipals.join(" "),
    KMS_GUARD_MAX_ATTACHMENTS: String(config.maxAttachments),
    KMS_GUARD_STAGE: deployed.stage,
    KMS_GUARD_ACCOUNT: deployed.account,
    KMS_GUARD_PARTITION: deployed.partition,
    KMS_GUARD_REGION: deployed.region,
    KMS_GUARD_OWN_ROLE_ARNS: deployed.ownRoleArns.join(" "),
    KMS_GUARD_TABLE: deployed.tableName,
    KMS_GUARD_TOPIC_ARN: deployed.topicArn,
    KMS_GUARD_EVENT_BUS: deployed.eventBus,
    KMS_GUARD_HISTORY_LOG_GROUP: deployed.historyLogGroup,
  };
  const bytes = Buffer.byteLength(Object.entries(variables).flat().join(""));
  if (bytes > MOST_BYTES) {
    throw new Error(
      `guard.config.ts: \`protectedPrincipals\` makes ${bytes} bytes of environment variables and Lambda has room ` +
        `for ${MOST_BYTES}: name fewer, or by \`role/Name\` instead of the ARN`,
    );
  }
  return variables;
}

/**
 * What `toEnvironment` wrote, from `process.env`.
 * @throws Error that names the first variable that is missing or wrong: nothing is guessed, least of all the mode.
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): GuardEnvironment {
  const text = (name: string) => textOf(variables, name);
  const oneOf = <const T extends string>(name: string, options: readonly T[]): T => {
    const value = text(name);
    const option = options.find((candidate) => candidate === value);
    if (option === undefined) throw wrong(name, `is \`${value}\`, not ${options.join(" or ")}`);
    return option;
  };
  const list = (name: string): readonly string[] => {
    const value = variables[name];
    if (value === undefined) throw wrong(name, "is not set");
    return value.split(" ").filter((entry) => entry !== "");
  };
  const count = (name: string): number => {
    const value = text(name);
    if (!/^[1-9]\d{0,5}$/.test(value)) throw wrong(name, `is \`${value}\`, not a whole number above 0`);
    return Number(value);
  };
  const historyLogGroup = text("KMS_GUARD_HISTORY_LOG_GROUP");
  const regions = list("KMS_GUARD_REGIONS");
  return {
    settings: {
      mode: oneOf("KMS_GUARD_MODE", MODES),
      account: { id: text("KMS_GUARD_ACCOUNT"), partition: text("KMS_GUARD_PARTITION") },
      service: KMS,
      ...(regions.length > 0 && { regions }),
      region: text("KMS_GUARD_REGION"),
      historyLogGroup,
      containAt: oneOf("KMS_GUARD_CONTAIN_AT", CONTAIN_AT),
      awsManaged: oneOf("KMS_GUARD_AWS_MANAGED", AWS_MANAGED_ACTIONS),
      protectedPrincipals: list("KMS_GUARD_PROTECTED_PRINCIPALS"),
      maxAttachments: count("KMS_GUARD_MAX_ATTACHMENTS"),
      ownRoleArns: list("KMS_GUARD_OWN_ROLE_ARNS"),
    },
    stage: text("KMS_GUARD_STAGE"),
    tableName: text("KMS_GUARD_TABLE"),
    topicArn: text("KMS_GUARD_TOPIC_ARN"),
    eventBus: text("KMS_GUARD_EVENT_BUS"),
    historyLogGroup,
  };
}

/** The variable that names the topic which Amazon Q listens to. */
export const CHAT_TOPIC = "KMS_GUARD_CHAT_TOPIC_ARN";

/** The variables of the function that notifies Amazon Q, and of no other. `readChatTopic` is the way back. */
export function chatEnvironment(chatTopicArn: string): EnvironmentVariables {
  return { [CHAT_TOPIC]: chatTopicArn };
}

/** The ARN of the topic that Amazon Q listens to, from `process.env`. @throws Error where it is not set. */
export function readChatTopic(variables: Readonly<Record<string, string | undefined>>): string {
  return textOf(variables, CHAT_TOPIC);
}

function textOf(variables: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = variables[name];
  if (value === undefined || value === "") throw wrong(name, "is not set");
  return value;
}

function wrong(name: string, problem: string): Error {
  return new Error(
    `environment variable ${name} ${problem}: \`npx sst deploy\` sets it from guard.config.ts`,
  );
}

import type { GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { partName } from "@kms-guard/adapters/deployment/deployment-name.ts";

/** Where the guard is deployed, and the names of its parts. */
export interface DeploymentContext {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly production: boolean;
  /** `kms-guard-<stage>-<part>`: names of functions, roles, rules and alarms, known before they are made. */
  readonly named: (part: string) => string;
}

/** The stage that is deployed, in the account and region of the credentials. */
export async function deploymentContext(): Promise<DeploymentContext> {
  const [{ accountId: account }, { region }, { partition }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getRegion(),
    aws.getPartition(),
  ]);
  const named = (part: string) => partName($app.stage, part);
  return { account, partition, region, production: $app.stage === "production", named };
}

/** The functions that pass alerts on, by their parts' names. */
export function notifiers({ slack, amazonQ }: GuardConfig): readonly string[] {
  return [...(slack ? ["notify-slack"] : []), ...(amazonQ ? ["notify-amazon-q"] : [])];
}

/** Every role of the guard. The guard never detaches anything from them, and its own permissions deny it too. */
export function ownRoleArns(
  config: GuardConfig,
  { account, partition, named }: DeploymentContext,
): readonly string[] {
  const parts = ["guard", "sweep", "sweep-schedule", ...notifiers(config)];
  return parts.map((part) => `arn:${partition}:iam::${account}:role/${named(part)}`);
}

/**
 * Who may assume a role of the guard: this service, for this account. The roles that SST makes by itself also trust
 * everybody in the account who may assume roles.
 */
export function trusting(
  service: "lambda" | "scheduler",
  { account }: DeploymentContext,
): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: `${service}.amazonaws.com` },
        Action: "sts:AssumeRole",
        ...(service === "scheduler" && { Condition: { StringEquals: { "aws:SourceAccount": account } } }),
      },
    ],
  };
}

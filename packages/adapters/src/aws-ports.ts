import type { Clock, Observer, Ports } from "@kms-guard/guard/ports.ts";
import { awsClients } from "./aws-clients.ts";
import type { AwsAccess } from "./aws-sdk/aws-access.ts";
import type { GuardEnvironment } from "./deployment/environment.ts";
import { dynamoFindings } from "./findings/dynamo-findings.ts";
import { iamConnection } from "./iam/connection.ts";
import { createPolicyReader } from "./iam/policy-reader.ts";
import { createPolicyWriter } from "./iam/policy-writer.ts";
import { eventBridgeChannel } from "./notify/event-bridge-channel.ts";
import { snsChannel } from "./notify/sns-channel.ts";

const SILENT: Observer = {
  event: () => undefined,
  sweep: () => undefined,
  finding: () => undefined,
  notified: () => undefined,
};

/** A deployed guard's ports, for its functions and for an operator. Makes no client and no call before it has to. */
export function awsPorts(
  { settings, tableName, topicArn, eventBus }: GuardEnvironment,
  { access, clock, observer = SILENT }: { access: AwsAccess; clock: Clock; observer?: Observer },
): Ports {
  const clients = awsClients(access);
  return {
    policies: createPolicyReader(iamConnection(access)),
    // No SDK retries: performSteps retries itself, so it can distinguish a lost answer from somebody else's detach.
    writer: createPolicyWriter(iamConnection({ ...access, maxAttempts: 1 })),
    findings: dynamoFindings({ client: clients.dynamoDb, tableName, account: settings.account.id, clock }),
    alerts: {
      people: snsChannel({ client: clients.sns, topicArn }),
      programs: eventBridgeChannel({ client: clients.eventBridge, eventBus }),
    },
    observer,
    clock,
  };
}

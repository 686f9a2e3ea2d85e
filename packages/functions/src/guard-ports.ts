import { alertChannel } from "@kms-guard/adapters/alerts/alert-channel.ts";
import { eventBridgeChannel } from "@kms-guard/adapters/alerts/event-bridge-channel.ts";
import { snsChannel } from "@kms-guard/adapters/alerts/sns-channel.ts";
import { awsClients } from "@kms-guard/adapters/aws-clients.ts";
import type { GuardEnvironment } from "@kms-guard/adapters/environment.ts";
import { dynamoFindings } from "@kms-guard/adapters/findings/dynamo-findings.ts";
import { iamConnection } from "@kms-guard/adapters/iam/connection.ts";
import { createPolicyReader } from "@kms-guard/adapters/iam/policy-reader.ts";
import { createPolicyWriter } from "@kms-guard/adapters/iam/policy-writer.ts";
import type { WatchingObserver } from "@kms-guard/adapters/observer.ts";
import { systemClock } from "@kms-guard/adapters/system-clock.ts";
import type { Clock, Ports } from "@kms-guard/guard/ports.ts";

/** The world as the deployed guard sees it. Makes no client and no call: each port does when it is first used. */
export function guardPorts(
  { tableName, topicArn, eventBus }: GuardEnvironment,
  observer: WatchingObserver,
  clock: Clock = systemClock,
): Ports {
  const clients = awsClients();
  const findings = dynamoFindings({ client: clients.dynamoDb, tableName, clock });
  const channels = [
    { name: "sns", channel: snsChannel({ client: clients.sns, topicArn }) },
    { name: "event-bridge", channel: eventBridgeChannel({ client: clients.eventBridge, eventBus }) },
  ];
  return {
    policies: createPolicyReader(iamConnection()),
    // One try a call: the guard tries again by itself, and so knows whether it may have been the one who detached.
    writer: createPolicyWriter(iamConnection({ maxAttempts: 1 })),
    findings,
    alerts: observer.watch(alertChannel(channels, findings)),
    observer,
    clock,
  };
}

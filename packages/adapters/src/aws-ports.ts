import { isWorthTelling } from "@kms-guard/core/findings/recurrence.ts";
import type { Clock, Observer, Ports } from "@kms-guard/guard/ports.ts";
import { awsClients } from "./aws-clients.ts";
import type { AwsAccess } from "./aws-sdk/aws-access.ts";
import type { GuardEnvironment } from "./deployment/environment.ts";
import { dynamoFindings } from "./findings/dynamo-findings.ts";
import { iamConnection } from "./iam/connection.ts";
import { createPolicyReader } from "./iam/policy-reader.ts";
import { createPolicyWriter } from "./iam/policy-writer.ts";
import { alertChannel } from "./notify/alert-channel.ts";
import { eventBridgeChannel } from "./notify/event-bridge-channel.ts";
import { snsChannel } from "./notify/sns-channel.ts";

const SILENT: Observer = { event: () => undefined, sweep: () => undefined, finding: () => undefined };

/** A deployed guard's world, for the guard itself and for an operator. Makes no client and no call before it has to. */
export function awsPorts(
  { settings, tableName, topicArn, eventBus }: GuardEnvironment,
  { access, clock, observer = SILENT }: { access: AwsAccess; clock: Clock; observer?: Observer },
): Ports {
  const clients = awsClients(access);
  const findings = dynamoFindings({
    client: clients.dynamoDb,
    tableName,
    account: settings.account.id,
    clock,
  });
  const channels = [
    { name: "sns", channel: snsChannel({ client: clients.sns, topicArn }), hears: isWorthTelling },
    { name: "event-bridge", channel: eventBridgeChannel({ client: clients.eventBridge, eventBus }) },
  ];
  return {
    policies: createPolicyReader(iamConnection(access)),
    // One try a call: `performSteps` tries again, and so knows whether it may have detached the policy itself.
    writer: createPolicyWriter(iamConnection({ ...access, maxAttempts: 1 })),
    findings,
    alerts: alertChannel(channels, findings),
    observer,
    clock,
  };
}

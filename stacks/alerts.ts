import type { GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import type { DeploymentContext } from "./context.ts";
import { lambda } from "./lambda.ts";

/** The topic that notifies people: findings, notices and the guard's own alarms. */
export function alertsTopic(
  config: GuardConfig,
  context: DeploymentContext,
  deadLetters: sst.aws.Queue,
): sst.aws.SnsTopic {
  const topic = new sst.aws.SnsTopic("Alerts");
  new aws.sns.TopicPolicy("AlertsPolicy", { arn: topic.arn, policy: policyFor(topic, context) });
  for (const address of config.emails) {
    new aws.sns.TopicSubscription(`AlertsEmail-${address}`, {
      topic: topic.arn,
      protocol: "email",
      endpoint: address,
    });
  }
  if (config.slack) {
    topic.subscribe(
      "Slack",
      lambda("notify-slack", context, deadLetters, {
        handler: "packages/functions/src/notify-slack.handler",
        description: "kms-guard: passes alerts on to Slack",
        // The value is in neither the environment nor the role: SST encrypts it into the bundle.
        link: [new sst.Secret("SlackWebhookUrl")],
        timeout: "2 minutes",
      }),
    );
  }
  return topic;
}

/**
 * The guard publishes by its role; the policy allows only alarms. SNS's default policy would let everybody in the
 * account publish and subscribe.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
function policyFor(topic: sst.aws.SnsTopic, { account, partition, region }: DeploymentContext) {
  return $jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OwnAlarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic.arn,
        Condition: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` },
        },
      },
      onlyEncrypted(topic),
    ],
  });
}

/** For a topic's policy: nobody publishes on it unencrypted. */
export function onlyEncrypted(topic: sst.aws.SnsTopic) {
  return {
    Sid: "OnlyEncryptedConnections",
    Effect: "Deny",
    Principal: "*",
    Action: "sns:Publish",
    Resource: topic.arn,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

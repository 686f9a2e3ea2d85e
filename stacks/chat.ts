import { chatEnvironment } from "@kms-guard/adapters/deployment/environment.ts";
import { chatPermissions } from "@kms-guard/adapters/deployment/permissions.ts";
import { onlyEncrypted } from "./alerts.ts";
import type { DeploymentContext } from "./context.ts";
import { lambda } from "./lambda.ts";

/**
 * The topic for a channel of Amazon Q Developer in chat applications, which the channel's owner subscribes to it: the
 * same alerts once more, as a chat shows them. A subscriber of the alerts topic writes it, with retries of its own, so
 * that it can neither delay nor repeat the guard's own alerts.
 */
export function chatTopic(
  alerts: sst.aws.SnsTopic,
  context: DeploymentContext,
  deadLetters: sst.aws.Queue,
): sst.aws.SnsTopic {
  const topic = new sst.aws.SnsTopic("Chat");
  new aws.sns.TopicPolicy("ChatPolicy", {
    arn: topic.arn,
    policy: $jsonStringify({ Version: "2012-10-17", Statement: [onlyEncrypted(topic)] }),
  });
  alerts.subscribe(
    "AmazonQ",
    lambda("notify-amazon-q", context, deadLetters, {
      handler: "packages/functions/src/notify-amazon-q.handler",
      description: "kms-guard: passes alerts on to Amazon Q Developer in chat applications",
      environment: topic.arn.apply(chatEnvironment),
      permissions: topic.arn.apply((chatTopicArn) => chatPermissions({ chatTopicArn })),
      timeout: "2 minutes",
    }),
  );
  return topic;
}

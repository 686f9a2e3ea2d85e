import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { arnName, parseArn } from "@kms-guard/core/aws/arn.ts";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { Queue } from "@kms-guard/guard/doctor/observations.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { andThen, asking, observe, observeThere } from "./observe.ts";

const COUNTS = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
] as const;

/** How many messages a queue holds, by its ARN. */
export async function observeQueue(access: AwsAccess, arn: string): Promise<Observed<Queue | undefined>> {
  const account = parseArn(arn)?.account;
  const client = new SQSClient(asking(access));
  const url = await observeThere("sqs:GetQueueUrl", () =>
    client.send(new GetQueueUrlCommand({ QueueName: arnName(arn), QueueOwnerAWSAccountId: account })),
  );
  return andThen(url, async (found): Promise<Observed<Queue | undefined>> => {
    const QueueUrl = found?.QueueUrl;
    if (QueueUrl === undefined) return { kind: "read", value: undefined };
    return observe("sqs:GetQueueAttributes", async () => {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] }),
      );
      const messages = COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
      return { url: QueueUrl, messages };
    });
  });
}

/** Where events end that could not be delivered or handled: kept two weeks, alarmed, and redriven by a person. */
export function deadLettersQueue(): sst.aws.Queue {
  return new sst.aws.Queue("DeadLetters", {
    transform: { queue: { messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true } },
  });
}

/** Lets these rules, and no other service or account, put there what they could not deliver. */
export function acceptFromRules(queue: sst.aws.Queue, rules: readonly aws.cloudwatch.EventRule[]): void {
  new aws.sqs.QueuePolicy("DeadLettersPolicy", {
    queueUrl: queue.url,
    policy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "UndeliveredByTheRules",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue.arn,
          Condition: { ArnEquals: { "aws:SourceArn": rules.map((rule) => rule.arn) } },
        },
      ],
    }),
  });
}

/** EventBridge's longest retries: a day. What is not delivered then is a dead letter. */
export function retryPolicy(queue: sst.aws.Queue) {
  return {
    retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    deadLetterConfig: { arn: queue.arn },
  };
}

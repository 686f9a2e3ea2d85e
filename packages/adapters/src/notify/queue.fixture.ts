/** An SQS queue of a moto server, by plain HTTP: no client of SQS is needed elsewhere. */
export interface Queue {
  readonly url: string;
  readonly arn: string;
  /** The bodies of what it holds, parsed, and takes them out. */
  receive(): Promise<readonly unknown[]>;
}

export async function createQueue(endpoint: string, name: string): Promise<Queue> {
  const { QueueUrl: url } = await call(endpoint, "CreateQueue", { QueueName: name });
  if (typeof url !== "string") throw new Error("moto made no queue");
  return {
    url,
    arn: `arn:aws:sqs:us-east-1:111122223333:${name}`,
    async receive() {
      const { Messages } = await call(endpoint, "ReceiveMessage", { QueueUrl: url, MaxNumberOfMessages: 10 });
      if (!Array.isArray(Messages)) return [];
      const messages: readonly { readonly Body: string; readonly ReceiptHandle: string }[] = Messages;
      // SQS shows again what is not deleted, after half a minute.
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await call(endpoint, "DeleteMessageBatch", { QueueUrl: url, Entries });
      return messages.map(({ Body }): unknown => JSON.parse(Body));
    },
  };
}

async function call(endpoint: string, action: string, input: object): Promise<Record<string, unknown>> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `AmazonSQS.${action}`,
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260304/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=none",
    },
    body: JSON.stringify(input),
  });
  const answer: unknown = await response.json();
  if (!response.ok || typeof answer !== "object" || answer === null) {
    throw new Error(`SQS ${action}: ${response.status} ${JSON.stringify(answer)}`);
  }
  return { ...answer };
}

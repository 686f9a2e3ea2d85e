import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { FINDING } from "../findings/finding.fixture.ts";
import { NOTICE } from "./notice.fixture.ts";
import { notifyAmazonQ } from "./notify-amazon-q.ts";
import { createQueue, type Queue } from "./queue.fixture.ts";

let moto: Moto;
let client: SNSClient;
let topicArn: string;
let queue: Queue;

beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto?.stop());
beforeEach(async () => {
  await moto.reset();
  client = new SNSClient({
    endpoint: moto.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "none" },
  });
  topicArn = (await client.send(new CreateTopicCommand({ Name: "Chat" }))).TopicArn ?? "";
  queue = await createQueue(moto.endpoint, "chat");
  await client.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: "sqs", Endpoint: queue.arn }));
});

test("a finding, a notice, an alarm and what cannot be read come to the topic as custom notifications", async () => {
  const alarm = {
    AlarmName: "kms-guard-errors",
    NewStateValue: "ALARM",
    NewStateReason: "Threshold Crossed",
  };
  const messages = [FINDING, NOTICE, alarm, "hello <!channel>"].map((message) => JSON.stringify(message));
  await notifyAmazonQ({ client, topicArn })(records(...messages));

  const told = await received();
  expect(told).toHaveLength(4);
  for (const message of told) expect(message).toMatchObject({ version: "1.0", source: "custom" });
  const by = (eventType: string) => told.find(({ metadata }) => metadata.eventType === eventType);
  expect(by("kms-guard-finding")).toMatchObject({
    content: { title: expect.stringMatching(/^CRITICAL .*TeamX/), keywords: ["CRITICAL", "full", "open"] },
    metadata: {
      threadId: "kg-00112233445566aa",
      relatedResources: ["arn:aws:iam::111122223333:policy/TeamX"],
    },
  });
  expect(by("kms-guard-notice")).toMatchObject({
    content: {
      title: "HIGH notice: a CloudTrail record could not be read",
      keywords: ["HIGH", "malformed-record"],
    },
    metadata: { threadId: "kn-0011223344556677" },
  });
  expect(by("kms-guard-alarm")).toMatchObject({
    content: { title: "ALARM: kms-guard-errors", description: "Threshold Crossed", keywords: ["ALARM"] },
  });
  expect(by("kms-guard-unreadable")?.content.description).toContain("hello ‹!channel›");
});

test("what the topic does not take is thrown, so that it comes again", async () => {
  const notify = notifyAmazonQ({ client, topicArn: `${topicArn}-gone` });
  await expect(notify(records(JSON.stringify(FINDING)))).rejects.toThrow("does not exist");
  expect(await received()).toEqual([]);
});

async function received() {
  const envelopes = await queue.receive();
  return envelopes.map((envelope): { content: { description: string }; metadata: { eventType: string } } =>
    JSON.parse(Reflect.get(Object(envelope), "Message")),
  );
}

/** The event of a Lambda that is subscribed to a topic: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
function records(...messages: string[]): unknown {
  return {
    Records: messages.map((Message) => ({ EventSource: "aws:sns", Sns: { Message, Subject: null } })),
  };
}

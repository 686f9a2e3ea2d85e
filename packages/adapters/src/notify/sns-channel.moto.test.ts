import {
  CreateTopicCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FINDING } from "../findings/finding.fixture.ts";
import { NOTICE } from "./notice.fixture.ts";
import { createQueue, type Queue } from "./queue.fixture.ts";
import { snsChannel } from "./sns-channel.ts";

let moto: Moto;
let client: SNSClient;
let topicArn: string;
let queue: Queue;
let subscription: string;

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
  topicArn = (await client.send(new CreateTopicCommand({ Name: "Alerts" }))).TopicArn ?? "";
  queue = await createQueue(moto.endpoint, "alerts");
  const { SubscriptionArn = "" } = await client.send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: "sqs", Endpoint: queue.arn }),
  );
  subscription = SubscriptionArn;
});

const channel = () => snsChannel({ client: async () => client, topicArn });

describe("a finding", () => {
  test("comes to a program as the finding's JSON, with the attributes to filter by", async () => {
    await channel().publishFinding(FINDING);
    const [envelope] = await received();
    expect(JSON.parse(envelope?.Message ?? "")).toEqual(FINDING);
    expect(envelope?.MessageAttributes).toEqual({
      severity: { Type: "String", Value: "CRITICAL" },
      verdict: { Type: "String", Value: "full" },
      status: { Type: "String", Value: "open" },
      account: { Type: "String", Value: "111122223333" },
    });
  });

  test("is one message with a body for each protocol: text for people, JSON for programs", async () => {
    const inputs = recordInputs();
    await channel().publishFinding(FINDING);
    const bodies = JSON.parse(inputs[0]?.Message ?? "");
    expect(Object.keys(bodies)).toEqual(["default", "email", "lambda", "sqs", "https"]);
    expect(bodies.email).toContain("TeamX");
    expect(bodies.default).toBe(bodies.email);
    expect(bodies.email.split("\n").every((line: string) => line.length <= 72)).toBe(true);
    for (const protocol of ["lambda", "sqs", "https"]) expect(JSON.parse(bodies[protocol])).toEqual(FINDING);
    expect(inputs[0]?.MessageStructure).toBe("json");
  });

  test("has a subject that SNS takes, whatever its title holds", async () => {
    const inputs = recordInputs();
    await channel().publishFinding({ ...FINDING, title: `kms:*\r\nBcc: x ☃ ${"long ".repeat(50)}` });
    expect(inputs[0]?.Subject).toMatch(/^[ -~]{1,99}$/);
    expect(inputs[0]?.Subject).toMatch(/^kms-guard: CRITICAL/);
  });

  test("reaches the subscriptions whose filter it passes, and no other", async () => {
    const filter = (policy: object) =>
      client.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: subscription,
          AttributeName: "FilterPolicy",
          AttributeValue: JSON.stringify(policy),
        }),
      );
    await filter({ severity: ["MEDIUM"] });
    await channel().publishFinding(FINDING);
    expect(await received()).toEqual([]);
    await filter({ severity: ["CRITICAL"], status: ["open"] });
    await channel().publishFinding(FINDING);
    expect(await received()).toHaveLength(1);
  });

  test("that is too large for SNS is sent shorter, and says so", async () => {
    const large: Finding = { ...FINDING, change: { previousVersionId: "v2", diff: "+".repeat(300_000) } };
    await channel().publishFinding(large);
    const [envelope] = await received();
    expect(JSON.parse(envelope?.Message ?? "")).toEqual({
      ...large,
      change: { previousVersionId: "v2", diff: "(left out: 300000 characters)" },
      nextSteps: [
        "npx --no kms-guard show kg-00112233445566aa",
        "npx --no kms-guard show kg-00112233445566aa  # all of it: this message was too long (diff)",
      ],
    });
  });

  test("that SNS does not take is an error", async () => {
    const nowhere = snsChannel({ client: async () => client, topicArn: `${topicArn}-gone` });
    await expect(nowhere.publishFinding(FINDING)).rejects.toThrow("does not exist");
  });
});

describe("a notice", () => {
  test("comes as its JSON, and can be told from a finding by its attributes", async () => {
    await channel().publishNotice(NOTICE);
    const [envelope] = await received();
    expect(JSON.parse(envelope?.Message ?? "")).toEqual(NOTICE);
    expect(envelope?.MessageAttributes).toEqual({
      kind: { Type: "String", Value: "notice" },
      notice: { Type: "String", Value: "malformed-record" },
      severity: { Type: "String", Value: "HIGH" },
      account: { Type: "String", Value: "111122223333" },
    });
  });

  test("of an unknown account goes out without that attribute, which SNS would refuse", async () => {
    await channel().publishNotice({ ...NOTICE, account: "" });
    const [envelope] = await received();
    expect(Object.keys(envelope?.MessageAttributes ?? {})).toEqual(["kind", "notice", "severity"]);
  });
});

interface Envelope {
  readonly Message: string;
  readonly MessageAttributes: object;
}

function isEnvelope(body: unknown): body is Envelope {
  return typeof body === "object" && body !== null && "Message" in body && "MessageAttributes" in body;
}

async function received(): Promise<readonly Envelope[]> {
  return (await queue.receive()).filter(isEnvelope);
}

interface PublishInput {
  readonly Subject?: string | undefined;
  readonly Message?: string | undefined;
  readonly MessageStructure?: string | undefined;
}

/** What goes out of the client from now on. */
function recordInputs(): PublishInput[] {
  const inputs: PublishInput[] = [];
  client.middlewareStack.add(
    (next) => (args) => {
      if ("Message" in args.input) inputs.push(args.input);
      return next(args);
    },
    { step: "initialize" },
  );
  return inputs;
}

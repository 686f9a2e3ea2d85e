import { describe, expect, test } from "vitest";
import { FINDING } from "../findings/finding.fixture.ts";
import { NOTICE } from "./notice.fixture.ts";
import { notifySlack } from "./notify-slack.ts";
import type { SlackMessage } from "./slack-delivery.ts";

describe("what SNS delivers goes to Slack", () => {
  test("a finding as its alert", async () => {
    const [message] = await sent(records(JSON.stringify(FINDING)));
    expect(message?.text).toMatch(/^CRITICAL .*TeamX/);
    expect(JSON.stringify(message?.blocks)).toContain("npx --no kms-guard show kg-00112233445566aa");
  });

  test("a notice as its alert", async () => {
    const [message] = await sent(records(JSON.stringify(NOTICE)));
    expect(message?.text).toBe("HIGH notice: a CloudTrail record could not be read");
  });

  test("an alarm of CloudWatch by its name and reason", async () => {
    const alarm = {
      AlarmName: "kms-guard-errors",
      NewStateValue: "ALARM",
      NewStateReason: "Threshold Crossed: 1 datapoint [1.0] was greater than the threshold (0.0).",
    };
    const [message] = await sent(records(JSON.stringify(alarm)));
    expect(message?.text).toBe("ALARM: kms-guard-errors");
    expect(JSON.stringify(message?.blocks)).toContain("Threshold Crossed: 1 datapoint");
    expect(JSON.stringify(message?.blocks)).toContain("npx --no kms-guard doctor");
  });

  test("every record of an event", async () => {
    const messages = await sent(records(JSON.stringify(FINDING), JSON.stringify(NOTICE)));
    expect(messages).toHaveLength(2);
  });

  test.each([
    ["text", "hello <!channel>"],
    ["JSON of nothing known", '{"hello":"<!channel>"}'],
    ["a finding of another schema", JSON.stringify({ ...FINDING, schemaVersion: "2" })],
    ["a damaged finding", JSON.stringify({ ...FINDING, evidence: "<!channel>" })],
  ])("%s as the text it is, with no mention made of it", async (_, text) => {
    const [message] = await sent(records(text));
    expect(message?.text).toBe("kms-guard: a message that could not be read");
    expect(JSON.stringify(message?.blocks)).not.toContain("<!channel>");
    expect(JSON.stringify(message?.blocks)).toMatch(/hello|kg-00112233445566aa/);
  });

  test.each([
    ["no event", undefined],
    ["an empty event", { Records: [] }],
    ["an event of something else", { Records: [{ s3: {} }] }],
  ])("%s is told, not dropped", async (_, event) => {
    const messages = await sent(event);
    expect(messages.map(({ text }) => text)).toEqual(["kms-guard: a message that could not be read"]);
  });
});

test("what Slack does not take is thrown, after everything else was sent", async () => {
  const taken: SlackMessage[] = [];
  const notify = notifySlack({
    slack: async (message) => {
      if (message.text.startsWith("CRITICAL")) throw new Error("429 rate_limited");
      taken.push(message);
    },
  });
  const event = records(JSON.stringify(FINDING), JSON.stringify(NOTICE));
  await expect(notify(event)).rejects.toThrow("429 rate_limited");
  expect(taken).toHaveLength(1);
});

async function sent(event: unknown): Promise<readonly SlackMessage[]> {
  const messages: SlackMessage[] = [];
  await notifySlack({
    slack: async (message) => {
      messages.push(message);
    },
  })(event);
  return messages;
}

/** The event of a Lambda that is subscribed to a topic: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
function records(...messages: string[]): unknown {
  return {
    Records: messages.map((Message) => ({
      EventSource: "aws:sns",
      EventVersion: "1.0",
      EventSubscriptionArn: "arn:aws:sns:us-east-1:111122223333:Alerts:0a0b0c0d",
      Sns: {
        Type: "Notification",
        MessageId: "5b1c5a5e-0000-4000-8000-000000000002",
        TopicArn: "arn:aws:sns:us-east-1:111122223333:Alerts",
        Subject: null,
        Message,
        Timestamp: "2026-03-04T05:06:14.000Z",
        MessageAttributes: {},
      },
    })),
  };
}

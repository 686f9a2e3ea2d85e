import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { defineGuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { type Rendered, renderStacks } from "@kms-guard/sandbox/render/render.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inputsOf } from "./resource-of.ts";

/** The bundles that would be uploaded, in processes that know of nothing but what the function is told. */

let rendered: Rendered;
const WEBHOOK = "https://hooks.slack.invalid/services/T00000000/B00000000/notarealwebhook";
beforeAll(async () => {
  const config = defineGuardConfig({ slack: true, amazonQ: true });
  rendered = await renderStacks({ config, stage: "production", secrets: { SlackWebhookUrl: WEBHOOK } });
});
afterAll(() => rendered.close());

async function inBundle(id: string, program: string): Promise<string> {
  const { variables } = JSON.parse(JSON.stringify(inputsOf(rendered, `${id}Function`).environment));
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: rendered.bundles.get(id),
    env: { ...variables, AWS_REGION: "us-east-1", AWS_LAMBDA_FUNCTION_NAME: id },
  });
  return stdout;
}

test.each(["Guard", "Sweep", "AlertsSubscriberSlackFunction", "AlertsSubscriberAmazonQFunction"])(
  "%s has a handler to call",
  async (id) => {
    expect(await inBundle(id, `console.log(typeof (await import("./bundle.mjs")).handler)`)).toBe(
      "function\n",
    );
  },
);

test("the guard answers what is none of its business without a call on AWS", async () => {
  const event = {
    source: "aws.iam",
    "detail-type": "AWS API Call via CloudTrail",
    detail: { eventSource: "iot.amazonaws.com", eventName: "CreatePolicy" },
  };
  const program = `const { handler } = await import("./bundle.mjs"); console.log(JSON.stringify(await handler(${JSON.stringify(event)})))`;
  expect(await inBundle("Guard", program)).toContain('"not-ours"');
});

test("the Slack notifier sends to the secret's URL, which its environment does not tell", async () => {
  const program = `
    globalThis.fetch = async (url) => { console.log(String(url)); return new Response("ok"); };
    const { handler } = await import("./bundle.mjs");
    await handler({ Records: [{ Sns: { Message: "hello", Subject: "hello" } }] });`;
  expect(await inBundle("AlertsSubscriberSlackFunction", program)).toContain(`${WEBHOOK}\n`);
  expect(JSON.stringify(inputsOf(rendered, "AlertsSubscriberSlackFunctionFunction"))).not.toContain(WEBHOOK);
});

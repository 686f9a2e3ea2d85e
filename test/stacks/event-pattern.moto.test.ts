import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { defineGuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { ROOT } from "@kms-guard/sandbox/render/platform.ts";
import { type Rendered, renderStacks } from "@kms-guard/sandbox/render/render.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { inputsOf } from "./resource-of.ts";

/** Which events reach the guard: the rule as it is deployed, judged by moto's EventBridge. */

interface Event {
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: Readonly<Record<string, unknown>>;
}

let moto: Moto;
let rendered: Rendered;
let fixtures: readonly { readonly name: string; readonly event: Event }[] = [];
let queueUrl: string;

beforeAll(async () => {
  const folder = join(ROOT, "test", "fixtures", "events");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  [moto, rendered, fixtures] = await Promise.all([
    startMoto(),
    renderStacks({ config: defineGuardConfig({}), stage: "production" }),
    Promise.all(
      names.map(async (name) => ({ name, event: JSON.parse(await readFile(join(folder, name), "utf8")) })),
    ),
  ]);
});
afterAll(() => Promise.all([moto.stop(), rendered.close()]));

beforeEach(async () => {
  await moto.reset();
  const {
    name: Name,
    eventPattern: EventPattern,
    eventBusName: EventBusName,
  } = inputsOf(rendered, "GuardRule");
  ({ QueueUrl: queueUrl } = await call("AmazonSQS.CreateQueue", { QueueName: "judged" }));
  await call("AWSEvents.PutRule", { Name, EventPattern, EventBusName });
  const Arn = "arn:aws:sqs:us-east-1:111122223333:judged";
  await call("AWSEvents.PutTargets", { Rule: Name, EventBusName, Targets: [{ Id: "1", Arn }] });
});

test("every call that can change a grant reaches the guard", async () => {
  expect(fixtures.length).toBeGreaterThan(20);
  expect(await reached(fixtures)).toEqual(fixtures.map(({ name }) => name).toSorted());
});

test("as the China regions may spell it, too", async () => {
  const spelt = fixtures.map(({ name, event }) => ({
    name,
    event: { ...event, "detail-type": "Amazon API Call via CloudTrail" },
  }));
  expect(await reached(spelt)).toEqual(fixtures.map(({ name }) => name).toSorted());
});

test.each<[string, (event: Event) => Event]>([
  ["a call that failed", (event) => withDetail(event, { errorCode: "AccessDenied", errorMessage: "no" })],
  [
    "another service's call of the same name",
    (event) => ({
      ...withDetail(event, { eventSource: "organizations.amazonaws.com" }),
      source: "aws.organizations",
    }),
  ],
  [
    "another service's call under IAM's source",
    (event) => withDetail(event, { eventSource: "verifiedpermissions.amazonaws.com" }),
  ],
  ["what somebody of the account puts on the bus", (event) => ({ ...event, source: "my.iam" })],
  ["what is no API call", (event) => ({ ...event, "detail-type": "AWS Service Event via CloudTrail" })],
  [
    "a call that changes no grant",
    (event) => withDetail(event, { eventName: "ListPolicies", readOnly: true }),
  ],
  [
    "a call whose name only begins alike",
    (event) => withDetail(event, { eventName: `${event.detail.eventName}s` }),
  ],
  [
    "a call in other letters",
    (event) => withDetail(event, { eventName: String(event.detail.eventName).toLowerCase() }),
  ],
])("%s does not", async (_case, twin) => {
  const twins = fixtures.map(({ name, event }) => ({ name, event: twin(event) }));
  const [known] = fixtures;
  if (known === undefined) throw new Error("no fixtures");
  // One that does, last, so that an empty queue cannot mean that nothing came through.
  const last = { ...known, name: "last" };
  expect(await reached([...twins, last])).toEqual(["last"]);
});

function withDetail(event: Event, detail: Readonly<Record<string, unknown>>): Event {
  return { ...event, detail: { ...event.detail, ...detail } };
}

/** The names of those events that came to the rule's target. */
async function reached(
  sent: readonly { readonly name: string; readonly event: Event }[],
): Promise<readonly string[]> {
  for (let from = 0; from < sent.length; from += 10) {
    const Entries = sent.slice(from, from + 10).map(({ name, event }) => ({
      Source: event.source,
      DetailType: event["detail-type"],
      Detail: JSON.stringify({ ...event.detail, eventID: name }),
      EventBusName: "default",
    }));
    expect(await call("AWSEvents.PutEvents", { Entries })).toMatchObject({ FailedEntryCount: 0 });
  }
  const names: string[] = [];
  for (;;) {
    const { Messages = [] } = await call("AmazonSQS.ReceiveMessage", {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
    });
    if (Messages.length === 0) return names.toSorted();
    for (const { Body } of Messages) names.push(JSON.parse(Body).detail.eventID);
  }
}

/** One call of AWS's JSON protocol, which moto takes unsigned. */
async function call(target: string, body: unknown) {
  const service = target.startsWith("AmazonSQS") ? "sqs" : "events";
  const response = await fetch(moto.endpoint, {
    method: "POST",
    headers: {
      "content-type": service === "sqs" ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1",
      "x-amz-target": target,
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/${service}/aws4_request`,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`moto answered ${response.status} to ${target}: ${text}`);
  return text === "" ? {} : JSON.parse(text);
}

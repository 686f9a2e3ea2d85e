import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FINDING } from "../findings/finding.fixture.ts";
import { eventBridgeChannel } from "./event-bridge-channel.ts";
import { NOTICE } from "./notice.fixture.ts";
import { createQueue, type Queue } from "./queue.fixture.ts";

let moto: Moto;
let client: EventBridgeClient;
let queue: Queue;

beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto?.stop());
beforeEach(async () => {
  await moto.reset();
  client = new EventBridgeClient({
    endpoint: moto.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "none" },
  });
  queue = await createQueue(moto.endpoint, "history");
  await client.send(new PutRuleCommand({ Name: "history", EventPattern: '{"source":["kms-guard"]}' }));
  await client.send(new PutTargetsCommand({ Rule: "history", Targets: [{ Id: "history", Arn: queue.arn }] }));
});

const channel = () => eventBridgeChannel({ client: async () => client, eventBus: "default" });

describe("the event bus", () => {
  test("gets a finding as the event `KMS Guard Finding` about its policy", async () => {
    await channel().publishFinding(FINDING);
    expect(await queue.receive()).toEqual([
      expect.objectContaining({
        source: "kms-guard",
        "detail-type": "KMS Guard Finding",
        resources: ["arn:aws:iam::111122223333:policy/TeamX"],
        detail: FINDING,
      }),
    ]);
  });

  test("gets the finding of an inline policy, which has no ARN, about nothing", async () => {
    const { name, documentSha256 } = FINDING.policy;
    const principal = { type: "role", name: "Deployer" } as const;
    await channel().publishFinding({
      ...FINDING,
      policy: { kind: "inline", name, principal, documentSha256 },
    });
    expect(await queue.receive()).toEqual([expect.objectContaining({ resources: [] })]);
  });

  test("gets a notice as the event `KMS Guard Notice`", async () => {
    await channel().publishNotice(NOTICE);
    expect(await queue.receive()).toEqual([
      expect.objectContaining({ source: "kms-guard", "detail-type": "KMS Guard Notice", detail: NOTICE }),
    ]);
  });

  test("gets a finding of more than 256 KB shortened", async () => {
    await channel().publishFinding({ ...FINDING, change: { diff: "é".repeat(130_000) } });
    expect(await queue.receive()).toEqual([
      expect.objectContaining({
        detail: expect.objectContaining({ change: { diff: "(left out: 130000 characters)" } }),
      }),
    ]);
  });

  test("an entry it does not take is an error, though PutEvents itself succeeds", async () => {
    client.middlewareStack.add(
      () => async () => ({
        response: {},
        output: {
          $metadata: {},
          FailedEntryCount: 1,
          Entries: [{ ErrorCode: "ThrottlingException", ErrorMessage: "Rate exceeded" }],
        },
      }),
      { step: "initialize", priority: "high" },
    );
    await expect(channel().publishFinding(FINDING)).rejects.toThrow(
      "event bus `default` did not take the event: ThrottlingException: Rate exceeded",
    );
  });
});

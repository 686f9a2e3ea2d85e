import { cloudWatchEventCounter } from "@kms-guard/adapters/cloudwatch-event-counter.ts";
import { type Moto, startMoto } from "@kms-guard/sandbox/moto/moto.ts";
import { motoCalls } from "@kms-guard/sandbox/moto/moto-calls.ts";
import { awsProxy } from "@kms-guard/testing/fakes/aws-proxy.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMINISTRATOR } from "../moto/guard-resources.ts";
import { eventCounterContract } from "./event-counter.contract.ts";

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
  process.env.AWS_ENDPOINT_URL = moto.endpoint;
});
afterAll(() => moto.stop());

const NOW_MS = Date.parse("2026-04-01T12:00:00Z");
const counterNow = () =>
  cloudWatchEventCounter({ region: "us-east-1", credentials: ADMINISTRATOR }, "prod", {
    nowMs: () => NOW_MS,
  });

/** As CloudWatch takes it from what the functions log. */
async function put(at: string, ...dimensions: readonly (readonly [Name: string, Value: string])[]) {
  await motoCalls(moto.endpoint).json("monitoring", "PutMetricData", {
    Namespace: "KmsGuard",
    MetricData: [
      {
        ...{ MetricName: "Events", Unit: "Count", Value: 1, Timestamp: Date.parse(at) / 1_000 },
        Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
      },
    ],
  });
}

eventCounterContract("CloudWatch", async () => {
  await moto.reset();
  return {
    counter: counterNow(),
    handled: (outcome, at) => put(at, ["service", "kms-guard"], ["stage", "prod"], ["outcome", outcome]),
  };
});

test("what another service counts by the same name is not the guard's, nor what another stage's guard does", async () => {
  await moto.reset();
  await put("2026-03-30T09:10:00Z", ["service", "other"], ["stage", "prod"], ["outcome", "clean"]);
  await put("2026-03-30T09:10:00Z", ["service", "kms-guard"], ["stage", "dev"], ["outcome", "clean"]);
  const span = { fromMs: Date.parse("2026-03-30T00:00:00Z"), toMs: NOW_MS };
  expect(await counterNow().eventsBetween(span)).toBeUndefined();
});

test("what CloudWatch keeps no longer is not even asked for, and no answer is longer than it gives", async () => {
  const proxy = await awsProxy(moto.endpoint);
  process.env.AWS_ENDPOINT_URL = proxy.endpoint;
  try {
    const counter = counterNow();
    await counter.eventsBetween({ fromMs: Date.parse("2016-04-01T00:00:00Z"), toMs: NOW_MS });
    const hours = proxy.calls.map(({ body }) => {
      const { StartTime, EndTime }: { StartTime: number; EndTime: number } = JSON.parse(body);
      return (EndTime - StartTime) / 3_600;
    });
    // 455 days are seven times 1,440 hours and 840 more, for each of four outcomes.
    expect(hours.toSorted((one, other) => one - other)).toEqual([
      ...Array(4).fill(840),
      ...Array(28).fill(1_440),
    ]);
    expect(
      await counter.eventsBetween({ fromMs: 0, toMs: Date.parse("2024-01-01T00:00:00Z") }),
    ).toBeUndefined();
    expect(proxy.calls).toHaveLength(32);
  } finally {
    process.env.AWS_ENDPOINT_URL = moto.endpoint;
    await proxy.close();
  }
});

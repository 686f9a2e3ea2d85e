import { expect, test } from "vitest";
import { embeddedMetrics } from "./metrics.ts";

test("a line in the embedded metric format is a value for each metric and set of dimensions", () => {
  const line =
    '{"_aws":{"Timestamp":1767225600000,"CloudWatchMetrics":[{"Namespace":"KmsGuard",' +
    '"Dimensions":[["service","outcome"],["service"]],"Metrics":[{"Name":"Events","Unit":"Count"},{"Name":"Sizes"}]}]},' +
    '"service":"kms-guard","outcome":"clean","Events":1,"Sizes":[3,4]}';
  const outcome = { service: "kms-guard", outcome: "clean" };
  const service = { service: "kms-guard" };
  const of = { namespace: "KmsGuard", atMs: Date.UTC(2026, 0, 1) };
  expect(embeddedMetrics(line)).toEqual([
    { ...of, name: "Events", unit: "Count", value: 1, dimensions: outcome },
    { ...of, name: "Events", unit: "Count", value: 1, dimensions: service },
    { ...of, name: "Sizes", unit: "None", value: 3, dimensions: outcome },
    { ...of, name: "Sizes", unit: "None", value: 4, dimensions: outcome },
    { ...of, name: "Sizes", unit: "None", value: 3, dimensions: service },
    { ...of, name: "Sizes", unit: "None", value: 4, dimensions: service },
  ]);
});

test.each([
  "REPORT RequestId: 1",
  '{"level":"INFO","message":"event: clean","outcome":"clean"}',
  '{"message":"\\"_aws\\" in a text"}',
])("%s is no metric", (line) => {
  expect(embeddedMetrics(line)).toEqual([]);
});

import { memberOf, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { MotoCalls } from "../moto/moto-calls.ts";
import { inBatches } from "../tasks/in-batches.ts";

/** One value, as CloudWatch keeps it. */
export interface Measured {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly atMs: number;
}

/** PutMetricData takes a thousand values of one namespace. */
const MOST_VALUES = 1_000;

/** Puts values into CloudWatch, some of them at a time. */
export function metricWriter(
  calls: MotoCalls,
  onError: (error: unknown) => void,
): (measured: Measured) => void {
  const byNamespace = new Map<string, (measured: Measured) => void>();

  function writerOf(Namespace: string) {
    return inBatches<Measured>(
      MOST_VALUES,
      (batch) => {
        const MetricData = batch.map(({ name, unit, value, dimensions, atMs }) => ({
          ...{ MetricName: name, Unit: unit, Value: value, Timestamp: atMs / 1_000 },
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        }));
        return calls.json("monitoring", "PutMetricData", { Namespace, MetricData });
      },
      onError,
    );
  }

  return (measured) => {
    const write = byNamespace.get(measured.namespace) ?? writerOf(measured.namespace);
    byNamespace.set(measured.namespace, write);
    write(measured);
  };
}

/**
 * What CloudWatch takes from a line of a log for metrics.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(line: string): readonly Measured[] {
  if (!line.startsWith("{") || !line.includes('"_aws"')) return [];
  const root: unknown = JSON.parse(line);
  const metadata = memberOf(root, "_aws");
  const atMs = Number(memberOf(metadata, "Timestamp"));
  return listOf(memberOf(metadata, "CloudWatchMetrics")).flatMap((directive) => {
    const namespace = String(memberOf(directive, "Namespace"));
    const dimensionSets = listOf(memberOf(directive, "Dimensions"));
    return listOf(memberOf(directive, "Metrics")).flatMap((definition) => {
      const name = String(memberOf(definition, "Name"));
      const unit = textOf(memberOf(definition, "Unit")) ?? "None";
      const values = [memberOf(root, name)].flat().map(Number);
      return dimensionSets.flatMap((set) => {
        const dimensions = Object.fromEntries(
          listOf(set).map((key) => [String(key), String(memberOf(root, String(key)))]),
        );
        return values.map((value) => ({ namespace, name, unit, value, dimensions, atMs }));
      });
    });
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

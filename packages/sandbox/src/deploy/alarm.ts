import type { MotoCalls } from "../moto/moto-calls.ts";
import type { Inputs } from "./inputs.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export async function makeAlarm(calls: MotoCalls, inputs: Inputs): Promise<void> {
  await calls.json("monitoring", "PutMetricAlarm", {
    ...{ AlarmName: inputs.name, AlarmDescription: inputs.alarmDescription },
    ...{ Namespace: inputs.namespace, MetricName: inputs.metricName, Statistic: inputs.statistic },
    Dimensions: Object.entries(inputs.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
    ...{ Period: inputs.period, EvaluationPeriods: inputs.evaluationPeriods, Threshold: inputs.threshold },
    ...{ ComparisonOperator: inputs.comparisonOperator, TreatMissingData: inputs.treatMissingData },
    ...{ AlarmActions: inputs.alarmActions, OKActions: inputs.okActions },
  });
}

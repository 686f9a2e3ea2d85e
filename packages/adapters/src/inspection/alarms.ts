import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { Alarm } from "@kms-guard/guard/doctor/observations.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { asking, observe } from "./observe.ts";

/** The alarms whose names begin so. */
export function observeAlarms(
  access: AwsAccess,
  AlarmNamePrefix: string,
): Promise<Observed<readonly Alarm[]>> {
  return observe("cloudwatch:DescribeAlarms", async () => {
    const all: Alarm[] = [];
    const client = new CloudWatchClient(asking(access));
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, { AlarmNamePrefix })) {
      for (const { AlarmName, StateValue, StateReason, ActionsEnabled = true } of MetricAlarms) {
        all.push({
          ...{ name: AlarmName ?? "", state: StateValue ?? "", reason: StateReason ?? "" },
          notifies: ActionsEnabled,
        });
      }
    }
    return all;
  });
}

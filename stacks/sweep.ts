import type { GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import type { Duty } from "./guard.ts";
import { lambda } from "./lambda.ts";
import { type Place, trusting } from "./place.ts";

/** The whole account on a schedule, because CloudTrail does not promise every event. */
export function sweep(config: GuardConfig, place: Place, deadLetters: sst.aws.Queue, duty: Duty) {
  const handler = new sst.aws.Function(
    "Sweep",
    lambda("sweep", place, deadLetters, {
      ...duty,
      handler: "packages/functions/src/sweep.handler",
      description: `kms-guard (${config.mode}): judges every policy of the account`,
      timeout: "15 minutes",
    }),
  );
  new sst.aws.CronV2("SweepSchedule", {
    function: handler.arn,
    schedule: expression(config.sweepSchedule),
    retries: 10,
    dlq: deadLetters.arn,
    transform: {
      role: { name: place.named("sweep-schedule"), assumeRolePolicy: trusting("scheduler", place) },
      schedule: { name: place.named("sweep") },
    },
  });
  return { handler };
}

/** The configuration has checked that it is one of the two. */
function expression(schedule: string): `rate(${string})` | `cron(${string})` {
  const inside = schedule.slice("rate(".length, -1);
  return schedule.startsWith("rate(") ? `rate(${inside})` : `cron(${inside})`;
}

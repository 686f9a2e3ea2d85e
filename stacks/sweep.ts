import type { GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import { type DeploymentContext, trusting } from "./context.ts";
import type { FunctionDefaults } from "./guard.ts";
import { lambda } from "./lambda.ts";

/** The whole account on a schedule, because CloudTrail does not promise every event. */
export function sweep(
  config: GuardConfig,
  context: DeploymentContext,
  deadLetters: sst.aws.Queue,
  defaults: FunctionDefaults,
) {
  const handler = new sst.aws.Function(
    "Sweep",
    lambda("sweep", context, deadLetters, {
      ...defaults,
      handler: "packages/functions/src/sweep.handler",
      description: `kms-guard (${config.mode}): assesses every policy of the account`,
      timeout: "15 minutes",
    }),
  );
  new sst.aws.CronV2("SweepSchedule", {
    function: handler.arn,
    schedule: expression(config.sweepSchedule),
    retries: 10,
    dlq: deadLetters.arn,
    transform: {
      role: { name: context.named("sweep-schedule"), assumeRolePolicy: trusting("scheduler", context) },
      schedule: { name: context.named("sweep") },
    },
  });
  return { handler };
}

/** The configuration has checked that it is one of the two. */
function expression(schedule: string): `rate(${string})` | `cron(${string})` {
  const inside = schedule.slice("rate(".length, -1);
  return schedule.startsWith("rate(") ? `rate(${inside})` : `cron(${inside})`;
}

import type { GuardConfig } from "@kms-guard/adapters/deployment/config.ts";
import type { Permission } from "@kms-guard/adapters/deployment/permissions.ts";
import { eventPattern } from "@kms-guard/core/events/rule-pattern.ts";
import type { DeploymentContext } from "./context.ts";
import { retryPolicy } from "./dead-letters.ts";
import { lambda } from "./lambda.ts";

/** What the guard and the sweep have in common. */
export interface FunctionDefaults {
  readonly environment: $util.Input<Record<string, string>>;
  readonly permissions: $util.Input<readonly Permission[]>;
}

/** IAM's events from the default bus, the only one that has them, to the function that assesses and contains. */
export function guard(
  config: GuardConfig,
  context: DeploymentContext,
  deadLetters: sst.aws.Queue,
  defaults: FunctionDefaults,
) {
  const handler = new sst.aws.Function(
    "Guard",
    lambda("guard", context, deadLetters, {
      ...defaults,
      handler: "packages/functions/src/guard.handler",
      description: `kms-guard (${config.mode}): assesses IAM policies when they change`,
      // An event whose parameters CloudTrail left out has the whole account read: as long as a sweep.
      timeout: "15 minutes",
      concurrency: config.concurrency === "shared" ? undefined : { reserved: config.concurrency },
    }),
  );
  const rule = new aws.cloudwatch.EventRule("GuardRule", {
    name: context.named("iam-events"),
    description: "kms-guard: IAM calls that can change a grant",
    eventBusName: "default",
    eventPattern: JSON.stringify(eventPattern()),
  });
  const allowed = new aws.lambda.Permission("GuardRulePermission", {
    action: "lambda:InvokeFunction",
    function: handler.name,
    principal: "events.amazonaws.com",
    sourceArn: rule.arn,
  });
  new aws.cloudwatch.EventTarget(
    "GuardTarget",
    { rule: rule.name, arn: handler.arn, ...retryPolicy(deadLetters) },
    { dependsOn: [allowed] },
  );
  return { handler, rule };
}

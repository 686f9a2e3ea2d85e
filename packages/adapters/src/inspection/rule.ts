import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { Rule, Target } from "@kms-guard/guard/doctor/observations.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { asking, observe, observeThere } from "./observe.ts";

/** A rule of the default bus. */
export function observeRule(access: AwsAccess, Name: string): Promise<Observed<Rule | undefined>> {
  return observeThere("events:DescribeRule", async () => {
    const rule = await new EventBridgeClient(asking(access)).send(new DescribeRuleCommand({ Name }));
    return { arn: rule.Arn ?? "", state: rule.State ?? "", pattern: rule.EventPattern ?? "" };
  });
}

/** What the rule hands its events to; nothing where there is no rule. A rule has five targets at most, one page. */
export async function observeTargets(access: AwsAccess, Rule: string): Promise<Observed<readonly Target[]>> {
  const permission = "events:ListTargetsByRule";
  const found = await observeThere(permission, async () => {
    const { Targets = [] } = await new EventBridgeClient(asking(access)).send(
      new ListTargetsByRuleCommand({ Rule }),
    );
    return Targets.map(({ Arn = "", DeadLetterConfig }) => ({
      arn: Arn,
      ...(DeadLetterConfig?.Arn !== undefined && { deadLettersArn: DeadLetterConfig.Arn }),
    }));
  });
  return found.kind === "read" ? observe(permission, async () => found.value ?? []) : found;
}

import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { type ExemptionTarget, targetOfFinding, targetOfPolicy } from "@kms-guard/guard/exemption-target.ts";
import type { Live } from "../aws/connect.ts";
import { checkFindingId, findingIdFor, findingRecord } from "../aws/finding-id.ts";
import { Failure, UsageError } from "../io/errors.ts";

const POLICY_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,640}$/;

/** Refuses what is neither a finding's id nor the ARN of a managed policy. */
export function checkTarget(text: string): void {
  if (POLICY_ARN.test(text)) return;
  if (text.startsWith("arn:")) {
    throw new UsageError(
      `\`${text}\` is not the ARN of a managed policy; an inline policy is exempted by its finding: \`kg-…\``,
    );
  }
  checkFindingId(text);
}

/** The policy that is meant, and what stands of it now. */
export async function findTarget(text: string, live: Live): Promise<ExemptionTarget> {
  const { ports, environment, words } = live;
  const { account } = environment.settings;
  const context = { ...environment.settings, nowMs: ports.clock.nowMs() };
  const [, partition, owner] = POLICY_ARN.exec(text) ?? [];
  if (owner === undefined) {
    const id = await findingIdFor(text, live);
    const { finding } = await findingRecord(id, live);
    return targetOfFinding(ports.policies, finding, context);
  }
  if (partition !== account.partition || (owner !== "aws" && owner !== account.id)) {
    throw new Failure(
      `\`${text}\` is not of account ${account.id} (${account.partition}), which this guard guards`,
    );
  }
  const exempted = await targetOfPolicy(ports.policies, text, context);
  if (exempted === undefined) {
    throw new Failure(`there is no policy \`${text}\`; next: ${KMS_GUARD} history --since 30d${words}`);
  }
  return exempted;
}

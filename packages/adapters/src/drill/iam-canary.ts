import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  IAMClient,
  paginateListAttachedRolePolicies,
} from "@aws-sdk/client-iam";
import type { Account } from "@kms-guard/core/policy/policy.ts";
import type { Canary, CanaryStep } from "@kms-guard/guard/drill/canary.ts";
import type { WriteResult } from "@kms-guard/guard/ports.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { failure, isNoSuchEntity } from "../iam/errors.ts";
import { asking } from "../inspection/observe.ts";

/** What the names of all canaries begin with: a policy may allow drills by it, and a person knows what they are. */
export const CANARY_PREFIX = "kms-guard-drill-";

const DESCRIPTION = "kms-guard drill: sets the alarm off on purpose; safe to delete";

const EVERYTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Sid: "KmsGuardDrill", Effect: "Allow", Action: "kms:*", Resource: "*" }],
});

/**
 * Nobody can be the role: it allows nobody, and its Deny would win if somebody else let themselves in. So nothing is
 * granted to anybody, though to the guard it looks as if.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
const NOBODY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Sid: "Nobody", Effect: "Deny", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
});

/** The canary in IAM, as the operator. @param id What makes its names unique: letters and digits. */
export function iamCanary(access: AwsAccess, account: Account, id: string): Canary {
  const client = new IAMClient(asking(access));
  const name = `${CANARY_PREFIX}${id}`;
  const PolicyArn = `arn:${account.partition}:iam::${account.id}:policy/${name}`;
  const tie = { RoleName: name, PolicyArn };
  const calls: Readonly<Record<CanaryStep, () => Promise<unknown>>> = {
    "create-policy": () =>
      client.send(
        new CreatePolicyCommand({ PolicyName: name, PolicyDocument: EVERYTHING, Description: DESCRIPTION }),
      ),
    "create-role": () =>
      client.send(
        new CreateRoleCommand({
          ...{ RoleName: name, AssumeRolePolicyDocument: NOBODY, Description: DESCRIPTION },
        }),
      ),
    "attach-role-policy": () => client.send(new AttachRolePolicyCommand(tie)),
    "detach-role-policy": () => client.send(new DetachRolePolicyCommand(tie)),
    "delete-role": () => client.send(new DeleteRoleCommand({ RoleName: name })),
    "delete-policy": () => client.send(new DeletePolicyCommand({ PolicyArn })),
  };
  return {
    policyName: name,
    policyArn: PolicyArn,
    roleName: name,
    async perform(step) {
      try {
        await calls[step]();
        return { outcome: "done" };
      } catch (error) {
        return refusal(step, error);
      }
    },
    async isAttached() {
      for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies(
        { client },
        { RoleName: name },
      )) {
        if (AttachedPolicies.some((policy) => policy.PolicyArn === PolicyArn)) return true;
      }
      return false;
    },
  };
}

function refusal(step: CanaryStep, error: unknown): WriteResult {
  const isRemoval = step.startsWith("de");
  if (isRemoval && isNoSuchEntity(error)) return { outcome: "already" };
  // The name is the drill's own: a call was tried again whose answer was lost.
  if (error instanceof Error && error.name.startsWith("EntityAlreadyExists")) return { outcome: "already" };
  const failed = failure(error);
  if (failed.outcome !== "failed") return failed;
  // IAM does not show yet what was made or removed a moment ago.
  const isUnsettled =
    isNoSuchEntity(error) || (error instanceof Error && error.name.startsWith("DeleteConflict"));
  return { ...failed, retryable: failed.retryable || isUnsettled };
}

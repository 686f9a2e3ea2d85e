import type { ContainmentStep, DeleteInlineStep, RestoreStep } from "@kms-guard/core/containment/steps.ts";
import type { PolicyWriter, WriteResult } from "@kms-guard/guard/ports.ts";
import type { Iam, IamConnection } from "./connection.ts";
import { failure, isNoSuchEntity } from "./errors.ts";
import { attachedPolicyArns, inlinePolicyText } from "./principal-policies.ts";
import { IamReadError } from "./reading.ts";

type Step = ContainmentStep | RestoreStep;
type AttachStep = Extract<RestoreStep, { readonly target: { readonly policyArn: string } }>;
type PutStep = Extract<RestoreStep, { readonly document: string }>;

/**
 * Detaches and deletes policies, and gives them back, one step after the other: give it a connection of few attempts,
 * so that a step that IAM throttles does not delay the others. IAM's refusals are results, with its code and message;
 * what is no answer of IAM and no lack of one, such as absent credentials, throws.
 */
export function createPolicyWriter(connection: IamConnection): PolicyWriter {
  return {
    async isUnchanged(step) {
      return (await storedText(await connection(), step)) === step.document;
    },
    async perform(step, isConfirmed = false) {
      const iam = await connection();
      try {
        switch (step.action) {
          case "detach-user-policy":
          case "detach-role-policy":
          case "detach-group-policy":
          case "delete-user-policy":
          case "delete-role-policy":
          case "delete-group-policy":
            return await remove(iam, step, isConfirmed);
          case "attach-user-policy":
          case "attach-role-policy":
          case "attach-group-policy":
            return await attach(iam, step);
          case "put-user-policy":
          case "put-role-policy":
          case "put-group-policy":
            return await put(iam, step);
        }
      } catch (error) {
        return failure(error instanceof IamReadError ? error.cause : error);
      }
    },
  };
}

/**
 * Deleting goes by the name. A document that somebody has put there since was never evaluated, and could not be put
 * back, so it is kept; IAM may also show an old one, so another try may work.
 */
async function remove(iam: Iam, step: ContainmentStep, isConfirmed: boolean): Promise<WriteResult> {
  if ("document" in step && !isConfirmed) {
    const { principal, policyName } = step.target;
    const stored = await storedText(iam, step);
    // What IAM does not show yet, it may still have: the deletion shows it.
    if (stored !== undefined && stored !== step.document) {
      return {
        outcome: "failed",
        error: `another document stands as \`${policyName}\` of ${principal.type} \`${principal.name}\``,
        retryable: true,
      };
    }
  }
  try {
    await send(iam, step);
    return { outcome: "done" };
  } catch (error) {
    // The policy, its attachment or the principal is gone.
    if (isNoSuchEntity(error)) return { outcome: "already" };
    throw error;
  }
}

/** IAM takes a second attachment for a first one, so what is attached is read first. */
async function attach(iam: Iam, step: AttachStep): Promise<WriteResult> {
  const { principal, policyArn } = step.target;
  const attached = await attachedPolicyArns(iam, principal);
  if (attached?.includes(policyArn)) return { outcome: "already" };
  await send(iam, step);
  return { outcome: "done" };
}

/** Put replaces what has the name. A document that somebody has put there since would be lost, so it is kept. */
async function put(iam: Iam, step: PutStep): Promise<WriteResult> {
  const { principal, policyName } = step.target;
  const stored = await storedText(iam, step);
  if (stored === step.document) return { outcome: "already" };
  if (stored !== undefined) {
    return {
      outcome: "failed",
      error: `another document stands as \`${policyName}\` of ${principal.type} \`${principal.name}\`; delete that one first`,
      retryable: false,
    };
  }
  await send(iam, step);
  return { outcome: "done" };
}

function storedText(iam: Iam, { target }: DeleteInlineStep | PutStep): Promise<string | undefined> {
  return inlinePolicyText(iam, target.principal, target.policyName);
}

/** The one call that the step is. */
function send({ client, sdk }: Iam, step: Step): Promise<unknown> {
  const { name } = step.target.principal;
  switch (step.action) {
    case "detach-user-policy":
      return client.send(
        new sdk.DetachUserPolicyCommand({ UserName: name, PolicyArn: step.target.policyArn }),
      );
    case "detach-role-policy":
      return client.send(
        new sdk.DetachRolePolicyCommand({ RoleName: name, PolicyArn: step.target.policyArn }),
      );
    case "detach-group-policy":
      return client.send(
        new sdk.DetachGroupPolicyCommand({ GroupName: name, PolicyArn: step.target.policyArn }),
      );
    case "delete-user-policy":
      return client.send(
        new sdk.DeleteUserPolicyCommand({ UserName: name, PolicyName: step.target.policyName }),
      );
    case "delete-role-policy":
      return client.send(
        new sdk.DeleteRolePolicyCommand({ RoleName: name, PolicyName: step.target.policyName }),
      );
    case "delete-group-policy":
      return client.send(
        new sdk.DeleteGroupPolicyCommand({ GroupName: name, PolicyName: step.target.policyName }),
      );
    case "attach-user-policy":
      return client.send(
        new sdk.AttachUserPolicyCommand({ UserName: name, PolicyArn: step.target.policyArn }),
      );
    case "attach-role-policy":
      return client.send(
        new sdk.AttachRolePolicyCommand({ RoleName: name, PolicyArn: step.target.policyArn }),
      );
    case "attach-group-policy":
      return client.send(
        new sdk.AttachGroupPolicyCommand({ GroupName: name, PolicyArn: step.target.policyArn }),
      );
    case "put-user-policy":
      return client.send(
        new sdk.PutUserPolicyCommand({
          UserName: name,
          PolicyName: step.target.policyName,
          PolicyDocument: step.document,
        }),
      );
    case "put-role-policy":
      return client.send(
        new sdk.PutRolePolicyCommand({
          RoleName: name,
          PolicyName: step.target.policyName,
          PolicyDocument: step.document,
        }),
      );
    case "put-group-policy":
      return client.send(
        new sdk.PutGroupPolicyCommand({
          GroupName: name,
          PolicyName: step.target.policyName,
          PolicyDocument: step.document,
        }),
      );
  }
}

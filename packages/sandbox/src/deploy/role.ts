import { memberOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { MotoCalls } from "../moto/moto-calls.ts";
import { type Inputs, listIn, textIn } from "./inputs.ts";

/** A role with its inline policies. */
export async function makeRole(calls: MotoCalls, inputs: Inputs): Promise<void> {
  const RoleName = textIn(inputs, "name");
  const trust = inputs.assumeRolePolicy;
  const AssumeRolePolicyDocument = typeof trust === "string" ? trust : JSON.stringify(trust);
  await calls.query("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument });
  for (const policy of listIn(inputs, "inlinePolicies")) {
    const [PolicyName, PolicyDocument] = [memberOf(policy, "name"), memberOf(policy, "policy")];
    await calls.query("iam", "PutRolePolicy", {
      ...{ RoleName, PolicyName: String(PolicyName), PolicyDocument: String(PolicyDocument) },
    });
  }
}

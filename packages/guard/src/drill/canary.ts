import type { WriteResult } from "../ports.ts";

/** What a drill makes: a policy that grants everything on KMS, and a role that nobody can be. */
export interface Canary {
  readonly policyName: string;
  readonly policyArn: string;
  readonly roleName: string;
  /** `already`: it is there on making, and not there on removing. What is no answer of IAM throws. */
  perform(step: CanaryStep): Promise<WriteResult>;
  isAttached(): Promise<boolean>;
}

export type CanaryStep =
  | "create-policy"
  | "create-role"
  | "attach-role-policy"
  | "detach-role-policy"
  | "delete-role"
  | "delete-policy";

/** The AWS CLI command that does one of the removing steps. */
export function removalCommand(step: CanaryStep, { policyArn, roleName }: Canary): string {
  const role = step === "delete-policy" ? "" : ` --role-name ${roleName}`;
  const policy = step === "delete-role" ? "" : ` --policy-arn ${policyArn}`;
  return `aws iam ${step}${role}${policy}`;
}

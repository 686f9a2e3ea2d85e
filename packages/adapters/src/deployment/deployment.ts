import type { SSMClient } from "@aws-sdk/client-ssm";
import * as v from "valibot";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { DEPLOYMENTS_PATH, stageOfParameter } from "./deployment-name.ts";
import { type GuardEnvironment, readEnvironment } from "./environment.ts";

/** Where a guard is deployed, or why that cannot be said. */
export type Deployment =
  | { readonly kind: "found"; readonly stage: string; readonly environment: GuardEnvironment }
  /** No such stage; `stages` are those that there are. */
  | { readonly kind: "none"; readonly stages: readonly string[] }
  /** No stage was named, and there are these. */
  | { readonly kind: "several"; readonly stages: readonly string[] }
  | { readonly kind: "unreadable"; readonly parameter: string; readonly problem: string };

/** The client for `readDeployment`. */
export async function ssmClient(access: AwsAccess): Promise<SSMClient> {
  const { SSMClient } = await import("../aws-sdk/ssm.ts");
  return new SSMClient({ ...access, maxAttempts: 3 });
}

/**
 * Finds the deployment of a stage, or without a stage the only one there is, by the parameter that its stacks wrote.
 * Needs ssm:GetParametersByPath on `DEPLOYMENTS_PATH`, in the client's account and region.
 */
export async function readDeployment(client: SSMClient, stage?: string): Promise<Deployment> {
  const { paginateGetParametersByPath } = await import("../aws-sdk/ssm.ts");
  const values = new Map<string, { readonly parameter: string; readonly value: string }>();
  const pages = paginateGetParametersByPath({ client }, { Path: DEPLOYMENTS_PATH, Recursive: true });
  for await (const { Parameters = [] } of pages) {
    for (const { Name: parameter = "", Value: value = "" } of Parameters) {
      const stageOfIt = stageOfParameter(parameter);
      if (stageOfIt !== undefined) values.set(stageOfIt, { parameter, value });
    }
  }
  const stages = [...values.keys()].toSorted();
  const [only = "", ...others] = stages;
  if (stage === undefined && others.length > 0) return { kind: "several", stages };
  const chosen = stage ?? only;
  const stored = values.get(chosen);
  if (stored === undefined) return { kind: "none", stages };
  try {
    const variables = v.parse(v.record(v.string(), v.string()), JSON.parse(stored.value));
    return { kind: "found", stage: chosen, environment: readEnvironment(variables) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { kind: "unreadable", parameter: stored.parameter, problem };
  }
}

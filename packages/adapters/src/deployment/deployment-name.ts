// No imports: the stacks, which write the parameter, load this.

/** Every deployment's parameter is under this path of SSM's Parameter Store. */
export const DEPLOYMENTS_PATH = "/kms-guard/";

const LAST = "/deployment";

/**
 * The SSM parameter (String) that says where a stage's guard is: a JSON object of exactly the variables that
 * `toEnvironment` made for the guard's functions. The stacks write it, live commands read it; it holds no secret.
 */
export function deploymentParameterName(stage: string): string {
  return `${DEPLOYMENTS_PATH}${stage}${LAST}`;
}

/** The stage whose deployment a parameter's name is; `undefined` for another parameter. */
export function stageOfParameter(name: string): string | undefined {
  if (!name.startsWith(DEPLOYMENTS_PATH) || !name.endsWith(LAST)) return undefined;
  const stage = name.slice(DEPLOYMENTS_PATH.length, -LAST.length);
  return stage === "" || stage.includes("/") ? undefined : stage;
}

/** What the stacks call a part of a stage's guard: its functions, their roles, rules and alarms. */
export function partName(stage: string, part: string): string {
  return `kms-guard-${stage}-${part}`;
}

import { type CheckResult, fail, ok, warning } from "./diagnosis.ts";
import type { GuardDeployment, Role } from "./observations.ts";
import { command, redeployCommand } from "./text.ts";

const SHOWN = 3;

/** A role has what this version needs in its mode, and nothing more. */
export function checkRole(name: string, role: Role | undefined, deployment: GuardDeployment): CheckResult {
  if (role === undefined) return fail(`there is no role ${name}`, redeployCommand(deployment));
  const lacks = difference(role.expected, role.granted);
  const more = [
    ...difference(role.granted, role.expected),
    ...role.attached.map((arn) => `the managed policy ${arn}`),
  ];
  if (lacks.length === 0 && more.length === 0) {
    return ok(`${name} has what ${deployment.mode} mode needs, and no more`);
  }
  const words = [
    ...(lacks.length === 0 ? [] : [`lacks ${some(lacks)}`]),
    ...(more.length === 0 ? [] : [`also has ${some(more)}`]),
  ];
  return fail(`${name} ${words.join("; it ")}`, redeployCommand(deployment));
}

/** A boundary may deny what the policies of the role allow. */
export function checkBoundary(name: string, role: Role | undefined): CheckResult {
  if (role?.boundaryArn === undefined) return ok(`none on ${name}`);
  const actions = [...new Set(role.expected.filter(isAllowed).map(actionOf))].toSorted();
  return warning(
    `${name} has the boundary ${role.boundaryArn}, which has to allow all that the role does`,
    command`aws iam simulate-principal-policy --policy-source-arn ${role.arn} --action-names ${actions} --query "EvaluationResults[?EvalDecision!='allowed'].EvalActionName"`,
  );
}

function isAllowed(grant: string): boolean {
  return grant.startsWith("Allow ");
}

/** `iam:GetUser` of `Allow iam:GetUser on …`. */
function actionOf(grant: string): string {
  return grant.split(" ")[1] ?? "";
}

function difference(one: readonly string[], other: readonly string[]): readonly string[] {
  const known = new Set(other);
  return one.filter((text) => !known.has(text));
}

function some(texts: readonly string[]): string {
  const more = texts.length - SHOWN;
  return `${texts.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

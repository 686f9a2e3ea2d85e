import { shellWord } from "@kms-guard/core/text/untrusted.ts";
import type { GuardDeployment } from "./observations.ts";

/** Deploys again. The refresh comes first: a deployment alone does not see what somebody has changed since the last. */
export function redeployCommand({ stage }: Pick<GuardDeployment, "stage">): string {
  return command`npx sst refresh --stage ${stage} && npx sst deploy --stage ${stage}`;
}

/** A command to be copied: every value is quoted as one or several words of a POSIX shell, whatever its characters. */
export function command(
  texts: TemplateStringsArray,
  ...values: readonly (string | readonly string[])[]
): string {
  return String.raw({ raw: texts }, ...values.map((value) => [value].flat().map(shellWord).join(" ")));
}

import { shellWord } from "@kms-guard/core/text/shell.ts";
import type { Place } from "./observations.ts";

/** Makes what was deployed as it was: a deployment by itself does not look for what somebody has changed since. */
export function anewFor({ stage }: Pick<Place, "stage">): string {
  return command`npx sst refresh --stage ${stage} && npx sst deploy --stage ${stage}`;
}

/** A command to be copied: every value in it is a word of a POSIX shell, or several, whatever it holds. */
export function command(
  texts: TemplateStringsArray,
  ...values: readonly (string | readonly string[])[]
): string {
  return String.raw({ raw: texts }, ...values.map((value) => [value].flat().map(shellWord).join(" ")));
}

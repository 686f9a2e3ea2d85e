import { foldAscii } from "../../text/glob.ts";
import { type ConditionsContext, conditionKey, onlyValue } from "./condition-keys.ts";
import { literal } from "./text-patterns.ts";

/** Where a value is written. */
interface Place {
  /** The key it is compared with, lower case. */
  readonly name: string;
  /** The Version of the document: under every other one but "2012-10-17" a variable is plain text. */
  readonly version: string;
  readonly takesWildcards: boolean;
  /** The value of the key's own variable, where that is known: its value equals itself. */
  readonly itself: string | undefined;
  readonly context: ConditionsContext;
}

/**
 * A value as a glob, its policy variables replaced, as far as every request has the same value for them; `undefined`
 * where it depends on the request. A default of the key's own variable counts for nothing: where the key is absent there is
 * nothing to compare.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function resolveVariables(value: string, place: Place): string | undefined {
  const { name, version, takesWildcards, itself, context } = place;
  const asWritten = (text: string) => (takesWildcards ? text : literal(text));
  if (version !== "2012-10-17" || !value.includes("${")) return asWritten(value);
  if (isVariable(value) && variableName(value.slice(2, -1)) === name) return itself;
  let glob = "";
  let end = 0;
  for (const { index, 0: written, 1: content = "" } of value.matchAll(VARIABLES)) {
    const replaced = /^[*?$]$/.test(content)
      ? literal(content)
      : onlyValue(conditionKey(variableName(content), context));
    if (replaced === undefined) return undefined;
    glob += asWritten(value.slice(end, index)) + replaced;
    end = index + written.length;
  }
  return glob + asWritten(value.slice(end));
}

/** True where every request has the variables of the values. */
export function areVariablesPresent(values: readonly string[], context: ConditionsContext): boolean {
  return values.every((value) =>
    [...value.matchAll(VARIABLES)].every(([, content = ""]) => {
      const { usual, other } = conditionKey(variableName(content), context);
      return /^[*?$]$/.test(content) || !(usual.absent || other?.absent);
    }),
  );
}

const VARIABLES = /\$\{([^}]*)\}/g;

function isVariable(value: string): boolean {
  return /^\$\{[^}]*\}$/.test(value);
}

/** `${aws:PrincipalTag/team, 'none'}` is the tag where there is one. */
function variableName(content: string): string {
  return foldAscii(content.split(",", 1)[0] ?? "").trim();
}

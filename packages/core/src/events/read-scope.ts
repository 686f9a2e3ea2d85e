import type { Problem } from "../policy/document.ts";
import type { PrincipalName } from "../policy/policy.ts";
import type { Scope } from "./api-call.ts";
import type { PrincipalRecipe, RecordPath, ScopeRecipe } from "./api-call-table.ts";
import { flagOf, HIDDEN, isCut, isGone, type JsonObject, memberOf, unexpected } from "./cloudtrail-record.ts";

/** A text that has to look like something before IAM is asked about it. */
interface Shape {
  readonly what: string;
  readonly pattern: RegExp;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html; AWS's own ARNs have `aws` for the account. */
const POLICY_ARN: Shape = {
  what: "the ARN of an IAM policy",
  pattern: /^arn:aws[a-z-]{0,20}:iam::(?:\d{12}|aws):policy\/[\x21-\x7e]{1,1024}$/,
};
const NAME: Shape = { what: "a name", pattern: /^[\x20-\x7e]{1,256}$/ };
const VERSION_ID: Shape = { what: "a version id", pattern: /^v[1-9]\d{0,9}(?:\.[A-Za-z0-9-]{1,64})?$/ };

/**
 * What a call affects, read from its record by its row's recipe. Where CloudTrail left out what the recipe needs,
 * anything may be scope, so it is the account. What cannot be true is added to `problems`, all of it; the
 * answer is then worth nothing.
 */
export function readScope(recipe: ScopeRecipe, record: JsonObject, problems: Problem[]): Scope {
  switch (recipe.kind) {
    case "managed-policy": {
      const policyArn = required(record, recipe.policyArn, POLICY_ARN, problems);
      const versionId = recipe.versionId && optional(record, recipe.versionId, VERSION_ID, problems);
      const isDefault =
        typeof recipe.isDefault === "string" ? flagOf(valueAt(record, recipe.isDefault)) : recipe.isDefault;
      if (policyArn === undefined) return { kind: "account" };
      return {
        kind: "managed-policy",
        policyArn,
        ...(versionId !== undefined && { versionId }),
        ...(isDefault !== undefined && { isDefault }),
      };
    }
    case "attachment": {
      const policyArn = required(record, recipe.policyArn, POLICY_ARN, problems);
      const principal = readPrincipal(recipe.principal, record, problems);
      if (policyArn === undefined || principal === undefined) return { kind: "account" };
      return { kind: "attachment", policyArn, principal };
    }
    case "inline-policy": {
      const principal = readPrincipal(recipe.principal, record, problems);
      const policyName = required(record, recipe.policyName, NAME, problems);
      if (principal === undefined || policyName === undefined) return { kind: "account" };
      return { kind: "inline-policy", principal, policyName };
    }
    case "principal": {
      const principal = readPrincipal(recipe.principal, record, problems);
      return principal === undefined ? { kind: "account" } : { kind: "principal", principal };
    }
    case "account":
      return { kind: "account" };
  }
}

function readPrincipal(
  which: PrincipalRecipe,
  record: JsonObject,
  problems: Problem[],
): PrincipalName | undefined {
  const newName = which.renamedTo && optional(record, which.renamedTo, NAME, problems);
  const name = required(record, which.name, NAME, problems);
  return name === undefined ? undefined : { type: which.type, name: newName ?? name };
}

/** The text at a place that a successful call fills; undefined where CloudTrail left it out, or with a problem. */
function required(
  record: JsonObject,
  path: RecordPath,
  shape: Shape,
  problems: Problem[],
): string | undefined {
  const value = valueAt(record, path);
  if (value !== undefined && value !== null) return optional(record, path, shape, problems);
  const part = memberOf(record, path.split(".", 1)[0] ?? "");
  if (!isGone(part) && !isCut(part)) problems.push(unexpected(path, value, shape.what));
  return undefined;
}

/** The text at a place that may be empty; undefined where it is empty or hidden, or with a problem. */
function optional(
  record: JsonObject,
  path: RecordPath,
  shape: Shape,
  problems: Problem[],
): string | undefined {
  const value = valueAt(record, path);
  if (value === undefined || value === null || value === HIDDEN) return undefined;
  if (typeof value === "string" && shape.pattern.test(value)) return value;
  problems.push(unexpected(path, value, shape.what));
  return undefined;
}

/** What stands at a place of the record: undefined where nothing does. */
export function valueAt(record: JsonObject, path: RecordPath): unknown {
  let value: unknown = record;
  for (const name of path.split(".")) value = memberOf(value, name);
  return value;
}

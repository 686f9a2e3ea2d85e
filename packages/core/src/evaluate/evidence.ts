import type { Statement } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import { type ActionCatalogue, actionNames, actionsMatching } from "./action-set.ts";
import type { Claim } from "./coverage.ts";
import { foldAscii } from "./glob.ts";
import { namesOneResource } from "./resource-pattern.ts";
import type { Evidence } from "./verdict.ts";

/** What each statement that speaks of the service has to do with the verdict, in their order. */
export function evidenceOf(
  statements: readonly Statement[],
  written: readonly Claim[],
  account: Account,
  catalogue: ActionCatalogue,
): Evidence[] {
  const claims = new Map(written.map((claim) => [claim.statement, claim]));
  return statements.flatMap((statement) => {
    const claim = claims.get(statement);
    if (claim !== undefined) return [evidence(statement, catalogue, said(claim, account, catalogue))];
    if (statement.effect === "Allow" || !mentions(statement, catalogue)) return [];
    return [
      evidence(statement, catalogue, {
        counts: false,
        contributes: "takes nothing away: no KMS action has such a name",
      }),
    ];
  });
}

function evidence(
  statement: Statement,
  catalogue: ActionCatalogue,
  { counts, contributes }: { counts: boolean; contributes: string },
): Evidence {
  const { policy, path, sid, effect, actions, resources, conditions } = statement;
  return {
    ...(policy === undefined ? {} : { policy }),
    path,
    ...(sid === undefined ? {} : { sid }),
    effect,
    actions:
      actions.element === "NotAction"
        ? actions.patterns.map((pattern) => `NotAction: ${pattern}`)
        : actions.patterns.filter((pattern) => speaksOf(pattern, catalogue)),
    resources:
      resources.element === "NotResource"
        ? resources.patterns.map((pattern) => `NotResource: ${pattern}`)
        : resources.patterns,
    conditions,
    counts,
    contributes,
  };
}

function mentions({ actions }: Statement, catalogue: ActionCatalogue): boolean {
  return actions.element === "Action" && actions.patterns.some((pattern) => speaksOf(pattern, catalogue));
}

function speaksOf(pattern: string, catalogue: ActionCatalogue): boolean {
  return (
    foldAscii(pattern).startsWith(`${catalogue.service.prefix}:`) ||
    actionsMatching(pattern, catalogue) !== 0n
  );
}

function said(
  claim: Claim,
  account: Account,
  catalogue: ActionCatalogue,
): { counts: boolean; contributes: string } {
  const { statement, proviso, resources, isEverything } = claim;
  const what = countOf(claim, catalogue);
  const reaches =
    isEverything ||
    statement.resources.element === "NotResource" ||
    resources.some(({ globs }) => globs.length > 0);
  if (!reaches) {
    const why = resources.some(({ isCertain }) => !isCertain)
      ? "depend on a policy variable without a known value"
      : `are no KMS keys of partition ${account.partition}`;
    return {
      counts: false,
      contributes: `${statement.effect === "Allow" ? "gives" : "takes away"} nothing: its resources ${why}`,
    };
  }
  const where = whereOf(claim);
  if (statement.effect === "Allow") {
    if (proviso === "none") return { counts: true, contributes: `allows ${what} ${where}` };
    const condition = statement.conditions.map(({ operator, key }) => `${operator} ${key}`).join(" and ");
    return proviso === "always"
      ? { counts: true, contributes: `allows ${what} ${where}; its condition (${condition}) is always true` }
      : { counts: true, contributes: `allows ${what} ${where}, only when ${condition} holds` };
  }
  if (proviso !== "none") {
    const keys = statement.conditions.map(({ key }) => key).join(", ");
    return {
      counts: false,
      contributes: `denies ${what}, but only under a condition on ${keys}: no protection to rely on`,
    };
  }
  if (
    resources.some(({ isCertain }) => !isCertain) &&
    !isEverything &&
    statement.resources.element === "Resource"
  ) {
    return {
      counts: false,
      contributes: `denies ${what} ${where}, which depends on a policy variable: no protection to rely on`,
    };
  }
  const onlyNamed =
    statement.resources.element === "Resource" &&
    !isEverything &&
    resources.every(({ globs }) => globs.every(namesOneResource));
  return onlyNamed
    ? { counts: false, contributes: `denies ${what}, on named keys only: every other key stays granted` }
    : { counts: true, contributes: `denies ${what} ${where}` };
}

function countOf({ actions }: Claim, catalogue: ActionCatalogue): string {
  if (actions === catalogue.all) return `all ${catalogue.names.length} KMS actions`;
  const names = actionNames(actions, catalogue);
  return names.length <= 3 ? names.join(", ") : `${names.length} of ${catalogue.names.length} KMS actions`;
}

function whereOf({ statement, isEverything }: Claim): string {
  const { element, patterns } = statement.resources;
  const [first = "", ...others] = patterns;
  const listed = others.length === 0 ? first : `${first} and ${others.length} more`;
  if (element === "NotResource") return `on every resource but ${listed}`;
  return isEverything ? "on every resource" : `on ${listed}`;
}

import type { Statement } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import { type ActionCatalogue, actionNames, actionsMatching } from "./action-set.ts";
import { foldAscii } from "./glob.ts";
import { namesOneResource } from "./resource-pattern.ts";
import type { ServiceStatement } from "./service-statements.ts";
import type { Evidence } from "./verdict.ts";

/** What each statement that names the service has to do with the verdict, in their order. */
export function evidenceOf(
  statements: readonly Statement[],
  ofService: readonly ServiceStatement[],
  account: Account,
  catalogue: ActionCatalogue,
): Evidence[] {
  const found = new Map(ofService.map((each) => [each.statement, each]));
  return statements.flatMap((statement) => {
    const each = found.get(statement);
    if (each !== undefined) return [evidence(statement, catalogue, contribution(each, account, catalogue))];
    if (statement.effect === "Allow" || !isAbout(statement, catalogue)) return [];
    const contributes = `takes nothing away: no ${catalogue.service.title} action has such a name`;
    return [evidence(statement, catalogue, { counts: false, contributes })];
  });
}

function evidence(
  statement: Statement,
  catalogue: ActionCatalogue,
  { counts, contributes }: Pick<Evidence, "counts" | "contributes">,
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
        : actions.patterns.filter((pattern) => namesService(pattern, catalogue)),
    resources:
      resources.element === "NotResource"
        ? resources.patterns.map((pattern) => `NotResource: ${pattern}`)
        : resources.patterns,
    conditions,
    counts,
    contributes,
  };
}

function isAbout({ actions }: Statement, catalogue: ActionCatalogue): boolean {
  return actions.element === "Action" && actions.patterns.some((pattern) => namesService(pattern, catalogue));
}

function namesService(pattern: string, catalogue: ActionCatalogue): boolean {
  return (
    foldAscii(pattern).startsWith(`${catalogue.service.prefix}:`) ||
    actionsMatching(pattern, catalogue) !== 0n
  );
}

function contribution(
  each: ServiceStatement,
  account: Account,
  catalogue: ActionCatalogue,
): Pick<Evidence, "counts" | "contributes"> {
  const { statement, conditions, resources, isEverything } = each;
  const { service } = catalogue;
  const { one, many } = service.resource;
  const isResource = statement.resources.element === "Resource";
  const counts = (contributes: string) => ({ counts: true, contributes });
  const countsNot = (contributes: string) => ({ counts: false, contributes });

  if (isResource && !isEverything && resources.every(({ globs }) => globs.length === 0)) {
    const why = resources.some(({ isCertain }) => !isCertain)
      ? "depend on a policy variable without a known value"
      : `are no ${service.title} ${many} of partition ${account.partition}`;
    return countsNot(
      `${statement.effect === "Allow" ? "gives" : "takes away"} nothing: its resources ${why}`,
    );
  }
  const what = actionsIn(each, catalogue);
  const where = resourcesIn(each);
  if (statement.effect === "Allow") {
    if (conditions === "unconditional") return counts(`allows ${what} ${where}`);
    const condition = statement.conditions.map(({ operator, key }) => `${operator} ${key}`).join(" and ");
    return conditions === "tautological"
      ? counts(`allows ${what} ${where}; its condition (${condition}) is always true`)
      : counts(`allows ${what} ${where}, only when ${condition} holds`);
  }
  if (conditions !== "unconditional") {
    const keys = statement.conditions.map(({ key }) => key).join(", ");
    return countsNot(`denies ${what}, but only under a condition on ${keys}: no protection to rely on`);
  }
  if (isResource && !isEverything && resources.some(({ isCertain }) => !isCertain)) {
    return countsNot(`denies ${what} ${where}, which depends on a policy variable: no protection to rely on`);
  }
  const isOnNamedOnly =
    isResource &&
    !isEverything &&
    resources.every(({ globs }) => globs.every((glob) => namesOneResource(glob, service)));
  return isOnNamedOnly
    ? countsNot(`denies ${what}, on named ${many} only: every other ${one} stays granted`)
    : counts(`denies ${what} ${where}`);
}

function actionsIn({ actions }: ServiceStatement, catalogue: ActionCatalogue): string {
  const { title } = catalogue.service;
  if (actions === catalogue.all) return `all ${catalogue.names.length} ${title} actions`;
  const names = actionNames(actions, catalogue);
  return names.length <= 3
    ? names.join(", ")
    : `${names.length} of ${catalogue.names.length} ${title} actions`;
}

function resourcesIn({ statement, isEverything }: ServiceStatement): string {
  const { element, patterns } = statement.resources;
  const [first = "", ...others] = patterns;
  const listed = others.length === 0 ? first : `${first} and ${others.length} more`;
  if (element === "NotResource") return `on every resource but ${listed}`;
  return isEverything ? "on every resource" : `on ${listed}`;
}

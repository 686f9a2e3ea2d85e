import type { Statement } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import type { GuardedService } from "../services/service.ts";
import { foldAscii } from "../text/glob.ts";
import { type ActionCatalogue, actionNames, actionsMatching } from "./action-set.ts";
import { Steps } from "./glob-automaton.ts";
import { namesOneResource } from "./resource-pattern.ts";
import type { ServiceStatement } from "./service-statements.ts";
import { negligibleGlobs } from "./share.ts";
import type { Evidence } from "./verdict.ts";

/** The most work for the texts of one document. */
const STEPS = 10_000;

/** What each statement that names the service has to do with the verdict, in their order. */
export function evidenceOf(
  statements: readonly Statement[],
  ofService: readonly ServiceStatement[],
  account: Account,
  catalogue: ActionCatalogue,
): Evidence[] {
  const steps = new Steps(STEPS);
  const found = new Map(ofService.map((each) => [each.statement, each]));
  return statements.flatMap((statement) => {
    const each = found.get(statement);
    if (each !== undefined)
      return [evidence(statement, catalogue, contribution(each, account, catalogue, steps))];
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
  steps: Steps,
): Pick<Evidence, "counts" | "contributes"> {
  const { statement, resources, isEverything } = each;
  const { service } = catalogue;
  const { many } = service.resource;
  const isAllow = statement.effect === "Allow";

  if (isOnPatterns(each) && resources.every(({ globs }) => globs.length === 0)) {
    const why = statement.resources.patterns.some((pattern) => pattern.includes("${"))
      ? "depend on a policy variable without a known value"
      : `are no ${service.title} ${many} of partition ${account.partition}`;
    return countsNot(`${isAllow ? "gives" : "takes away"} nothing: its resources ${why}`);
  }
  const what = `${actionsIn(each, catalogue)} ${resourcesIn(each)}`;
  const doubt = isEverything ? undefined : resources.find((pattern) => pattern.doubt !== undefined)?.doubt;
  if (doubt !== undefined)
    return countsNot(`may ${isAllow ? "allow" : "deny"} ${what}: one of its resources ${doubt}`);
  if (each.isUnreadable)
    return countsNot(`may ${isAllow ? "allow" : "deny"} ${what}: its condition cannot be read`);
  return isAllow ? allowing(each, what) : denying(each, what, catalogue, steps);
}

const counts = (contributes: string) => ({ counts: true, contributes });
const countsNot = (contributes: string) => ({ counts: false, contributes });

function isOnPatterns({ statement, isEverything }: ServiceStatement): boolean {
  return statement.resources.element === "Resource" && !isEverything;
}

function allowing({ statement, allows, onSomeResources, madeBy }: ServiceStatement, what: string) {
  if (statement.conditions.length === 0) return counts(`allows ${what}`);
  const condition = conditionIn(statement);
  if (allows === "unconditional") return counts(`allows ${what}, where ${holding(statement)}`);
  if (allows === "always") return counts(`allows ${what}; its condition (${condition}) is always true`);
  if (allows === "never") return countsNot(`gives nothing: its condition (${condition}) is never true`);
  const only = onSomeResources ? "only on those for which" : "only when";
  const made = madeBy === undefined ? "" : "; the principal itself may be able to make it true";
  return counts(`allows ${what}, ${only} ${holding(statement)}${made}`);
}

function denying(each: ServiceStatement, what: string, catalogue: ActionCatalogue, steps: Steps) {
  const { service } = catalogue;
  const { statement, conditions, denies, resources } = each;
  const keys = statement.conditions.map(({ key }) => key).join(", ");
  if (denies === "never") return countsNot(`takes away nothing: its condition on ${keys} is never true`);
  if (denies === "limits")
    return counts(
      `denies ${what}, in every direct call on an ordinary ${service.resource.one} (${conditionIn(statement)})`,
    );
  if (denies === "sometimes")
    return countsNot(
      `denies ${actionsIn(each, catalogue)}, but only under a condition on ${keys}: no protection to rely on`,
    );
  const isOnNamedOnly =
    isOnPatterns(each) &&
    resources.every(({ globs }) => globs.every((glob) => namesOneResource(glob, service)));
  const { one, many } = service.resource;
  if (isOnNamedOnly)
    return countsNot(
      `denies ${actionsIn(each, catalogue)}, on named ${many} only: every other ${one} stays granted`,
    );
  if (conditions === undefined)
    return counts(
      `denies ${what}${isNegligible(each, service, steps) ? `: less than one ${one} in a thousand` : ""}`,
    );
  return conditions.isDecidedByPlace
    ? counts(`denies ${what}, where ${holding(statement)}`)
    : counts(`denies ${what}; its condition (${conditionIn(statement)}) is always true`);
}

function isNegligible(each: ServiceStatement, service: GuardedService, steps: Steps): boolean {
  const globs = new Set(each.resources.flatMap((pattern) => pattern.globs));
  return isOnPatterns(each) && negligibleGlobs(globs, service, steps).size === globs.size;
}

function conditionIn({ conditions }: Statement): string {
  return conditions.map(({ operator, key }) => `${operator} ${key}`).join(" and ");
}

function holding(statement: Statement): string {
  return `${conditionIn(statement)} ${statement.conditions.length === 1 ? "holds" : "hold"}`;
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

/**
 * One statement of the proof for a person: what it says, a line for each condition, and what it has to do with the
 * verdict. Of each list at most `most` items are named. The lines have the policy's own text: not yet safe to print.
 */
export function evidenceLines(
  { path, sid, effect, actions, resources, conditions, contributes }: Omit<Evidence, "counts" | "policy">,
  most = Number.POSITIVE_INFINITY,
): readonly string[] {
  const list = (items: readonly string[], separator: string): string => {
    const more = items.length - most;
    return items.slice(0, most).join(separator) + (more > 0 ? ` and ${more} more` : "");
  };
  return [
    `${path}${sid === undefined ? "" : ` (Sid ${sid})`}: ${effect} ${list(actions, ", ")} on ${list(resources, ", ")}`,
    ...conditions.map(({ operator, key, values }) => `  if ${operator} ${key}: ${list(values, " or ")}`),
    `  ${contributes}`,
  ];
}

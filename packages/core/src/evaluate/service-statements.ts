import type { Statement } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import { type ActionCatalogue, type ActionSet, namedActions } from "./action-set.ts";
import { type ConditionClass, classOfConditions } from "./conditions.ts";
import { leastLength } from "./glob.ts";
import { type ResourcePattern, resourcePattern } from "./resource-pattern.ts";

/** A statement that concerns the service, with what it means for that. */
export interface ServiceStatement {
  readonly statement: Statement;
  readonly actions: ActionSet;
  readonly resources: readonly ResourcePattern[];
  readonly isEverything: boolean;
  readonly conditions: ConditionClass;
}

/** Those of the statements that name an action of the service. */
export function serviceStatements(
  statements: readonly Statement[],
  account: Account,
  catalogue: ActionCatalogue,
): ServiceStatement[] {
  const { service } = catalogue;
  return statements.flatMap((statement) => {
    const actions = namedActions(statement.actions, catalogue);
    if (actions === 0n) return [];
    const resources = statement.resources.patterns.map((written) =>
      resourcePattern(written, statement.version, account, service),
    );
    const isEverything = resources.some((pattern) => pattern.isEverything);
    const conditions = classOfConditions(statement.conditions, account, service);
    return [{ statement, actions, resources, isEverything, conditions }];
  });
}

/**
 * The actions that the Allows name together, wherever and whenever: the cheap first question, which few documents get
 * beyond, since without every core action no verdict but `none` is possible.
 */
export function allowedSomewhere(statements: readonly Statement[], catalogue: ActionCatalogue): ActionSet {
  return statements
    .filter(({ effect }) => effect === "Allow")
    .reduce((allowed, { actions }) => allowed | namedActions(actions, catalogue), 0n);
}

/** Every glob that the statements are about, once. */
export function globsOf(statements: readonly ServiceStatement[]): ReadonlySet<string> {
  return new Set(statements.flatMap(({ resources }) => resources.flatMap(({ globs }) => globs)));
}

/** The globs that limit grants: what is granted by these and any others is granted for certain. */
export function limitingGlobs(statements: readonly ServiceStatement[]): ReadonlySet<string> {
  return globsOf(
    statements.filter(
      ({ statement }) => statement.effect === "Deny" || statement.resources.element === "NotResource",
    ),
  );
}

/** The limiting globs and, of all the others, the one that asks for least. */
export function withWidest(limiting: ReadonlySet<string>, globs: ReadonlySet<string>): ReadonlySet<string> {
  const [first, ...others] = [...globs].filter((glob) => !limiting.has(glob));
  if (first === undefined) return limiting;
  const widest = others.reduce((one, other) => (leastLength(other) < leastLength(one) ? other : one), first);
  return new Set(limiting).add(widest);
}

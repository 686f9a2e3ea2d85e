import type { Statement } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import type { GuardedService } from "../services/service.ts";
import { leastLength } from "../text/glob.ts";
import { type ActionCatalogue, type ActionSet, namedActions } from "./action-set.ts";
import { type ConditionBlock, readConditions } from "./conditions/condition-block.ts";
import { type AllowDecision, decideAllow, decideDeny } from "./conditions/decide.ts";
import type { Steps } from "./glob-automaton.ts";
import { type ResourcePattern, resourcePattern } from "./resource-pattern.ts";

export type DenyDecision = ReturnType<typeof decideDeny>;

/** A statement that concerns the service, with what it means for that. */
export interface ServiceStatement {
  readonly statement: Statement;
  readonly actions: ActionSet;
  readonly resources: readonly ResourcePattern[];
  readonly isEverything: boolean;
  /** Absent where it has none. */
  readonly conditions?: ConditionBlock;
  /** Of an Allow: when its conditions hold, those on Region and account apart. */
  readonly allows: AllowDecision["holds"] | "unconditional";
  /** Of an Allow whose conditions sometimes hold: see `AllowDecision`. */
  readonly inDirectCalls: boolean;
  readonly onSomeResources: boolean;
  readonly madeBy?: ActionSet | "anybody";
  /** Of a Deny. */
  readonly denies: DenyDecision;
  /** True where its conditions cannot be read: they may hold or not. */
  readonly isUnreadable: boolean;
}

/** Those of the statements that name an action of the service. */
export function serviceStatements(
  statements: readonly Statement[],
  context: { readonly account: Account; readonly service: GuardedService; readonly nowMs: number },
  catalogue: ActionCatalogue,
  steps: Steps,
): ServiceStatement[] {
  const { account, service } = context;
  return statements.flatMap((statement): ServiceStatement[] => {
    const { effect, version } = statement;
    const actions = namedActions(statement.actions, catalogue);
    if (actions === 0n) return [];
    const resources = statement.resources.patterns.map((written) =>
      resourcePattern(written, version, account, service),
    );
    const isEverything = resources.some((pattern) => pattern.isEverything);
    const read = { statement, actions, resources, isEverything };
    if (statement.conditions.length === 0) return [{ ...read, ...UNCONDITIONAL }];
    const conditions = readConditions(statement.conditions, version, context);
    if (conditions.problems.length > 0)
      return [{ ...read, ...UNCONDITIONAL, conditions, isUnreadable: true }];
    if (conditions.isDecidedByPlace) return [{ ...read, ...UNCONDITIONAL, conditions }];
    if (effect === "Deny") {
      const denies = decideDeny([conditions], steps);
      return [{ ...read, ...UNCONDITIONAL, conditions, denies }];
    }
    const { holds, inDirectCalls, onSomeResources, madeBy } = decideAllow([conditions], steps);
    const made = madeBy && actionsOf(madeBy, catalogue);
    return [
      {
        ...read,
        ...UNCONDITIONAL,
        conditions,
        allows: holds,
        inDirectCalls,
        onSomeResources,
        ...(made !== undefined && { madeBy: made }),
      },
    ];
  });
}

const UNCONDITIONAL = {
  allows: "unconditional",
  denies: "always",
  inDirectCalls: true,
  onSomeResources: false,
  isUnreadable: false,
} as const;

/** The actions any one of which makes a condition hold; `anybody` can without one. */
export function actionsOf(names: readonly string[], catalogue: ActionCatalogue): ActionSet | "anybody" {
  if (names.length === 0) return "anybody";
  return names.reduce((set, name) => set | (catalogue.byName.get(name) ?? 0n), 0n);
}

/**
 * The actions that the Allows name together, wherever and whenever: the cheap first question, which few documents get
 * beyond, since without two powers, or the action that gives the rest, no verdict but `none` is possible.
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

/** True for a statement whose patterns take away: what is granted without them is granted for certain. */
export function isLimiting({ statement }: ServiceStatement): boolean {
  return (statement.effect === "Deny") === (statement.resources.element === "Resource");
}

/** The limiting globs and, of all the others, the one that asks for least. */
export function withWidest(limiting: ReadonlySet<string>, globs: ReadonlySet<string>): ReadonlySet<string> {
  const [first, ...others] = [...globs].filter((glob) => !limiting.has(glob));
  if (first === undefined) return limiting;
  const widest = others.reduce((one, other) => (leastLength(other) < leastLength(one) ? other : one), first);
  return new Set(limiting).add(widest);
}

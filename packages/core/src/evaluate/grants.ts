import { type ActionSet, hasEvery } from "./action-set.ts";
import type { ConditionBlock } from "./conditions/condition-block.ts";
import { type AllowDecision, decideAllow, decideDeny } from "./conditions/decide.ts";
import type { Steps } from "./glob-automaton.ts";
import type { ResourcePattern } from "./resource-pattern.ts";
import type { ResourceCell } from "./resource-space.ts";
import type { DenyDecision, ServiceStatement } from "./service-statements.ts";

/** How sure a grant is: which Allows and Denies count. Each has all that the one before it has, but `scoped`. */
export const LEVELS = ["unconditional", "tautological", "selfMade", "conditional", "scoped"] as const;
/**
 * `unconditional`: without a condition, or with conditions on Region and account, which are places.
 * `tautological`: with conditions, too, that always hold. `selfMade`: and those that the principal can make hold.
 * `conditional`: and those that hold at times; Denies that apply to every direct call count no longer.
 * `scoped`: tautological, and with conditions that hold on some resources.
 */
export type Level = (typeof LEVELS)[number];

/** The actions granted, by level. */
export type Granted = Readonly<Record<Level, ActionSet>>;

/**
 * What a reading takes for granted where the document leaves a doubt: `narrow`, that a doubtful Allow gives nothing and
 * a doubtful Deny takes; `wide`, the opposite. What both say is certain.
 */
export type Reading = "narrow" | "wide";

/** What statements grant on cells of the resource space; cells that are alike to the statements are asked once. */
export class Grants {
  readonly #statements: readonly ServiceStatement[];
  /** The patterns by their globs: sorted once, since cells are many. */
  readonly #byGlob = new Map<string, { readonly of: number; readonly pattern: ResourcePattern }[]>();
  readonly #reading: Reading;
  readonly #steps: Steps;
  readonly #known = new Map<string, Granted>();
  /** Of the same conditions together, which many cells share. */
  readonly #allows = new Map<string, AllowDecision>();
  readonly #denies = new Map<string, DenyDecision>();

  /** `globs`: those of the statements that count; the others match nothing. */
  constructor(
    statements: readonly ServiceStatement[],
    globs: ReadonlySet<string>,
    reading: Reading,
    steps: Steps,
  ) {
    this.#statements = statements;
    this.#reading = reading;
    this.#steps = steps;
    for (const [of, { resources }] of statements.entries()) {
      for (const pattern of resources) {
        for (const glob of pattern.globs) {
          if (!globs.has(glob)) continue;
          const there = this.#byGlob.get(glob);
          if (there === undefined) this.#byGlob.set(glob, [{ of, pattern }]);
          else there.push({ of, pattern });
        }
      }
    }
  }

  on({ matched, unmet, isUndecided }: Pick<ResourceCell, "matched" | "unmet" | "isUndecided">): Granted {
    const key = `${isUndecided} ${[...unmet].join()} ${[...matched].join("\n")}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const perhaps = new Set(isUndecided ? this.#statements.keys() : []);
    const certainly = new Set<number>();
    for (const glob of matched) {
      for (const { of, pattern } of this.#byGlob.get(glob) ?? []) {
        perhaps.add(of);
        if (pattern.doubt === undefined && pattern.globs.every((other) => matched.has(other)))
          certainly.add(of);
      }
    }
    this.#steps.take(this.#statements.length + perhaps.size);
    const granted = this.by(
      (each, index) => !unmet.has(index) && this.#covers(each, index, perhaps, certainly),
    );
    this.#known.set(key, granted);
    return granted;
  }

  /** On the resource `*`: where no Region is left out. */
  onStar(regions: readonly { readonly unmet: ReadonlySet<number> }[]): Granted {
    const coversStar = (each: ServiceStatement) =>
      each.isEverything === (each.statement.resources.element === "Resource") &&
      !(each.isUnreadable && !this.#isWide(each));
    return regions
      .map(({ unmet }) => this.by((each, index) => !unmet.has(index) && coversStar(each)))
      .reduce((one, other) => mapLevels((level) => one[level] & other[level]));
  }

  /** What the statements grant that cover something. */
  by(covers: (statement: ServiceStatement, index: number) => boolean): Granted {
    let [unconditional, always, some, sometimes, denied, limited] = [0n, 0n, 0n, 0n, 0n, 0n];
    const conditionalAllows: ServiceStatement[] = [];
    const conditionalDenies: ServiceStatement[] = [];
    for (const [index, each] of this.#statements.entries()) {
      const { statement, actions, allows, denies, onSomeResources } = each;
      if (statement.effect === "Deny") {
        // Where there are many Denies they mostly take the same.
        if (denies === "never" || hasEvery(denied, actions) || !covers(each, index)) continue;
        if (denies === "always") denied |= actions;
        else {
          if (denies === "limits") limited |= actions;
          conditionalDenies.push(each);
        }
      } else if (allows !== "never" && covers(each, index)) {
        if (allows === "unconditional") unconditional |= actions;
        else if (allows === "always") always |= actions;
        else {
          if (onSomeResources) some |= actions;
          else sometimes |= actions;
          if (each.inDirectCalls) conditionalAllows.push(each);
        }
      }
    }
    for (const { actions, statements } of sharedActions(conditionalDenies, ~denied)) {
      const decision = this.#denyTogether(statements);
      if (decision === "always") denied |= actions;
      if (decision === "limits") limited |= actions;
    }
    for (const { actions, statements } of sharedActions(conditionalAllows, ~(unconditional | always))) {
      const { holds, onSomeResources } = this.#allowTogether(statements);
      if (holds === "always") always |= actions;
      else if (onSomeResources) some |= actions;
    }
    const kept = ~(denied | limited);
    const tautological = (unconditional | always) & kept;
    let made = 0n;
    for (const { actions, madeBy } of conditionalAllows) {
      if (madeBy === "anybody" || (madeBy !== undefined && (madeBy & tautological) !== 0n)) made |= actions;
    }
    return {
      unconditional: unconditional & kept,
      tautological,
      selfMade: tautological | (made & kept),
      conditional: (unconditional | always | made | sometimes) & ~denied,
      scoped: tautological | (some & kept),
    };
  }

  #allowTogether(statements: readonly ServiceStatement[]): AllowDecision {
    const key = statements.map((each) => this.#statements.indexOf(each)).join();
    const decision = this.#allows.get(key) ?? decideAllow(blocksOf(statements), this.#steps);
    this.#allows.set(key, decision);
    return decision;
  }

  #denyTogether(statements: readonly ServiceStatement[]): DenyDecision {
    const key = statements.map((each) => this.#statements.indexOf(each)).join();
    const decision = this.#denies.get(key) ?? decideDeny(blocksOf(statements), this.#steps);
    this.#denies.set(key, decision);
    return decision;
  }

  #covers(
    each: ServiceStatement,
    index: number,
    perhaps: ReadonlySet<number>,
    certainly: ReadonlySet<number>,
  ): boolean {
    if (each.isUnreadable && !this.#isWide(each)) return false;
    const isNamed = each.isEverything || (this.#isWide(each) ? perhaps : certainly).has(index);
    if (each.statement.resources.element === "Resource") return isNamed;
    return !each.isEverything && !(this.#isWide(each) ? certainly : perhaps).has(index);
  }

  /** True for what a reading takes as it covers most. */
  #isWide({ statement }: ServiceStatement): boolean {
    return (statement.effect === "Allow") === (this.#reading === "wide");
  }
}

function blocksOf(statements: readonly ServiceStatement[]): ConditionBlock[] {
  return statements.flatMap(({ conditions }) => conditions ?? []);
}

/** The actions that at least two of the statements share, by which of the statements these are. */
function sharedActions(
  statements: readonly ServiceStatement[],
  among: ActionSet,
): { readonly actions: ActionSet; readonly statements: readonly ServiceStatement[] }[] {
  if (statements.length < 2) return [];
  const all = statements.reduce((set, { actions }) => set | actions, 0n) & among;
  let groups: { actions: ActionSet; statements: readonly ServiceStatement[] }[] =
    all === 0n ? [] : [{ actions: all, statements: [] }];
  for (const each of statements) {
    groups = groups.flatMap(({ actions, statements: having }) => {
      const [shared, rest] = [actions & each.actions, actions & ~each.actions];
      return [
        ...(shared === 0n ? [] : [{ actions: shared, statements: [...having, each] }]),
        ...(rest === 0n ? [] : [{ actions: rest, statements: having }]),
      ];
    });
  }
  return groups.filter((group) => group.statements.length > 1);
}

function mapLevels(actions: (level: Level) => ActionSet): Granted {
  return {
    unconditional: actions("unconditional"),
    tautological: actions("tautological"),
    selfMade: actions("selfMade"),
    conditional: actions("conditional"),
    scoped: actions("scoped"),
  };
}

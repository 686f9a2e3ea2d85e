import type { Account } from "../policy/policy.ts";
import type { ResourceType } from "../services/service.ts";
import { type ActionCatalogue, type ActionSet, hasEvery } from "./action-set.ts";
import type { ConditionClass } from "./conditions.ts";
import { globMatches } from "./glob.ts";
import type { ResourcePattern } from "./resource-pattern.ts";
import { type ResourceCell, resourceSpace } from "./resource-space.ts";
import type { ServiceStatement } from "./service-statements.ts";

/** The actions that are granted on (as good as) every resource that they take. */
export interface Permissions {
  /** On the guarded resources of the own account, and on those of others. */
  readonly onOwn: ActionSet;
  readonly onForeign: ActionSet;
  /** On each of the other resource types. Asked for last: few documents get so far. */
  readonly onOthers: () => readonly ActionSet[];
  readonly onStar: ActionSet;
}

/** What the Allows of statements, less their unconditional Denies, grant. */
export interface EffectivePermissions {
  /** Counting unconditional Allows, those with tautological conditions too, all of them. */
  readonly counting: (conditions: ConditionClass) => Permissions;
  /**
   * A resource on which every action that takes only such a resource is granted for certain: its ARN, or "none";
   * "unknown" where there are too many ways in which resources differ to look at each.
   */
  readonly fullyGranted: () => { readonly arn: string } | "none" | "unknown";
  /** One of the own resources on which every core action is granted, if these are more than half of them. */
  readonly onMost: (conditions: ConditionClass) => string | undefined;
}

/** A part of all resources so small that a grant on the rest is one on all of them: a few named ones. */
const NEGLIGIBLE_SHARE = 1e-6;

/**
 * Evaluates the statements on every cell of the resource space, on one of each other type that nobody can mean, and on
 * `*`; by all of their globs or by some. `undefined` where these are too many or too complex for so much work (a unit
 * is some 100 ns).
 */
export function effectivePermissions(
  statements: readonly ServiceStatement[],
  globs: ReadonlySet<string>,
  account: Account,
  catalogue: ActionCatalogue,
  mostWork = MOST_WORK,
): EffectivePermissions | undefined {
  const { service, core, onResourceOnly } = catalogue;
  const space = resourceSpace(globs, account, service, mostWork);
  if (space === undefined) return undefined;
  const counts = ({ own }: ResourceCell) => own || service.resource.isShared;
  const actionsOn = actionsByGlobs(statements, globs);
  const cells = space.cells.filter(counts).map((cell) => ({ cell, granted: actionsOn(cell.matched) }));
  const onStar = grantedBy(statements, coversStar);
  const isFull = ({ tautological }: Granted) => hasEvery(tautological, onResourceOnly);
  const onOther = ({ prefix, shapes }: ResourceType, conditions: ConditionClass) =>
    space.regions.reduce((common, region) => {
      const name = shapes[0]?.map((characters) => characters.charAt(0)).join("") ?? "";
      const arn = `arn:${account.partition}:${service.prefix}:${region}:${account.id}:${prefix}${name}`;
      return common & actionsOn(new Set([...globs].filter((glob) => globMatches(glob, arn))))[conditions];
    }, catalogue.all);
  return {
    counting: (conditions) => ({
      onOwn: onAlmostAll(cells, true, conditions, catalogue),
      onForeign: onAlmostAll(cells, false, conditions, catalogue),
      onOthers: () => service.otherResources.map((type) => onOther(type, conditions)),
      onStar: onStar[conditions],
    }),
    fullyGranted: () => {
      // What no Allow names at all is granted nowhere: the usual case, and a cheap one.
      if (!isFull(grantedBy(statements, isAllowOrTotal))) return "none";
      const found = cells.find(({ granted }) => isFull(granted))?.cell.example;
      if (found !== undefined) return { arn: found };
      for (const cell of space.namedCells()) {
        if (cell === undefined) return "unknown";
        if (counts(cell) && isFull(actionsOn(cell.matched))) return { arn: cell.example };
      }
      return "none";
    },
    onMost: (conditions) => {
      const granted = cells.filter(({ cell, granted }) => cell.own && hasEvery(granted[conditions], core));
      return granted.reduce((sum, { cell }) => sum + cell.share, 0) > 0.5
        ? granted[0]?.cell.example
        : undefined;
    },
  };
}

/** No policy that people write takes as much. */
const MOST_WORK = 1200;

/** The most that the statements can grant, wherever and whenever: of the Denies only those on everything count. */
export function upperBound(statements: readonly ServiceStatement[]): ActionSet {
  return grantedBy(statements, isAllowOrTotal).conditional;
}

/** The actions granted, by which Allows are counted: see `counting`. */
type Granted = Readonly<Record<ConditionClass, ActionSet>>;

function grantedBy(
  statements: readonly ServiceStatement[],
  covers: (statement: ServiceStatement) => boolean,
): Granted {
  const allowed = { unconditional: 0n, tautological: 0n, conditional: 0n };
  let denied = 0n;
  for (const each of statements) {
    const { statement, actions, conditions } = each;
    const isDeny = statement.effect === "Deny";
    // Where there are many Denies they mostly take the same.
    if (isDeny && (conditions !== "unconditional" || actions === denied)) continue;
    if (!covers(each)) continue;
    if (isDeny) denied |= actions;
    else {
      allowed.conditional |= actions;
      if (conditions !== "conditional") allowed.tautological |= actions;
      if (conditions === "unconditional") allowed.unconditional |= actions;
    }
  }
  return {
    unconditional: allowed.unconditional & ~denied,
    tautological: allowed.tautological & ~denied,
    conditional: allowed.conditional & ~denied,
  };
}

/** The statements that make the most of a document: every Allow, and of the Denies those on everything. */
function isAllowOrTotal({ statement, isEverything }: ServiceStatement): boolean {
  return statement.effect === "Allow" || (isEverything && statement.resources.element === "Resource");
}

/** What is granted on resources, by the globs that match these. The patterns are sorted by their globs once. */
function actionsByGlobs(
  statements: readonly ServiceStatement[],
  globs: ReadonlySet<string>,
): (matched: ReadonlySet<string>) => Granted {
  const byGlob = new Map<string, { of: ServiceStatement; pattern: ResourcePattern }[]>();
  for (const of of statements) {
    for (const pattern of of.resources) {
      for (const glob of pattern.globs) {
        if (!globs.has(glob)) continue;
        const there = byGlob.get(glob);
        if (there === undefined) byGlob.set(glob, [{ of, pattern }]);
        else there.push({ of, pattern });
      }
    }
  }
  return (matched) => {
    const maybe = new Set<ServiceStatement>();
    const surely = new Set<ServiceStatement>();
    for (const glob of matched) {
      for (const { of, pattern } of byGlob.get(glob) ?? []) {
        maybe.add(of);
        if (pattern.isCertain && pattern.globs.every((other) => matched.has(other))) surely.add(of);
      }
    }
    return grantedBy(statements, (statement) => covers(statement, maybe, surely));
  };
}

/** Doubtful patterns: an Allow is read so that it covers, a Deny so that it does not. */
function covers(
  each: ServiceStatement,
  maybe: ReadonlySet<ServiceStatement>,
  surely: ReadonlySet<ServiceStatement>,
): boolean {
  const isAllow = each.statement.effect === "Allow";
  if (each.statement.resources.element === "Resource")
    return each.isEverything || (isAllow ? maybe : surely).has(each);
  return !each.isEverything && !(isAllow ? surely : maybe).has(each);
}

function coversStar({ statement, isEverything }: ServiceStatement): boolean {
  return isEverything === (statement.resources.element === "Resource");
}

function onAlmostAll(
  onCells: readonly { cell: ResourceCell; granted: Granted }[],
  own: boolean,
  conditions: ConditionClass,
  { all, names }: ActionCatalogue,
): ActionSet {
  const cells = onCells.filter(({ cell }) => cell.own === own && cell.share > 0);
  let everywhere = all;
  let almost = all;
  for (const { cell, granted } of cells) {
    everywhere &= granted[conditions];
    if (cell.share >= NEGLIGIBLE_SHARE) almost &= granted[conditions];
  }
  if (everywhere === almost) return everywhere;
  for (let index = 0; index < names.length; index += 1) {
    const bit = 1n << BigInt(index);
    if ((almost & ~everywhere & bit) === 0n) continue;
    // Many cells of next to nothing may still be something together.
    const lacking = cells.reduce(
      (sum, { cell, granted }) => ((granted[conditions] & bit) === 0n ? sum + cell.share : sum),
      0,
    );
    if (lacking >= NEGLIGIBLE_SHARE) almost &= ~bit;
  }
  return almost;
}

import type { Document, Statement } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import type { ActionCatalogue, ActionSet } from "./action-set.ts";
import { namedActions } from "./action-set.ts";
import { globMatches, leastLength } from "./glob.ts";
import { type KeyCell, keySpace } from "./key-space.ts";
import { type ResourcePattern, resourcePattern } from "./resource-pattern.ts";
import { isVacuous } from "./vacuous.ts";

/** What must hold for a statement to apply. `always`: its conditions are there and protect nothing. */
export type Proviso = "none" | "always" | "sometimes";

/** A statement that has something to say about the service. */
export interface Claim {
  readonly statement: Statement;
  readonly actions: ActionSet;
  readonly resources: readonly ResourcePattern[];
  readonly isEverything: boolean;
  readonly proviso: Proviso;
}

/** The actions that are granted on (as good as) every resource that they take. */
export interface Granted {
  readonly onOwnKeys: ActionSet;
  readonly onForeignKeys: ActionSet;
  /** Asked for last: few documents get so far. */
  readonly onAliases: () => ActionSet;
  readonly onStar: ActionSet;
}

/** What a document's Allow statements, less its unconditional Denies, cover. */
export interface Coverage {
  readonly claims: readonly Claim[];
  /** Counting Allows without a proviso, those whose proviso always holds too, all of them. */
  readonly granted: (proviso: Proviso) => Granted;
  /** A key on which every action that takes only a key is granted without a proviso, if there is any. */
  readonly fullyGrantedKey: () => string | undefined;
}

/** A part of all keys so small that whoever holds the rest holds every key: a few named ones. */
const NEGLIGIBLE_SHARE = 1e-6;

/** The claims of a document on the service; the cheap first step, which most documents do not get beyond. */
export function claimsOf(document: Document, account: Account, catalogue: ActionCatalogue): Claim[] {
  const claims: Claim[] = [];
  for (const statement of document.statements) {
    const actions = namedActions(statement.actions, catalogue);
    if (actions === 0n) continue;
    const resources = statement.resources.patterns.map((written) =>
      resourcePattern(written, document.version, account, catalogue.service.prefix),
    );
    const isEverything = resources.some((pattern) => pattern.isEverything);
    claims.push({ statement, actions, resources, isEverything, proviso: provisoOf(statement, account) });
  }
  return claims;
}

function provisoOf({ conditions }: Statement, account: Account): Proviso {
  if (conditions.length === 0) return "none";
  return conditions.every((condition) => isVacuous(condition, account)) ? "always" : "sometimes";
}

/** True where the Allows together name every core action: without that no verdict but `none` is possible. */
export function mayBeFull(claims: readonly Claim[], catalogue: ActionCatalogue): boolean {
  let named = 0n;
  for (const { statement, actions } of claims) if (statement.effect === "Allow") named |= actions;
  return (named & catalogue.core) === catalogue.core;
}

/** Weighs the claims on every cell of the key space, on an alias nobody can mean, and on `*`. */
export function coverageOf(claims: readonly Claim[], account: Account, catalogue: ActionCatalogue): Coverage {
  const { prefix } = catalogue.service;
  const space = keySpace(new Set(claims.flatMap(globsOf)), account, prefix);
  const sure = space.isExact ? space : keySpace(fewestGlobs(claims), account, prefix);
  const onCell = (cell: KeyCell) =>
    weigh(claims, (claim) => coversKeys(claim, (glob) => cell.matched.has(glob)));
  const onCells = space.cells.map((cell) => ({ cell, granted: onCell(cell) }));
  const onSureCells = sure === space ? onCells : sure.cells.map((cell) => ({ cell, granted: onCell(cell) }));
  const onKeys = (own: boolean, proviso: Proviso) =>
    sure.isExact ? onAlmostAll(onSureCells, own, proviso, catalogue) : 0n;
  const onStar = weigh(claims, coversStar);
  const isFull = ({ none }: Weighed) => (none & catalogue.keyOnly) === catalogue.keyOnly;
  return {
    claims,
    granted: (proviso) => ({
      onOwnKeys: onKeys(true, proviso),
      onForeignKeys: onKeys(false, proviso),
      onStar: onStar[proviso],
      onAliases: () =>
        space.regions
          .map(
            (region) =>
              `arn:${account.partition}:${catalogue.service.prefix}:${region}:${account.id}:alias/${ANY_ALIAS}`,
          )
          .map(
            (alias) =>
              weigh(claims, (claim) => coversKeys(claim, (glob) => globMatches(glob, alias)))[proviso],
          )
          .reduce((common, granted) => common & granted, catalogue.all),
    }),
    fullyGrantedKey: () =>
      onCells.find(({ granted }) => isFull(granted))?.cell.example ??
      firstKey(space.namedKeys, (cell) => isFull(onCell(cell))),
  };
}

function globsOf({ resources }: Claim): readonly string[] {
  return resources.flatMap((pattern) => pattern.globs);
}

/**
 * Where there are too many globs to be sure about all: those whose absence could only make a grant look greater, and
 * the simplest of those whose absence makes it look smaller. What is granted by these is granted for certain.
 */
function fewestGlobs(claims: readonly Claim[]): ReadonlySet<string> {
  const givesAtMost = ({ statement }: Claim) =>
    statement.effect === "Allow" && statement.resources.element === "Resource";
  const needed = claims.filter((claim) => !givesAtMost(claim)).flatMap(globsOf);
  const simplest = [...new Set(claims.filter(givesAtMost).flatMap(globsOf))]
    .map((glob) => ({ glob, wildcards: glob.length - leastLength(glob) }))
    .sort((a, b) => a.wildcards - b.wildcards)
    .slice(0, FEW_GLOBS);
  return new Set([...needed, ...simplest.map(({ glob }) => glob)]);
}

const FEW_GLOBS = 8;

function firstKey(cells: Iterable<KeyCell>, isWanted: (cell: KeyCell) => boolean): string | undefined {
  for (const cell of cells) if (isWanted(cell)) return cell.example;
  return undefined;
}

/** A name that no policy has a reason to write; naming it would turn `full` into `near-full` and no more. */
const ANY_ALIAS = "q7XzR0vKw3_any-alias/u5Nd";

type Weighed = Readonly<Record<Proviso, ActionSet>>;

function weigh(claims: readonly Claim[], covers: (claim: Claim) => boolean): Weighed {
  let none = 0n;
  let always = 0n;
  let sometimes = 0n;
  let denied = 0n;
  for (const claim of claims) {
    if (claim.statement.effect === "Deny" && claim.proviso !== "none") continue;
    if (!covers(claim)) continue;
    if (claim.statement.effect === "Deny") denied |= claim.actions;
    else {
      sometimes |= claim.actions;
      if (claim.proviso !== "sometimes") always |= claim.actions;
      if (claim.proviso === "none") none |= claim.actions;
    }
  }
  return { none: none & ~denied, always: always & ~denied, sometimes: sometimes & ~denied };
}

/** Doubtful patterns: an Allow is read so that it covers, a Deny so that it does not. */
function coversKeys(
  { statement, resources, isEverything }: Claim,
  matches: (glob: string) => boolean,
): boolean {
  const maybe = (pattern: ResourcePattern) => pattern.globs.some(matches);
  const surely = (pattern: ResourcePattern) =>
    pattern.isCertain && pattern.globs.length > 0 && pattern.globs.every(matches);
  const isAllow = statement.effect === "Allow";
  if (statement.resources.element === "Resource")
    return isEverything || resources.some(isAllow ? maybe : surely);
  return !isEverything && !resources.some(isAllow ? surely : maybe);
}

function coversStar({ statement, isEverything }: Claim): boolean {
  return isEverything === (statement.resources.element === "Resource");
}

function onAlmostAll(
  onCells: readonly { cell: KeyCell; granted: Weighed }[],
  own: boolean,
  proviso: Proviso,
  { all, names }: ActionCatalogue,
): ActionSet {
  const cells = onCells.filter(({ cell }) => cell.own === own && cell.share > 0);
  const everywhere = cells.reduce((common, { granted }) => common & granted[proviso], all);
  const somewhere = cells.reduce((union, { granted }) => union | granted[proviso], 0n);
  if (everywhere === somewhere) return everywhere;
  let almost = everywhere;
  for (let index = 0; index < names.length; index += 1) {
    const bit = 1n << BigInt(index);
    if ((somewhere & ~everywhere & bit) === 0n) continue;
    const lacking = cells.reduce(
      (sum, { cell, granted }) => ((granted[proviso] & bit) === 0n ? sum + cell.share : sum),
      0,
    );
    if (lacking < NEGLIGIBLE_SHARE) almost |= bit;
  }
  return almost;
}

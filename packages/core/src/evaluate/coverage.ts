import type { Statement } from "../policy/document.ts";
import type { Account } from "../policy/policy.ts";
import type { ActionCatalogue, ActionSet } from "./action-set.ts";
import { namedActions } from "./action-set.ts";
import { globMatches } from "./glob.ts";
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
  /** Counting Allows without a proviso, those whose proviso always holds too, all of them. */
  readonly granted: (proviso: Proviso) => Granted;
  /**
   * A key on which every action that takes only a key is granted for certain: its ARN, or "none"; "unknown" where
   * there are too many ways in which keys differ to look at each.
   */
  readonly fullyGrantedKey: () => { readonly arn: string } | "none" | "unknown";
  /** One of the own keys on which every core action is granted, if these are more than half of them. */
  readonly oneOfMostKeys: (proviso: Proviso) => string | undefined;
}

/** A part of all keys so small that whoever holds the rest holds every key: a few named ones. */
const NEGLIGIBLE_SHARE = 1e-6;

/**
 * The actions that the Allows name together, wherever and whenever: the cheap first question, which few
 * documents get beyond, since without every core action no verdict but `none` is possible.
 */
export function allowedSomewhere(statements: readonly Statement[], catalogue: ActionCatalogue): ActionSet {
  let allowed = 0n;
  for (const { effect, actions } of statements) {
    if (effect !== "Allow") continue;
    allowed |= namedActions(actions, catalogue);
  }
  return allowed;
}

/** The claims of statements on the service. */
export function claimsOf(
  statements: readonly Statement[],
  account: Account,
  catalogue: ActionCatalogue,
): Claim[] {
  const claims: Claim[] = [];
  for (const statement of statements) {
    const actions = namedActions(statement.actions, catalogue);
    if (actions === 0n) continue;
    const resources = statement.resources.patterns.map((written) =>
      resourcePattern(written, statement.version, account, catalogue.service.prefix),
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

/**
 * Weighs the claims on every cell of the key space, on an alias nobody can mean, and on `*`; by all of their globs
 * or by some. `undefined` where these are too many or too tangled for so much work (a unit is some 50 ns).
 */
export function coverageOf(
  claims: readonly Claim[],
  globs: ReadonlySet<string>,
  account: Account,
  catalogue: ActionCatalogue,
  mostWork = MOST_WORK,
): Coverage | undefined {
  const { prefix } = catalogue.service;
  const space = keySpace(globs, account, prefix, mostWork);
  if (space === undefined) return undefined;
  const weighOn = scalesOf(claims, globs);
  const onCells = space.cells.map((cell) => ({ cell, granted: weighOn(cell.matched) }));
  const onStar = weigh(claims, coversStar);
  const isFull = ({ always }: Weighed) => (always & catalogue.keyOnly) === catalogue.keyOnly;
  const onAliases = (proviso: Proviso) => {
    return space.regions.reduce((common, region) => {
      const alias = `arn:${account.partition}:${prefix}:${region}:${account.id}:alias/${ANY_ALIAS}`;
      const matched = [...globs].filter((glob) => globMatches(glob, alias));
      return common & weighOn(new Set(matched))[proviso];
    }, catalogue.all);
  };
  return {
    granted: (proviso) => ({
      onOwnKeys: onAlmostAll(onCells, true, proviso, catalogue),
      onForeignKeys: onAlmostAll(onCells, false, proviso, catalogue),
      onStar: onStar[proviso],
      onAliases: () => onAliases(proviso),
    }),
    fullyGrantedKey: () => {
      // What no Allow names at all is granted on no key: the usual case, and a cheap one.
      if (!isFull(weigh(claims, isAllowOrTotal))) return "none";
      const found = onCells.find(({ granted }) => isFull(granted))?.cell.example;
      if (found !== undefined) return { arn: found };
      for (const cell of space.namedCells()) {
        if (cell === undefined) return "unknown";
        if (isFull(weighOn(cell.matched))) return { arn: cell.example };
      }
      return "none";
    },
    oneOfMostKeys: (proviso) => {
      const held = onCells.filter(
        ({ cell, granted }) => cell.own && (granted[proviso] & catalogue.core) === catalogue.core,
      );
      return held.reduce((sum, { cell }) => sum + cell.share, 0) > 0.5 ? held[0]?.cell.example : undefined;
    },
  };
}

/** No policy that people write takes as much. */
const MOST_WORK = 1200;

/** The most that the claims can come to, wherever and whenever: of the Denies only those on everything count. */
export function atMost(claims: readonly Claim[]): ActionSet {
  return weigh(claims, isAllowOrTotal).sometimes;
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
    const isDeny = claim.statement.effect === "Deny";
    // Where there are many Denies they mostly take the same.
    if (isDeny && (claim.proviso !== "none" || claim.actions === denied)) continue;
    if (!covers(claim)) continue;
    if (isDeny) denied |= claim.actions;
    else {
      sometimes |= claim.actions;
      if (claim.proviso !== "sometimes") always |= claim.actions;
      if (claim.proviso === "none") none |= claim.actions;
    }
  }
  return { none: none & ~denied, always: always & ~denied, sometimes: sometimes & ~denied };
}

/** The claims that make the most of a document: every Allow, and of the Denies those on everything. */
function isAllowOrTotal({ statement, isEverything }: Claim): boolean {
  return statement.effect === "Allow" || (isEverything && statement.resources.element === "Resource");
}

/** Weighs the claims on keys by the globs that match these. The patterns are sorted by their globs once. */
function scalesOf(
  claims: readonly Claim[],
  globs: ReadonlySet<string>,
): (matched: ReadonlySet<string>) => Weighed {
  const byGlob = new Map<string, { claim: Claim; pattern: ResourcePattern }[]>();
  for (const claim of claims) {
    for (const pattern of claim.resources) {
      for (const glob of pattern.globs) {
        if (!globs.has(glob)) continue;
        const there = byGlob.get(glob);
        if (there === undefined) byGlob.set(glob, [{ claim, pattern }]);
        else there.push({ claim, pattern });
      }
    }
  }
  return (matched) => {
    const maybe = new Set<Claim>();
    const surely = new Set<Claim>();
    for (const glob of matched) {
      for (const { claim, pattern } of byGlob.get(glob) ?? []) {
        maybe.add(claim);
        if (pattern.isCertain && pattern.globs.every((other) => matched.has(other))) surely.add(claim);
      }
    }
    return weigh(claims, (claim) => covers(claim, maybe, surely));
  };
}

/** Doubtful patterns: an Allow is read so that it covers, a Deny so that it does not. */
function covers(claim: Claim, maybe: ReadonlySet<Claim>, surely: ReadonlySet<Claim>): boolean {
  const isAllow = claim.statement.effect === "Allow";
  if (claim.statement.resources.element === "Resource")
    return claim.isEverything || (isAllow ? maybe : surely).has(claim);
  return !claim.isEverything && !(isAllow ? surely : maybe).has(claim);
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
  let everywhere = all;
  let almost = all;
  for (const { cell, granted } of cells) {
    everywhere &= granted[proviso];
    if (cell.share >= NEGLIGIBLE_SHARE) almost &= granted[proviso];
  }
  if (everywhere === almost) return everywhere;
  for (let index = 0; index < names.length; index += 1) {
    const bit = 1n << BigInt(index);
    if ((almost & ~everywhere & bit) === 0n) continue;
    // Many cells of next to nothing may still be something together.
    const lacking = cells.reduce(
      (sum, { cell, granted }) => ((granted[proviso] & bit) === 0n ? sum + cell.share : sum),
      0,
    );
    if (lacking >= NEGLIGIBLE_SHARE) almost &= ~bit;
  }
  return almost;
}

import { isAllStars } from "../policy/action-syntax.ts";
import type { WrittenActions } from "../policy/document.ts";
import type { GuardedService } from "../services/guarded-service.ts";
import { placesSet } from "./bits.ts";
import { foldAscii, globMatches, leastLength, QUESTION_MARK, STAR } from "./glob.ts";

/** A set of the service's actions: bit n stands for the n-th of the catalogue. */
export type ActionSet = bigint;

/** The catalogue of a service, ready for asking. */
export interface ActionCatalogue {
  readonly service: GuardedService;
  /** What patterns match, of those met so far: policies mostly repeat each other's. */
  readonly met: Map<string, ActionSet>;
  /** Lower case, in the catalogue's order. */
  readonly names: readonly string[];
  /** For each name, which letters it has: bit 0 for a. */
  readonly letters: readonly number[];
  readonly all: ActionSet;
  /** Those that take a key and nothing besides. */
  readonly keyOnly: ActionSet;
  /** Those that take a key, alone or with an alias. */
  readonly onKeys: ActionSet;
  /** Those that take an alias (and a key). */
  readonly onAliases: ActionSet;
  /** Those that take the resource `*` only. */
  readonly onStar: ActionSet;
  readonly core: ActionSet;
}

/** Built once per service, since every evaluation asks for it. */
export function actionCatalogue(service: GuardedService): ActionCatalogue {
  const built = BUILT.get(service) ?? build(service);
  BUILT.set(service, built);
  return built;
}

const BUILT = new WeakMap<GuardedService, ActionCatalogue>();

function build(service: GuardedService): ActionCatalogue {
  const set = (belongs: (action: GuardedService["actions"][number]) => boolean): ActionSet =>
    service.actions.reduce(
      (bits, action, index) => (belongs(action) ? bits | (1n << BigInt(index)) : bits),
      0n,
    );
  const names = service.actions.map((action) => foldAscii(action.name));
  return {
    service,
    met: new Map(),
    names,
    letters: names.map(lettersOf),
    all: set(() => true),
    keyOnly: set(({ resources }) => resources.length === 1 && resources[0] === "key"),
    onKeys: set(({ resources }) => resources.includes("key")),
    onAliases: set(({ resources }) => resources.includes("alias")),
    onStar: set(({ resources }) => resources.length === 0),
    core: set(({ name }) => service.core.includes(name)),
  };
}

/** The actions that a statement's Action or NotAction element names. */
export function namedActions(written: WrittenActions, catalogue: ActionCatalogue): ActionSet {
  let named = 0n;
  const first = catalogue.service.prefix.charCodeAt(0);
  for (const pattern of written.patterns) {
    const code = pattern.charCodeAt(0);
    // Most patterns are of other services: out on the first character.
    if (code !== 42 && (code | 32) !== first) continue;
    if (named === catalogue.all) break;
    named |= actionsMatching(pattern, catalogue);
  }
  return written.element === "Action" ? named : catalogue.all & ~named;
}

/**
 * The actions that one written pattern matches. Prefix and name are compared without regard to the case of ASCII
 * letters.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function actionsMatching(pattern: string, catalogue: ActionCatalogue): ActionSet {
  const met = catalogue.met.get(pattern);
  if (met !== undefined) return met;
  const matched = matchedBy(pattern, catalogue);
  if (catalogue.met.size < MOST_MET && pattern.length < LONGEST_MET) catalogue.met.set(pattern, matched);
  return matched;
}

const MOST_MET = 2000;
const LONGEST_MET = 60;

function matchedBy(pattern: string, catalogue: ActionCatalogue): ActionSet {
  const colon = pattern.indexOf(":");
  if (colon === -1) return isAllStars(pattern) ? catalogue.all : 0n;
  if (!isServicePrefix(pattern, colon, catalogue.service.prefix)) return 0n;
  const name = pattern.slice(colon + 1);
  if (isAllStars(name)) return catalogue.all;
  if (isAllStars(pattern.slice(0, colon))) return 0n;
  const folded = foldAscii(name);
  const letters = lettersOf(folded);
  const least = leastLength(folded);
  let matched = 0n;
  for (const [index, candidate] of catalogue.names.entries()) {
    // Out by its letters or its length, as most names are, before the glob is run.
    if ((letters & ~(catalogue.letters[index] ?? 0)) !== 0 || candidate.length < least) continue;
    if (globMatches(folded, candidate)) matched |= 1n << BigInt(index);
  }
  return matched;
}

/** Which letters a pattern or name has: bit 0 for a. What is no letter and no wildcard sets a bit that no name has. */
function lettersOf(folded: string): number {
  let letters = 0;
  for (let at = 0; at < folded.length; at += 1) {
    const code = folded.charCodeAt(at);
    if (code >= 97 && code <= 122) letters |= 1 << (code - 97);
    else if (code !== STAR && code !== QUESTION_MARK) letters |= 1 << 30;
  }
  return letters;
}

function isServicePrefix(pattern: string, colon: number, prefix: string): boolean {
  if (pattern.charCodeAt(0) === 42) return isAllStars(pattern.slice(0, colon));
  if (colon !== prefix.length) return false;
  for (let at = 0; at < colon; at += 1) {
    const code = pattern.charCodeAt(at);
    if ((code >= 65 && code <= 90 ? code + 32 : code) !== prefix.charCodeAt(at)) return false;
  }
  return true;
}

const PLACES = Array.from({ length: 64 }, (_, index) => index);

/** The names of a set's actions as they are written in policies: `kms:Decrypt`. */
export function actionNames(set: ActionSet, { service }: ActionCatalogue): string[] {
  const isNamed = placesSet(set, PLACES);
  return service.actions
    .filter((_, index) => isNamed[index] === true)
    .map(({ name }) => `${service.prefix}:${name}`);
}

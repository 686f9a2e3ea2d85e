import type { WrittenActions } from "../policy/document.ts";
import type { GuardedService, ServiceAction } from "../services/service.ts";
import { foldAscii, globMatches, isAllStars } from "../text/glob.ts";

/** A set of the service's actions: bit n is the n-th of the catalogue. */
export type ActionSet = bigint;

/** The actions of a service as sets. */
export interface ActionCatalogue {
  readonly service: GuardedService;
  /** What patterns match, of those met so far: policies mostly repeat each other's. */
  readonly met: Map<string, ActionSet>;
  /** Lower case, in the catalogue's order. */
  readonly names: readonly string[];
  readonly all: ActionSet;
  /** Those that take the guarded resource and nothing else. */
  readonly onResourceOnly: ActionSet;
  /** Those that take the guarded resource, alone or with another. */
  readonly onResource: ActionSet;
  /** Those that take each of the other resource types, in the service's order. */
  readonly onOthers: readonly ActionSet[];
  /** Those that take the resource `*` only. */
  readonly global: ActionSet;
  /** By their names as the service writes them. */
  readonly byName: ReadonlyMap<string, ActionSet>;
  /** See `GuardedService`. */
  readonly powers: readonly ActionSet[];
  readonly selfGrant: { readonly by: ActionSet; readonly beside: ActionSet };
  readonly escalations: readonly {
    readonly needs: readonly ActionSet[];
    readonly severity: "HIGH" | "MEDIUM";
  }[];
}

/** Built once per service, since every evaluation asks for it. */
export function actionCatalogue(service: GuardedService): ActionCatalogue {
  const built = BUILT.get(service) ?? build(service);
  BUILT.set(service, built);
  return built;
}

const BUILT = new WeakMap<GuardedService, ActionCatalogue>();

function build(service: GuardedService): ActionCatalogue {
  const { type } = service.resource;
  const set = (belongs: (action: ServiceAction) => boolean): ActionSet =>
    service.actions.reduce(
      (bits, action, index) => (belongs(action) ? bits | (1n << BigInt(index)) : bits),
      0n,
    );
  const named = (names: readonly string[]) => set(({ name }) => names.includes(name));
  return {
    service,
    met: new Map(),
    names: service.actions.map(({ name }) => foldAscii(name)),
    all: set(() => true),
    onResourceOnly: set(({ resources }) => resources.length === 1 && resources[0] === type),
    onResource: set(({ resources }) => resources.includes(type)),
    onOthers: service.otherResources.map((other) => set(({ resources }) => resources.includes(other.type))),
    global: set(({ resources }) => resources.length === 0),
    byName: new Map(service.actions.map(({ name }, index) => [name, 1n << BigInt(index)])),
    powers: service.powers.map(({ actions }) => named(actions)),
    selfGrant: { by: named(service.selfGrant.by), beside: named(service.selfGrant.beside) },
    escalations: service.escalations.map(({ needs, severity }) => ({ needs: needs.map(named), severity })),
  };
}

/** The actions that a statement's Action or NotAction element names. */
export function namedActions(written: WrittenActions, catalogue: ActionCatalogue): ActionSet {
  let named = 0n;
  for (const pattern of written.patterns) {
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
  // Most patterns are of other services.
  if (pattern.indexOf(":") !== catalogue.service.prefix.length && pattern.charCodeAt(0) !== STAR) return 0n;
  const met = catalogue.met.get(pattern);
  if (met !== undefined) return met;
  const matched = matchedBy(pattern, catalogue);
  if (catalogue.met.size < MOST_MET && pattern.length < LONGEST_MET) catalogue.met.set(pattern, matched);
  return matched;
}

const STAR = 42;
const MOST_MET = 2000;
const LONGEST_MET = 60;

function matchedBy(pattern: string, catalogue: ActionCatalogue): ActionSet {
  const colon = pattern.indexOf(":");
  if (colon === -1) return isAllStars(pattern) ? catalogue.all : 0n;
  const [prefix, name] = [pattern.slice(0, colon), pattern.slice(colon + 1)];
  if (isAllStars(prefix)) return isAllStars(name) ? catalogue.all : 0n;
  if (foldAscii(prefix) !== catalogue.service.prefix) return 0n;
  const folded = foldAscii(name);
  let matched = 0n;
  for (const [index, candidate] of catalogue.names.entries()) {
    if (globMatches(folded, candidate)) matched |= 1n << BigInt(index);
  }
  return matched;
}

/** True where the first set has every action of the second. */
export function hasEvery(set: ActionSet, wanted: ActionSet): boolean {
  return (set & wanted) === wanted;
}

/** True where the sets have an action in common. */
export function hasAny(set: ActionSet, wanted: ActionSet): boolean {
  return (set & wanted) !== 0n;
}

/** The names of a set's actions as they are written in policies: `kms:Decrypt`. */
export function actionNames(set: ActionSet, { service }: ActionCatalogue): string[] {
  return service.actions
    .filter((_, index) => ((set >> BigInt(index)) & 1n) === 1n)
    .map(({ name }) => `${service.prefix}:${name}`);
}

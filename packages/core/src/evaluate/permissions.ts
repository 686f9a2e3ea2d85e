import { defaultRegionsOf } from "../aws/partitions.ts";
import type { Account } from "../policy/policy.ts";
import type { GuardedService, ResourceType } from "../services/service.ts";
import { globMatches } from "../text/glob.ts";
import { type ActionCatalogue, type ActionSet, hasEvery } from "./action-set.ts";
import { type Steps, stringsOf } from "./glob-automaton.ts";
import { type Granted, Grants, type Level, type Reading } from "./grants.ts";
import { ACCOUNTS } from "./places.ts";
import { type Dividers, type ResourceCell, type ResourceSpace, resourceSpace } from "./resource-space.ts";
import { globsOf, isLimiting, type ServiceStatement } from "./service-statements.ts";
import { NEGLIGIBLE, negligibleGlobs, type Share } from "./share.ts";

/** What is asked of the actions that are granted on one resource. */
export type Question = (granted: ActionSet) => boolean;

/** In which account, of which service and at what time statements are evaluated. */
export interface EvaluationContext {
  /** The account of the principals that the policies are attached to. */
  readonly account: Account;
  readonly service: GuardedService;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The Regions that count, because the account has resources there; by default those that are on in every account. */
  readonly regions?: readonly string[];
  /** So many times the work of an event may be spent on a document that is too complex: 1 by default. */
  readonly effort?: number;
}

/**
 * What the statements of a document grant on the resources of the account and of others, exactly. The resources that
 * count for a verdict are the own ones of the first shape (single-Region keys) in the counted Regions.
 */
export class Permissions {
  readonly #cells: readonly CellGrants[];
  readonly #space: ResourceSpace;
  readonly #grants: Grants;
  readonly #globs: ReadonlySet<string>;
  readonly #context: EvaluationContext;
  readonly #catalogue: ActionCatalogue;
  readonly #names: readonly bigint[];
  /** The counted resources by classes of Regions, and the class of each counted Region. */
  readonly #counted: readonly {
    readonly cells: readonly CellGrants[];
    readonly regions: readonly string[];
  }[];
  readonly #countedRegions: readonly string[];

  constructor(
    { statements, globs, space, countedRegions }: DividedResources,
    reading: Reading,
    context: EvaluationContext,
    catalogue: ActionCatalogue,
    steps: Steps,
  ) {
    const { resource } = context.service;
    const grants = new Grants(statements, globs, reading, steps);
    this.#cells = space.cells
      .filter(({ own }) => own || resource.isShared)
      .map((cell) => ({ cell, granted: grants.on(cell) }));
    this.#space = space;
    this.#grants = grants;
    this.#globs = globs;
    this.#context = context;
    this.#catalogue = catalogue;
    this.#names = resource.shapes.map(stringsOf);
    this.#countedRegions = countedRegions;
    const ownOfFirstShape = this.#cells.filter(({ cell }) => cell.own && cell.shape === 0);
    this.#counted = [...Map.groupBy(ownOfFirstShape, ({ cell }) => cell.regions)]
      .map(([names, cells]) => ({ cells, regions: names.filter((name) => countedRegions.includes(name)) }))
      .filter(({ regions }) => regions.length > 0);
  }

  /** True where the answer is yes for at least half of the counted resources of every counted Region. */
  onHalf(level: Level, question: Question): boolean {
    return this.#counted.every(({ cells }) => 2n * namesIn(cells, level, question) >= this.#allNames);
  }

  /** True where it is for at least half of the counted resources of all counted Regions together. */
  onHalfOfAll(level: Level, question: Question): boolean {
    const names = this.#counted.reduce(
      (sum, { cells, regions }) => sum + namesIn(cells, level, question) * BigInt(regions.length),
      0n,
    );
    return 2n * names >= this.#allNames * BigInt(this.#countedRegions.length);
  }

  /** Of the counted resources, those for which the answer is yes. */
  share(level: Level, question: Question): Share {
    const parts = this.#counted.flatMap(({ cells, regions }) => {
      const part = toNumber(namesIn(cells, level, question), this.#allNames);
      return regions.map((region) => ({ region, part }));
    });
    const inOrder = parts.toSorted(
      (one, other) => this.#countedRegions.indexOf(one.region) - this.#countedRegions.indexOf(other.region),
    );
    return { parts: inOrder, total: parts.reduce((sum, { part }) => sum + part, 0) / parts.length };
  }

  /** True where every action is granted on all resources that it takes, but for a negligible part of these. */
  isOnAll(level: Level): boolean {
    const { onResource, onOthers, global } = this.#catalogue;
    return (
      hasEvery(this.#onAlmostAll(level, true) & this.#onAlmostAll(level, false), onResource) &&
      hasEvery(this.onStar(level), global) &&
      this.onOthers(level).every((granted, index) => hasEvery(granted, onOthers[index] ?? 0n))
    );
  }

  onStar(level: Level): ActionSet {
    return this.#grants.onStar(this.#space.regions)[level];
  }

  /** The actions granted on one of each of the other resource types, as nobody can mean it, in every Region. */
  onOthers(level: Level): readonly ActionSet[] {
    const { account, service } = this.#context;
    const onOther = ({ prefix, shapes }: ResourceType) =>
      this.#space.regions.reduce((common, { names, unmet }) => {
        const name = shapes[0]?.map((characters) => characters.charAt(0)).join("") ?? "";
        const arn = `arn:${account.partition}:${service.prefix}:${names[0]}:${account.id}:${prefix}${name}`;
        const matched = new Set([...this.#globs].filter((glob) => globMatches(glob, arn)));
        return common & this.#grants.on({ matched, unmet })[level];
      }, this.#catalogue.all);
    return service.otherResources.map(onOther);
  }

  /** The ARN of a resource for which the answer is yes; "unknown" where there are too many to look at each. */
  example(
    level: Level,
    question: Question,
  ): { readonly arn: string; readonly own: boolean } | "none" | "unknown" {
    const found = this.#cells.find(({ granted }) => question(granted[level]))?.cell;
    if (found !== undefined) return { arn: found.example, own: found.own };
    for (const cell of this.#space.namedCells()) {
      if (cell === undefined) return "unknown";
      const counts = cell.own || this.#context.service.resource.isShared;
      if (counts && question(this.#grants.on(cell)[level])) return { arn: cell.example, own: cell.own };
    }
    return "none";
  }

  get #allNames(): bigint {
    return this.#names[0] ?? 1n;
  }

  /** The actions granted on all but a negligible part of the own or the foreign resources of each shape and Region. */
  #onAlmostAll(level: Level, own: boolean): ActionSet {
    const { all, names } = this.#catalogue;
    const ofKnown = this.#cells.filter(
      ({ cell }) => cell.own === own && cell.regions.some((region) => this.#space.known.has(region)),
    );
    const everywhere = ofKnown.reduce((common, { granted }) => common & granted[level], all);
    let almost = everywhere;
    for (let index = 0; index < names.length; index += 1) {
      const bit = 1n << BigInt(index);
      if ((everywhere & bit) !== 0n) continue;
      const lacking = new Map<string, bigint>();
      for (const { cell, granted } of ofKnown) {
        if ((granted[level] & bit) !== 0n || cell.shape === undefined) continue;
        const alike = `${cell.shape} ${cell.regions[0]}`;
        lacking.set(alike, (lacking.get(alike) ?? 0n) + cell.names * cell.accounts);
      }
      const isLacking = this.#names.some((ofShape, shape) => {
        const total = ofShape * (own ? 1n : ACCOUNTS);
        return [...lacking].some(
          ([alike, part]) => alike.startsWith(`${shape} `) && part * NEGLIGIBLE >= total,
        );
      });
      if (!isLacking) almost |= bit;
    }
    return almost;
  }
}

/** What is granted on the resources of a cell. */
interface CellGrants {
  readonly cell: ResourceCell;
  readonly granted: Granted;
}

/** How many resources of the cells the answer is yes for. */
function namesIn(cells: readonly CellGrants[], level: Level, question: Question): bigint {
  let names = 0n;
  for (const { cell, granted } of cells) if (question(granted[level])) names += cell.names;
  return names;
}

function toNumber(part: bigint, all: bigint): number {
  return Number((part * PRECISION) / all) / Number(PRECISION);
}

const PRECISION = 1_000_000n;

/** The resources, divided by what the statements say of them. */
export interface DividedResources {
  readonly statements: readonly ServiceStatement[];
  /** Those of the statements' globs that count; the others match nothing. */
  readonly globs: ReadonlySet<string>;
  readonly space: ResourceSpace;
  readonly countedRegions: readonly string[];
}

/**
 * Divides the resources exactly, but for a negligible part of them: that of small limits and, where it is said so, that
 * of small grants. `undefined` where the steps are used up.
 */
export function divideResources(
  statements: readonly ServiceStatement[],
  globs: ReadonlySet<string>,
  { account, service, regions }: EvaluationContext,
  steps: Steps,
  leavesOut: "limits" | "grants and limits" = "limits",
): DividedResources | undefined {
  const countedRegions = regions ?? defaultRegionsOf(account.partition);
  const dividers = dividersOf(statements, globs, service, steps, leavesOut);
  const space = resourceSpace(dividers, account, countedRegions, service, steps);
  return space && { statements, globs, space, countedRegions };
}

/** The globs and conditions that divide the resources; of the globs that only limit, the negligible ones apart. */
function dividersOf(
  statements: readonly ServiceStatement[],
  globs: ReadonlySet<string>,
  service: GuardedService,
  steps: Steps,
  leavesOut: "limits" | "grants and limits",
): Dividers {
  const giving = globsOf(statements.filter((each) => !isLimiting(each)));
  const limiting = [...globs].filter((glob) => !giving.has(glob));
  const negligible = limiting.length === 0 ? [] : negligibleGlobs(limiting, service, steps);
  const alsoNegligible = leavesOut === "limits" ? [] : negligibleGlobs(giving, service, steps);
  const onRegion = new Map(
    statements.flatMap(({ conditions }, of) => (conditions?.region ? [[of, conditions.region]] : [])),
  );
  const onAccount = new Map(
    statements.flatMap(({ conditions }, of) =>
      conditions?.resourceAccount ? [[of, conditions.resourceAccount]] : [],
    ),
  );
  const uses = new Map<string, Set<string>>();
  for (const [of, { resources }] of statements.entries()) {
    for (const { globs: read, doubt } of resources) {
      // A pattern with two readings is like no other.
      for (const glob of read) {
        const use = `${of} ${read.length > 1 ? glob : doubt}`;
        uses.set(glob, (uses.get(glob) ?? new Set()).add(use));
      }
    }
  }
  return {
    globs,
    negligible: new Set([...negligible, ...alsoNegligible]),
    useOf: (glob) => [...(uses.get(glob) ?? [])].sort().join(),
    onRegion,
    onAccount,
  };
}

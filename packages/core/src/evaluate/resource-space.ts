import { regionsOf } from "../aws/partitions.ts";
import type { Account } from "../policy/policy.ts";
import type { GuardedService } from "../services/service.ts";
import { globMatches, hasWildcard, mayStartLike } from "../text/glob.ts";
import type { Dimension } from "./conditions/condition-block.ts";
import type { Steps } from "./glob-automaton.ts";
import { divided, type GlobClass, stringsOf } from "./glob-automaton.ts";
import { type AccountClass, accountClasses, type RegionClass, regionClasses } from "./places.ts";
import { alignments, namesOneResource, resourcePart } from "./resource-pattern.ts";

/** Resources that are the same to every pattern of the statements, and to their conditions on Region and account. */
export interface ResourceCell {
  /** Resources of the policy's own account, or of any other. */
  readonly own: boolean;
  readonly regions: readonly string[];
  /** How many accounts. */
  readonly accounts: bigint;
  /** The number of the shape that the names of these resources have; undefined for resources that a pattern names. */
  readonly shape?: number;
  /** How many names of that shape are in the cell. */
  readonly names: bigint;
  /** The globs that match these resources. */
  readonly matched: ReadonlySet<string>;
  /** Set where the steps did not suffice to say which globs match: any may. */
  readonly isUndecided?: true;
  /** The numbers of the statements whose conditions on Region or account do not hold here. */
  readonly unmet: ReadonlySet<number>;
  /** The ARN of one of them, `…` for the part that does not matter. */
  readonly example: string;
}

/** The ARNs of a service's guarded resources in a partition, divided by globs. */
export interface ResourceSpace {
  readonly cells: readonly ResourceCell[];
  /**
   * The cells of next to no resources, found as they are asked for: those of foreign accounts, then the single
   * resources, that globs name. Ends with `undefined` where there are too many to look at each.
   */
  readonly namedCells: () => Iterable<ResourceCell | undefined>;
  /** The classes of the known Regions. */
  readonly regions: readonly RegionClass[];
  readonly known: ReadonlySet<string>;
}

/** What divides the resources: the globs of the statements, and by the number of each their conditions on places. */
export interface Dividers {
  readonly globs: ReadonlySet<string>;
  /** Those of the globs that take next to nothing: they divide single resources only. */
  readonly negligible: ReadonlySet<string>;
  /** What a glob does, as a text: globs with the same text are in the same statements, and nothing else. */
  readonly useOf: (glob: string) => string;
  readonly onRegion: ReadonlyMap<number, Dimension>;
  readonly onAccount: ReadonlyMap<number, Dimension>;
}

/**
 * Divides all ARNs of guarded resources (`arn:P:kms:REGION:ACCOUNT:key/ID`, say) into cells by the globs
 * that match them. Any question about the statements is then a question about a handful of cells, and the answer is
 * exact: sixteen patterns `key/0*` … `key/f*` add up.
 *
 * Region, account and name are divided each for itself and then combined. `undefined` where the steps are used up.
 */
export function resourceSpace(
  { globs, negligible, useOf, onRegion, onAccount }: Dividers,
  account: Account,
  countedRegions: readonly string[],
  service: GuardedService,
  steps: Steps,
): ResourceSpace | undefined {
  const placed = placedOn(globs, account, service, steps);
  if (placed === undefined) return undefined;
  const known = new Set([...regionsOf(account.partition), ...countedRegions]);
  const regions = regionClasses(new Set(placed.map(({ region }) => region)), onRegion, [...known], steps);
  if (regions === undefined) return undefined;
  const { prefix, shapes, isNamedByPeople } = service.resource;
  const isNamed = (glob: string) => namesOneResource(glob, service);
  const wide = placed.filter(
    ({ glob, resource }) => mayStartLike(resource, prefix) && !isNamed(glob) && !negligible.has(glob),
  );
  const accounts = accountClasses(new Set(placed.map((each) => each.account)), onAccount, account, steps);
  if (accounts === undefined) return undefined;
  const groups = alikeResources(wide, useOf);
  const resources = shapes.flatMap((places, shape) =>
    divided(groups, [...prefix, ...places], steps).map((each) => ({ ...each, shape })),
  );
  const division: Division = {
    placed: wide,
    regions,
    resources,
    undivided: shapes.map((places, shape) => ({
      shape,
      matched: NO_GLOBS,
      count: stringsOf(places),
      example: `${prefix}…`,
    })),
    arn: `arn:${account.partition}:${service.prefix}`,
  };
  const cells = combined(division, accounts.most, steps);
  if (cells === undefined) return undefined;
  return {
    cells,
    *namedCells() {
      const inNamed = combined(division, accounts.named, steps);
      if (inNamed === undefined) return yield undefined;
      yield* inNamed;
      // Any pattern may mean resources whose names are like it, and any other may match them too.
      const named = [...globs].filter((glob) => isNamedByPeople || isNamed(glob));
      const others = [...globs].filter((glob) => isNamedByPeople || !isNamed(glob));
      yield* namedResources(named, others, regions, [...accounts.most, ...accounts.named], {
        account,
        onAccount,
        service,
        steps,
      });
    },
    regions: regions.filter(({ names }) => names.some((name) => known.has(name))),
    known,
  };
}

const NO_GLOBS: ReadonlySet<string> = new Set();

/** One way in which a glob can match the ARN of a resource: a glob for each of the parts that differ. */
interface Placed {
  readonly glob: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

function placedOn(
  globs: ReadonlySet<string>,
  { partition }: Account,
  service: GuardedService,
  steps: Steps,
): Placed[] | undefined {
  const placed: Placed[] = [];
  for (const glob of globs) {
    const ways = alignments(glob, service, steps);
    if (ways === undefined || !steps.take(ways.length)) return undefined;
    for (const segments of ways) {
      const [arn = "", name = "", prefix = "", region = "", account = ""] = segments;
      if (globMatches(arn, "arn") && globMatches(name, partition) && globMatches(prefix, service.prefix)) {
        placed.push({ glob, region, account, resource: resourcePart(segments) });
      }
    }
  }
  return placed;
}

/** The patterns of resources, those together that are in the same statements with the same Regions and accounts. */
function alikeResources(placed: readonly Placed[], useOf: Dividers["useOf"]): readonly (readonly string[])[] {
  const uses = new Map<string, Set<string>>();
  for (const { glob, region, account, resource } of placed) {
    const use = `${region} ${account} ${useOf(glob)}`;
    uses.set(resource, (uses.get(resource) ?? new Set()).add(use));
  }
  return [
    ...Map.groupBy(uses.keys(), (resource) => [...(uses.get(resource) ?? [])].sort().join("\n")).values(),
  ];
}

interface ShapeClass extends GlobClass {
  readonly shape: number;
}

interface Division {
  readonly placed: readonly Placed[];
  readonly regions: readonly RegionClass[];
  readonly resources: readonly ShapeClass[];
  /** All resources of each shape, where no glob is about them. */
  readonly undivided: readonly ShapeClass[];
  /** How every ARN begins: `arn:aws:kms`. */
  readonly arn: string;
}

function combined(
  { placed, regions, resources, undivided, arn }: Division,
  accounts: readonly AccountClass[],
  steps: Steps,
): ResourceCell[] | undefined {
  const byAccount = Map.groupBy(placed, (each) => each.account);
  const cells: ResourceCell[] = [];
  for (const account of accounts) {
    const inAccount = [...account.matched].flatMap((glob) => byAccount.get(glob) ?? []);
    for (const region of regions) {
      if (!steps.take(inAccount.length)) return undefined;
      const here = inAccount.filter((each) => region.matched.has(each.region));
      const byResource = Map.groupBy(here, (each) => each.resource);
      const alike = new Map<string, ResourceCell & { names: bigint }>();
      for (const resource of here.length === 0 ? undivided : resources) {
        const there = [...resource.matched].flatMap((glob) => byResource.get(glob) ?? []);
        if (!steps.take(STEPS_A_CELL + there.length)) return undefined;
        const matched = new Set(there.map(({ glob }) => glob));
        const isUndecided = resource.isUndecided && ({ isUndecided: true } as const);
        const signature = `${resource.shape} ${resource.isUndecided} ${[...matched].sort().join("\n")}`;
        const known = alike.get(signature);
        if (known !== undefined) {
          known.names += resource.count;
          continue;
        }
        alike.set(signature, {
          own: account.own,
          regions: region.names,
          accounts: account.count,
          shape: resource.shape,
          names: resource.count,
          matched,
          ...isUndecided,
          unmet: union(region.unmet, account.unmet),
          example: `${arn}:${region.names[0] ?? ""}:${account.example}:${resource.example}`,
        });
      }
      cells.push(...alike.values());
    }
  }
  return cells;
}

const STEPS_A_CELL = 8;

function union(one: ReadonlySet<number>, other: ReadonlySet<number>): ReadonlySet<number> {
  if (one.size === 0) return other;
  return other.size === 0 ? one : new Set([...one, ...other]);
}

/**
 * The resources that the `named` globs name, each once, and then `undefined` if there were more than the steps allow.
 * `wide` are the other globs that may match such a resource.
 */
function* namedResources(
  named: readonly string[],
  wide: readonly string[],
  regions: readonly RegionClass[],
  accounts: readonly AccountClass[],
  {
    account,
    onAccount,
    service,
    steps,
  }: Pick<Dividers, "onAccount"> & { account: Account; service: GuardedService; steps: Steps },
): Iterable<ResourceCell | undefined> {
  const byName = Map.groupBy(named, lastSegment);
  const seen = new Set<string>();
  for (const glob of named) {
    const alike = byName.get(lastSegment(glob)) ?? [];
    for (const { arn, region } of arnsNamedBy(glob, regions, accounts, account, service)) {
      if (seen.has(arn)) continue;
      seen.add(arn);
      if (!steps.take(1 + (alike.length + wide.length) * STEPS_A_MATCH)) return yield undefined;
      const ofAccount = arn.split(":")[4] ?? "";
      const unmet = [...onAccount].flatMap(([of, { holds }]) => (holds(ofAccount) ? [] : of));
      yield {
        own: ofAccount === account.id,
        regions: region.names,
        accounts: 1n,
        names: 0n,
        matched: new Set([...alike, ...wide].filter((other) => globMatches(other, arn))),
        unmet: union(region.unmet, new Set(unmet)),
        example: arn,
      };
    }
  }
}

const STEPS_A_MATCH = 2;

/** The resources that a glob names, without its wildcards: one for each class of Regions and of accounts. */
function arnsNamedBy(
  glob: string,
  regions: readonly RegionClass[],
  accounts: readonly AccountClass[],
  { partition }: Account,
  { prefix, resource }: GuardedService,
): { readonly arn: string; readonly region: RegionClass }[] {
  const segments = glob.split(":");
  const [, , , writtenRegion = "", writtenAccount = ""] = segments;
  const written = resourcePart(segments).replaceAll("*", "").replaceAll("?", "0");
  if (!written.startsWith(resource.prefix) || !resource.name.test(written.slice(resource.prefix.length)))
    return [];
  const ids = accounts.map(({ id }) => id).filter((id) => globMatches(writtenAccount, id));
  if (ids.length === 0) ids.push(anyAccountOf(writtenAccount));
  return regions.flatMap((region) => {
    const name = region.names.find((each) => globMatches(writtenRegion, each));
    if (name === undefined) return [];
    return ids
      .map((id) => ({ arn: `arn:${partition}:${prefix}:${name}:${id}:${written}`, region }))
      .filter(({ arn }) => globMatches(glob, arn));
  });
}

function lastSegment(glob: string): string {
  return glob.slice(glob.lastIndexOf(":"));
}

function anyAccountOf(glob: string): string {
  const fill = "0".repeat(Math.max(0, 13 - glob.length));
  return hasWildcard(glob) ? glob.replaceAll("?", "0").replace("*", fill).replaceAll("*", "") : glob;
}

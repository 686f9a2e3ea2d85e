import { regionsOf } from "../aws/partitions.ts";
import type { Account } from "../policy/policy.ts";
import type { GuardedService } from "../services/service.ts";
import { type AccountClass, accountClasses, regionClasses } from "./account-regions.ts";
import { globMatches, hasWildcard, mayStartLike } from "./glob.ts";
import { divided, type GlobClass } from "./glob-automaton.ts";
import { alignments, namesOneResource, resourcePart } from "./resource-pattern.ts";

/** Resources that the same globs of the statements match. */
export interface ResourceCell {
  /** Resources of the policy's own account, or of any other. */
  readonly own: boolean;
  /** Of all resources of such accounts, the part that is in this cell: 0 to 1. A single named one is 0. */
  readonly share: number;
  /** The globs that match these resources. */
  readonly matched: ReadonlySet<string>;
  /** The ARN of one of them, `…` for the part that does not matter. */
  readonly example: string;
}

/** The ARNs of a service's guarded resources in a partition, divided by globs. */
export interface ResourceSpace {
  /** The shares of own cells add up to 1, and those of foreign cells too (up to the accounts that globs name). */
  readonly cells: readonly ResourceCell[];
  /**
   * The cells of next to no share, found as they are asked for: those of foreign accounts, then the single resources,
   * that globs name. Ends with `undefined` where there are too many to look at each.
   */
  readonly namedCells: () => Iterable<ResourceCell | undefined>;
  /** One known Region for each set of globs that match a Region. */
  readonly regions: readonly string[];
}

/**
 * Divides all ARNs of guarded resources (`arn:P:kms:REGION:ACCOUNT:key/ID`, say) into cells by the globs
 * that match them. Any question about the statements is then a question about a handful of cells, and the answer is exact: a Deny
 * on one named key leaves a cell of share 1, sixteen patterns `key/0*` … `key/f*` add up.
 *
 * Region, account and name are divided each for itself and then combined. `undefined` where the globs multiply the
 * cells beyond `mostWork`.
 */
export function resourceSpace(
  globs: ReadonlySet<string>,
  account: Account,
  service: GuardedService,
  mostWork: number,
): ResourceSpace | undefined {
  const placed = placedOn(globs, account, service);
  if (placed === undefined) return undefined;
  const regions = regionClasses(
    placed.map(({ region }) => region),
    regionsOf(account.partition),
    mostWork,
  );
  if (regions === undefined) return undefined;
  const { prefix, shapes, isNamedByPeople } = service.resource;
  const isNamed = (glob: string) => namesOneResource(glob, service);
  const wide = placed.filter(({ glob, resource }) => mayStartLike(resource, prefix) && !isNamed(glob));
  const accounts = accountClasses(
    wide.map((each) => each.account),
    account,
    mostWork,
  );
  if (accounts === undefined) return undefined;
  const resources = divided(
    [...new Set(wide.map(({ resource }) => resource))],
    shapes.map((shape) => [...prefix, ...shape]),
    mostWork,
  );
  if (resources === undefined) return undefined;
  const division: Division = {
    placed: wide,
    regions,
    resources,
    arn: `arn:${account.partition}:${service.prefix}`,
    anyResource: { matched: new Set(), share: 1, example: `${prefix}…` },
  };
  const cells = combined(division, accounts.most, mostWork);
  if (cells === undefined) return undefined;
  return {
    cells,
    *namedCells() {
      const inNamed = combined(division, accounts.named, mostWork);
      if (inNamed === undefined) return yield undefined;
      yield* inNamed;
      // Any pattern may mean resources whose names are like it, and any other may match them too.
      const named = [...globs].filter((glob) => isNamedByPeople || isNamed(glob));
      const others = [...globs].filter((glob) => isNamedByPeople || !isNamed(glob));
      const everyRegion = regions.map(({ example }) => example);
      yield* namedResources(named, others, everyRegion, account, service);
    },
    regions: regions.flatMap(({ example, share }) => (share > 0 ? example : [])),
  };
}

/** One way in which a glob can match the ARN of a resource: a glob for each of the parts that differ. */
interface Placed {
  /** The number of the glob among all. */
  readonly of: number;
  readonly glob: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

function placedOn(
  globs: ReadonlySet<string>,
  { partition }: Account,
  service: GuardedService,
): Placed[] | undefined {
  if (globs.size > MOST_PLACED) return undefined;
  const placed: Placed[] = [];
  let of = 0;
  for (const glob of globs) {
    const ways = alignments(glob, service);
    if (ways === undefined || placed.length + ways.length > MOST_PLACED) return undefined;
    for (const segments of ways) {
      const [arn = "", name = "", prefix = "", region = "", account = ""] = segments;
      if (globMatches(arn, "arn") && globMatches(name, partition) && globMatches(prefix, service.prefix)) {
        placed.push({ of, glob, region, account, resource: resourcePart(segments) });
      }
    }
    of += 1;
  }
  return placed;
}

/** More than these no policy has that people write. */
const MOST_PLACED = 256;

interface Division {
  readonly placed: readonly Placed[];
  readonly regions: readonly GlobClass[];
  readonly resources: readonly GlobClass[];
  /** How every ARN begins: `arn:aws:kms`. */
  readonly arn: string;
  /** All resources where no glob is about them. */
  readonly anyResource: GlobClass;
}

function combined(
  { placed, regions, resources, arn, anyResource }: Division,
  accounts: readonly AccountClass[],
  mostWork: number,
): ResourceCell[] | undefined {
  const byAccount = Map.groupBy(placed, (each) => each.account);
  let work = 0;
  const cells = new Map<string, ResourceCell & { share: number }>();
  for (const { own, share: ofAccounts, matched, example: accountId } of accounts) {
    const inAccount = [...matched].flatMap((glob) => byAccount.get(glob) ?? []);
    for (const region of regions) {
      const here = inAccount.filter((each) => region.matched.has(each.region));
      const byResource = Map.groupBy(here, (each) => each.resource);
      work += inAccount.length;
      for (const resource of here.length === 0 ? [anyResource] : resources) {
        const there = [...resource.matched].flatMap((glob) => byResource.get(glob) ?? []);
        work += 4 + there.length;
        if (work > mostWork) return undefined;
        const share = ofAccounts * region.share * resource.share;
        const signature = `${own} ${there.map(({ of }) => of)}`;
        const alike = cells.get(signature);
        if (alike !== undefined) {
          alike.share += share;
          continue;
        }
        const globs = new Set(there.map(({ glob }) => glob));
        const example = `${arn}:${region.example}:${accountId}:${resource.example}`;
        cells.set(signature, { own, share, matched: globs, example });
      }
    }
  }
  return [...cells.values()];
}

/**
 * The resources that the `named` globs name, each once, and then `undefined` if there were more. `wide` are the other
 * globs that may match such a resource; `regions` has one of each class of Regions.
 */
function* namedResources(
  named: readonly string[],
  wide: readonly string[],
  regions: readonly string[],
  account: Account,
  service: GuardedService,
): Iterable<ResourceCell | undefined> {
  const byName = Map.groupBy(named, lastSegment);
  const seen = new Set<string>();
  let matches = 0;
  for (const glob of named) {
    const alike = byName.get(lastSegment(glob)) ?? [];
    for (const example of arnsNamedBy(glob, regions, account, service)) {
      if (seen.has(example)) continue;
      seen.add(example);
      matches += 1 + alike.length + wide.length;
      if (matches > MOST_MATCHES) return yield undefined;
      const matched = new Set([...alike, ...wide].filter((other) => globMatches(other, example)));
      yield { own: example.split(":")[4] === account.id, share: 0, matched, example };
    }
  }
}

/** The resources that a glob names, without its wildcards: one for each of the Regions. */
function arnsNamedBy(
  glob: string,
  regions: readonly string[],
  { id, partition }: Account,
  { prefix, resource }: GuardedService,
): string[] {
  const segments = glob.split(":");
  const [, , , region = "", writtenAccount = ""] = segments;
  const written = resourcePart(segments).replaceAll("*", "").replaceAll("?", "0");
  if (!written.startsWith(resource.prefix) || !resource.name.test(written.slice(resource.prefix.length)))
    return [];
  const account = globMatches(writtenAccount, id) ? id : anyAccountOf(writtenAccount);
  return (hasWildcard(region) ? regions : [region])
    .map((name) => `arn:${partition}:${prefix}:${name}:${account}:${written}`)
    .filter((arn) => globMatches(glob, arn));
}

/** More than any policy that fits into IAM needs, unless it was made to. */
const MOST_MATCHES = 2000;

function lastSegment(glob: string): string {
  return glob.slice(glob.lastIndexOf(":"));
}

function anyAccountOf(glob: string): string {
  const fill = "0".repeat(Math.max(0, 13 - glob.length));
  return glob.replaceAll("?", "0").replace("*", fill).replaceAll("*", "");
}

import { regionsOf } from "../policy/partition.ts";
import type { Account } from "../policy/policy.ts";
import { type AccountClass, accountClasses, regionClasses } from "./arn-classes.ts";
import { alignments } from "./arn-glob.ts";
import { globMatches } from "./glob.ts";
import { divided, type GlobClass } from "./glob-union.ts";
import { namedKeys } from "./named-keys.ts";
import { namesOneResource } from "./resource-pattern.ts";

/** Keys that no glob of the document tells apart. */
export interface KeyCell {
  /** Keys of the policy's own account, or of any other. */
  readonly own: boolean;
  /** Of all keys of such accounts, the part that is in this cell: 0 to 1. A single named key is 0. */
  readonly share: number;
  /** The globs that match these keys. */
  readonly matched: ReadonlySet<string>;
  /** One of the keys, `…` for the part that does not matter. */
  readonly example: string;
}

/** The key ARNs of a partition, divided by a document's globs. */
export interface KeySpace {
  /** The shares of own cells add up to 1, and those of foreign cells too (up to the accounts that globs name). */
  readonly cells: readonly KeyCell[];
  /**
   * The cells of next to no share, found as they are asked for: those of foreign accounts, then the single keys, that
   * globs name. Ends with `undefined` where there are too many to look at each.
   */
  readonly namedCells: () => Iterable<KeyCell | undefined>;
  /** One known Region for each way in which the globs tell Regions apart. */
  readonly regions: readonly string[];
}

/**
 * Divides all key ARNs (`arn:P:kms:REGION:ACCOUNT:key/ID`, ID a UUID or `mrk-` and 32 hex digits) into the cells
 * that the globs tell apart. Any question about the document is then a question about a handful of cells, and the
 * answer is exact: a Deny on one named key leaves a cell of share 1, sixteen patterns `key/0*` … `key/f*` add up.
 *
 * Region, account and id are divided each for itself and then combined. `undefined` where the globs multiply the
 * cells beyond `mostWork`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
export function keySpace(
  globs: ReadonlySet<string>,
  account: Account,
  prefix: string,
  mostWork: number,
): KeySpace | undefined {
  const placed = placedOn(globs, account, prefix);
  if (placed === undefined) return undefined;
  const regions = regionClasses(
    placed.map(({ region }) => region),
    regionsOf(account.partition),
    mostWork,
  );
  if (regions === undefined) return undefined;
  const wide = placed.filter(({ glob, resource }) => mayBeKey(resource) && !namesOneResource(glob));
  const accounts = accountClasses(
    wide.map((each) => each.account),
    account,
    mostWork,
  );
  if (accounts === undefined) return undefined;
  const resources = divided([...new Set(wide.map(({ resource }) => resource))], KEYS, mostWork);
  if (resources === undefined) return undefined;
  const division = { placed: wide, regions, resources, arn: `arn:${account.partition}:${prefix}` };
  const cells = combined(division, accounts.most, mostWork);
  if (cells === undefined) return undefined;
  return {
    cells,
    *namedCells() {
      const inNamed = combined(division, accounts.named, mostWork);
      if (inNamed === undefined) return yield undefined;
      yield* inNamed;
      const named = [...globs].filter(namesOneResource);
      const others = [...globs].filter((glob) => !namesOneResource(glob));
      const everyRegion = regions.map(({ example }) => example);
      yield* namedKeys(named, others, everyRegion, account, prefix);
    },
    regions: regions.flatMap(({ example, share }) => (share > 0 ? example : [])),
  };
}

/** One way in which a glob can stand on the ARN of a key or alias: a glob for each of the segments that differ. */
interface Placed {
  /** The number of the glob among the document's. */
  readonly of: number;
  readonly glob: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

function placedOn(globs: ReadonlySet<string>, { partition }: Account, prefix: string): Placed[] | undefined {
  if (globs.size > MOST_PLACED) return undefined;
  const placed: Placed[] = [];
  let of = 0;
  for (const glob of globs) {
    const ways = alignments(glob);
    if (ways === undefined || placed.length + ways.length > MOST_PLACED) return undefined;
    for (const [arn = "", name = "", service = "", region = "", account = "", resource = ""] of ways) {
      if (globMatches(arn, "arn") && globMatches(name, partition) && globMatches(service, prefix)) {
        placed.push({ of, glob, region, account, resource });
      }
    }
    of += 1;
  }
  return placed;
}

interface Division {
  readonly placed: readonly Placed[];
  readonly regions: readonly GlobClass[];
  readonly resources: readonly GlobClass[];
  /** How every ARN begins: `arn:aws:kms`. */
  readonly arn: string;
}

function combined(
  { placed, regions, resources, arn }: Division,
  accounts: readonly AccountClass[],
  mostWork: number,
): KeyCell[] | undefined {
  const byAccount = Map.groupBy(placed, (each) => each.account);
  let work = 0;
  const cells = new Map<string, KeyCell & { share: number }>();
  for (const { own, share: ofAccounts, matched, example: accountId } of accounts) {
    const inAccount = [...matched].flatMap((glob) => byAccount.get(glob) ?? []);
    for (const region of regions) {
      const here = inAccount.filter((each) => region.matched.has(each.region));
      const byResource = Map.groupBy(here, (each) => each.resource);
      work += inAccount.length;
      for (const resource of here.length === 0 ? [ANY_KEY] : resources) {
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

/** False where a glob cannot match `key/ID`: an alias pattern, most often. */
function mayBeKey(resource: string): boolean {
  const [literal = ""] = resource.split("*", 1);
  return [...literal.slice(0, "key/".length)].every(
    (character, at) => character === "?" || character === "key/"[at],
  );
}

const HEX = "0123456789abcdef";
const KEYS: readonly (readonly string[])[] = [
  [..."key/", ...[..."xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"].map((place) => (place === "x" ? HEX : place))],
  [..."key/mrk-", ...Array.from({ length: 32 }, () => HEX)],
];
const ANY_KEY: GlobClass = { matched: new Set(), share: 1, example: "key/…" };

/** More than these no policy has that people write. */
const MOST_PLACED = 256;

import { regionsOf } from "../policy/partition.ts";
import type { Account } from "../policy/policy.ts";
import { alignments } from "./arn-glob.ts";
import { globMatches } from "./glob.ts";
import { divided, type GlobClass } from "./glob-union.ts";
import { hasWildcard, NamedKeys } from "./named-keys.ts";
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
  /** The shares of own cells add up to 1, and those of foreign cells too. */
  readonly cells: readonly KeyCell[];
  /** The keys that globs name one by one, each a cell of its own with the share 0. */
  readonly namedKeys: NamedKeys;
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
  const known = regionsOf(account.partition);
  const placed = placedOn(globs, account, prefix);
  if (placed === undefined) return undefined;
  const regions = regionClasses(placed, known, mostWork);
  if (regions === undefined) return undefined;
  const cells = combined(placed, regions, account, prefix, mostWork);
  if (cells === undefined) return undefined;
  const named = [...globs].filter(namesOneResource);
  const wide = named.length === 0 ? [] : [...globs].filter((glob) => !namesOneResource(glob));
  const everyRegion = regions.map(({ example }) => example);
  return {
    cells,
    namedKeys: new NamedKeys(named, wide, everyRegion, account, prefix),
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

function regionClasses(
  placed: readonly Placed[],
  known: readonly string[],
  mostWork: number,
): GlobClass[] | undefined {
  const globs = new Set(placed.map(({ region }) => region));
  globs.delete("*");
  if (globs.size === 0) return [{ matched: new Set(["*"]), share: 1, example: known[0] ?? "" }];
  const patterns = [...globs].filter(hasWildcard);
  const mentioned = new Set([...globs].filter((glob) => !hasWildcard(glob)));
  const names = inOrder(known, mentioned);
  if (names.length * patterns.length > mostWork) return undefined;
  const classes = new Map<string, GlobClass>();
  for (const [index, name] of names.entries()) {
    const matched = ["*", ...patterns.filter((pattern) => globMatches(pattern, name))];
    // A Region that is mentioned is not like any other.
    if (mentioned.has(name)) matched.push(name);
    const signature = matched.join();
    const { share, example } = classes.get(signature) ?? { share: 0, example: name };
    const own = index < known.length ? 1 / known.length : 0;
    classes.set(signature, { matched: new Set(matched), share: share + own, example });
  }
  return [...classes.values()];
}

/**
 * The Regions that nobody mentions first: they stand for the others where one is picked. Those that the document
 * mentions and this version does not know come last: they can be granted, but are no part of "every key".
 */
function inOrder(known: readonly string[], mentioned: ReadonlySet<string>): readonly string[] {
  if (mentioned.size === 0) return known;
  return [
    ...known.filter((region) => !mentioned.has(region)),
    ...known.filter((region) => mentioned.has(region)),
    ...[...mentioned].filter((region) => region !== "" && !known.includes(region)),
  ];
}

interface AccountClass extends GlobClass {
  readonly own: boolean;
}

/** The own account, the foreign ones that the globs name (there may be a hundred), and all others. */
function accountClasses(
  globs: readonly string[],
  { id }: Account,
  mostWork: number,
): AccountClass[] | undefined {
  const patterns = globs.filter(hasWildcard);
  const others = divided(patterns, [ANY_ACCOUNT], mostWork);
  if (others === undefined) return undefined;
  const named = new Set([id, ...globs.filter(isAccountId)]);
  const classes: AccountClass[] = [...named].map((name) => {
    const matched = new Set(patterns.filter((pattern) => globMatches(pattern, name)));
    return {
      own: name === id,
      matched: matched.add(name),
      share: name === id ? 1 : ONE_ACCOUNT,
      example: name,
    };
  });
  for (const { matched, share, example } of others) {
    // A class of one account is done with if that is named, and any other has more than the named one.
    const isNamed = named.has(example);
    if (isNamed && share < 2 * ONE_ACCOUNT) continue;
    classes.push({ own: false, matched, share, example: isNamed ? "…" : example });
  }
  return classes;
}

function isAccountId(glob: string): boolean {
  return glob.length === ANY_ACCOUNT.length && [...glob].every((digit) => DIGITS.includes(digit));
}

function combined(
  all: readonly Placed[],
  regions: readonly GlobClass[],
  account: Account,
  prefix: string,
  mostWork: number,
): KeyCell[] | undefined {
  const placed = all.filter(({ glob, resource }) => mayBeKey(resource) && !namesOneResource(glob));
  const byAccount = Map.groupBy(placed, (each) => each.account);
  const accounts = accountClasses([...byAccount.keys()], account, mostWork);
  const resources = divided([...new Set(placed.map(({ resource }) => resource))], KEYS, mostWork);
  if (accounts === undefined || resources === undefined) return undefined;
  let work = 0;
  const cells = new Map<string, KeyCell>();
  for (const { own, share: ofAccounts, matched, example: accountId } of accounts) {
    const inAccount = [...matched].flatMap((glob) => byAccount.get(glob) ?? []);
    for (const region of regions) {
      const here = inAccount.filter((each) => region.matched.has(each.region));
      const byResource = Map.groupBy(here, (each) => each.resource);
      work += inAccount.length;
      for (const resource of here.length === 0 ? [ANY_KEY] : resources) {
        const there = [...resource.matched].flatMap((glob) => byResource.get(glob) ?? []);
        work += 1 + there.length;
        if (work > mostWork) return undefined;
        const signature = `${own} ${there.map(({ of }) => of)}`;
        const alike = cells.get(signature);
        cells.set(signature, {
          own,
          share: ofAccounts * region.share * resource.share + (alike?.share ?? 0),
          matched: alike?.matched ?? new Set(there.map(({ glob }) => glob)),
          example:
            alike?.example ??
            `arn:${account.partition}:${prefix}:${region.example}:${accountId}:${resource.example}`,
        });
      }
    }
  }
  return [...cells.values()];
}

/** False where a glob cannot match `key/ID`: an alias pattern, most often. */
function mayBeKey(resource: string): boolean {
  for (let at = 0; at < "key/".length; at += 1) {
    const character = resource.charAt(at);
    if (character === "*") return true;
    if (character !== "?" && character !== "key/".charAt(at)) return false;
  }
  return true;
}

const HEX = "0123456789abcdef";
const DIGITS = "0123456789";
const ANY_ACCOUNT: readonly string[] = Array.from({ length: 12 }, () => DIGITS);
/** The share of one account among all there may be: next to nothing, but keys of it can be granted. */
const ONE_ACCOUNT = 1e-12;
const KEYS: readonly (readonly string[])[] = [
  [..."key/", ...[..."xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"].map((place) => (place === "x" ? HEX : place))],
  [..."key/mrk-", ...Array.from({ length: 32 }, () => HEX)],
];
const ANY_KEY: GlobClass = { matched: new Set(), share: 1, example: "key/…" };

/** More than these no policy has that people write. */
const MOST_PLACED = 256;

import { regionsOf } from "../policy/partition.ts";
import type { Account } from "../policy/policy.ts";
import { alignments } from "./arn-glob.ts";
import { globMatches } from "./glob.ts";
import { type GlobClass, GlobUnion } from "./glob-union.ts";
import { keySample } from "./key-sample.ts";
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
  /** False where there are more cells than these, and a sample of keys stands for all. */
  readonly isExact: boolean;
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
 * Region, account and id are divided each for itself and then combined. Globs made to multiply the cells are given
 * up on after a fixed amount of work: then a sample of keys stands for all.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
export function keySpace(globs: ReadonlySet<string>, account: Account, prefix: string): KeySpace {
  const known = regionsOf(account.partition);
  const wide = [...globs].filter((glob) => !namesOneResource(glob));
  const named = [...globs].filter(namesOneResource);
  const placed = placedOn(globs, account, prefix);
  const regions = placed && regionClasses(placed, known);
  const cells = regions && combined(placed, regions, account, prefix);
  return {
    cells: cells ?? keySample(wide, account, prefix),
    isExact: cells !== undefined,
    namedKeys: new NamedKeys(named, wide, regions?.map(({ example }) => example) ?? known, account, prefix),
    regions: regions?.flatMap(({ example, share }) => (share > 0 ? example : [])) ?? known.slice(0, 2),
  };
}

/** One way in which a glob can stand on the ARN of a key or alias: a glob for each of the segments that differ. */
interface Placed {
  readonly glob: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

function placedOn(globs: ReadonlySet<string>, { partition }: Account, prefix: string): Placed[] | undefined {
  const placed: Placed[] = [];
  for (const glob of globs) {
    const ways = alignments(glob);
    if (ways === undefined || placed.length + ways.length > MOST_PLACED) return undefined;
    for (const [arn = "", of = "", service = "", region = "", account = "", resource = ""] of ways) {
      if (globMatches(arn, "arn") && globMatches(of, partition) && globMatches(service, prefix)) {
        placed.push({ glob, region, account, resource });
      }
    }
  }
  return placed;
}

function regionClasses(placed: readonly Placed[], known: readonly string[]): GlobClass[] | undefined {
  const globs = [...new Set(placed.map(({ region }) => region))].filter((glob) => glob !== "*");
  const patterns = globs.filter(hasWildcard);
  const names = inOrder(known, new Set(globs.filter((glob) => !hasWildcard(glob))));
  if (names.length * (1 + patterns.length) > MOST_COMPARED) return undefined;
  const classes = new Map<string, GlobClass>();
  for (const [index, name] of names.entries()) {
    const matched = new Set(["*", ...patterns.filter((pattern) => globMatches(pattern, name))]);
    if (globs.includes(name)) matched.add(name);
    const signature = JSON.stringify([...matched]);
    const { share, example } = classes.get(signature) ?? { share: 0, example: name };
    classes.set(signature, {
      matched,
      share: share + (index < known.length ? 1 / known.length : 0),
      example,
    });
  }
  return [...classes.values()];
}

/**
 * The Regions that nobody mentions first: they stand for the others where one is picked. Those that the document
 * mentions and this version does not know come last: they can be granted, but are no part of "every key".
 */
function inOrder(known: readonly string[], mentioned: ReadonlySet<string>): string[] {
  return [
    ...known.filter((region) => !mentioned.has(region)),
    ...known.filter((region) => mentioned.has(region)),
    ...[...mentioned].filter((region) => region !== "" && !known.includes(region)),
  ];
}

function combined(
  all: readonly Placed[],
  regions: readonly GlobClass[],
  account: Account,
  prefix: string,
): KeyCell[] | undefined {
  const placed = all.filter(({ glob, resource }) => mayBeKey(resource) && !namesOneResource(glob));
  const accountGlobs = [...new Set(placed.map((each) => each.account))];
  const foreign = new GlobUnion(accountGlobs);
  const keys = new GlobUnion([...new Set(placed.map(({ resource }) => resource))]);
  const own = { matched: new Set(accountGlobs.filter((glob) => globMatches(glob, account.id))), share: 1 };
  const accounts = [
    { own: true, ...own, example: account.id },
    ...foreign.divide([ANY_ACCOUNT]).map((each) => ({ own: false, ...each })),
  ];
  const resources = keys.divide(KEYS);
  const work = accounts.length * regions.length * (1 + resources.length) * (1 + placed.length);
  if (foreign.isExhausted || keys.isExhausted || work > MOST_COMBINED) return undefined;
  const cells = new Map<string, KeyCell>();
  for (const of of accounts) {
    for (const region of regions) {
      const here = placed.filter((each) => of.matched.has(each.account) && region.matched.has(each.region));
      for (const resource of here.length === 0 ? [ANY_KEY] : resources) {
        const matched = new Set(
          here.filter((each) => resource.matched.has(each.resource)).map(({ glob }) => glob),
        );
        const signature = JSON.stringify([of.own, ...matched]);
        const there = cells.get(signature);
        const share = of.share * region.share * resource.share + (there?.share ?? 0);
        const example = `arn:${account.partition}:${prefix}:${region.example}:${of.example}:${resource.example}`;
        cells.set(signature, { own: of.own, share, matched, example: there?.example ?? example });
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
const ANY_ACCOUNT: readonly string[] = Array.from({ length: 12 }, () => "0123456789");
const KEYS: readonly (readonly string[])[] = [
  [..."key/", ...[..."xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"].map((place) => (place === "x" ? HEX : place))],
  [..."key/mrk-", ...Array.from({ length: 32 }, () => HEX)],
];
const ANY_KEY: GlobClass = { matched: new Set(), share: 1, example: "key/…" };

/** More than these no policy has that people write. */
const MOST_PLACED = 256;
const MOST_COMPARED = 3000;
const MOST_COMBINED = 50_000;

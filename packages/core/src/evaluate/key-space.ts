import { regionsOf } from "../policy/partition.ts";
import type { Account } from "../policy/policy.ts";
import { globMatches } from "./glob.ts";
import { GlobUnion } from "./glob-union.ts";
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
  readonly isExact: boolean;
  /** The shares of own cells add up to 1, and those of foreign cells too. */
  readonly cells: readonly KeyCell[];
  /** The keys that globs name one by one, each a cell of its own with the share 0. Made as they are asked for. */
  readonly namedKeys: Iterable<KeyCell>;
  /** One Region for each way in which the globs tell Regions apart. */
  readonly regions: readonly string[];
}

/**
 * Divides all key ARNs (`arn:P:kms:REGION:ACCOUNT:key/ID`, ID a UUID or `mrk-` and 32 hex digits) into the cells
 * that the globs tell apart. Any question about the document is then a question about a handful of cells, and the
 * answer is exact: a Deny on one named key leaves a cell of share 1, sixteen patterns `key/0*` … `key/f*` add up.
 *
 * Globs made to multiply the cells are given up on after a fixed amount of work: then `isExact` is false, the
 * cells are some of those that there are, and a few keys picked at will are among them.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
export function keySpace(globs: ReadonlySet<string>, account: Account, prefix: string): KeySpace {
  const known = regionsOf(account.partition);
  const beginning = `arn:${account.partition}:${prefix}:`;
  const wide = [...globs].filter((glob) => !namesOneResource(glob));
  const named = [...globs].filter(namesOneResource);
  const union = new GlobUnion(wide);
  const byRegion = union.afterEach(beginning, regionsInOrder(known, globs), known.length);
  const cells = [true, false].flatMap((own) => {
    const accountId = own ? [...account.id] : ANY_ACCOUNT;
    const shapes = KEY_IDS.map((id) => [":", ...accountId, ...":key/", ...id]);
    return union.divide(byRegion, shapes).map((keys) => ({ own, ...keys }));
  });
  const regions = byRegion.map(({ example }) => example.slice(beginning.length));
  if (union.isExhausted) cells.push(...probes(globs, beginning, known, account));
  return {
    isExact: !union.isExhausted,
    cells,
    regions,
    namedKeys: namedKeys(named, wide, beginning, regions, account),
  };
}

const HEX = "0123456789abcdef";
const ANY_ACCOUNT: readonly string[] = Array.from({ length: 12 }, () => "0123456789");
const UUID: readonly string[] = [..."xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"].map((place) =>
  place === "x" ? HEX : place,
);
const MULTI_REGION: readonly string[] = [..."mrk-", ...Array.from({ length: 32 }, () => HEX)];
const KEY_IDS = [UUID, MULTI_REGION];

/**
 * The Regions that nobody mentions first: they stand for the others where one is picked. Those that the document
 * mentions and this version does not know come last: they can be granted, but are no part of "every key".
 */
function regionsInOrder(known: readonly string[], globs: ReadonlySet<string>): string[] {
  const mentioned = new Set<string>();
  for (const glob of globs) {
    const region = glob.split(":", 4)[3] ?? "";
    if (region !== "" && !hasWildcard(region)) mentioned.add(region);
  }
  return [
    ...known.filter((region) => !mentioned.has(region)),
    ...known.filter((region) => mentioned.has(region)),
    ...[...mentioned].filter((region) => !known.includes(region)),
  ];
}

function hasWildcard(glob: string): boolean {
  return glob.includes("*") || glob.includes("?");
}

function* namedKeys(
  named: readonly string[],
  wide: readonly string[],
  beginning: string,
  regions: readonly string[],
  account: Account,
): Iterable<KeyCell> {
  const byResource = Map.groupBy(named, (glob) => glob.slice(glob.lastIndexOf(":")));
  const seen = new Set<string>();
  for (const glob of named) {
    const alike = byResource.get(glob.slice(glob.lastIndexOf(":"))) ?? [];
    for (const example of keysNamedBy(glob, beginning, regions, account)) {
      if (seen.has(example)) continue;
      seen.add(example);
      const matched = new Set([...alike, ...wide].filter((other) => globMatches(other, example)));
      yield { own: example.split(":", 5)[4] === account.id, share: 0, matched, example };
    }
  }
}

function probes(
  globs: ReadonlySet<string>,
  beginning: string,
  regions: readonly string[],
  account: Account,
): KeyCell[] {
  return [regions[0], regions.at(-1)].flatMap((region) =>
    ["5b1e7c40-93da-4f26-8a7b-c2d4e6f80913", "mrk-3f9c0a6de1b74285a7c9e0d2b4f68135"].map((id) => {
      const example = `${beginning}${region}:${account.id}:key/${id}`;
      return {
        own: true,
        share: 0,
        matched: new Set([...globs].filter((glob) => globMatches(glob, example))),
        example,
      };
    }),
  );
}

/** The keys that a glob with a literal key id stands for: one for each of the Regions given. */
function keysNamedBy(
  glob: string,
  beginning: string,
  regions: readonly string[],
  account: Account,
): string[] {
  const [, , , region = "", accountId = "", resource = ""] = glob.split(":");
  if (!resource.startsWith("key/") || !isKeyId(resource.slice(4))) return [];
  const holder = globMatches(accountId, account.id) ? account.id : anyAccountOf(accountId);
  return (hasWildcard(region) ? regions : [region])
    .map((name) => `${beginning}${name}:${holder}:${resource}`)
    .filter((arn) => globMatches(glob, arn));
}

function anyAccountOf(glob: string): string {
  const fill = "0".repeat(Math.max(0, 13 - glob.length));
  return glob.replaceAll("?", "0").replace("*", fill).replaceAll("*", "");
}

function isKeyId(id: string): boolean {
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    const isDigitOrDash = (code >= 48 && code <= 57) || code === 45;
    if (!isLetter && !isDigitOrDash) return false;
  }
  return id !== "";
}

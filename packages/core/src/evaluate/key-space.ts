import { createHash } from "node:crypto";
import { regionsOf } from "../policy/partition.ts";
import type { Account } from "../policy/policy.ts";
import { ArnGlob, arn } from "./arn-glob.ts";
import { GlobUnion } from "./glob-union.ts";
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
  /** False where there are more cells than these, and a sample of keys stands for the rest. */
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
 * Globs made to multiply the cells are given up on after a fixed amount of work. Then a sample of keys stands for
 * all, picked by a hash of the globs so that no glob can be written to hit or to miss it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
export function keySpace(globs: ReadonlySet<string>, account: Account, prefix: string): KeySpace {
  const known = regionsOf(account.partition);
  const beginning = `arn:${account.partition}:${prefix}:`;
  const ofKeys = [...globs].filter(mayMatchKeys);
  const wide = ofKeys.filter((glob) => !namesOneResource(glob));
  const named = ofKeys.filter(namesOneResource);
  const union = new GlobUnion(wide);
  const byRegion = union.afterEach(beginning, regionsInOrder(known, globs), known.length);
  const cells = [true, false].flatMap((own) => {
    const accountId = own ? [...account.id] : ANY_ACCOUNT;
    const shapes = KEY_IDS.map((id) => [":", ...accountId, ...":key/", ...id]);
    return union.divide(byRegion, shapes).map((keys) => ({ own, ...keys }));
  });
  const regions = byRegion.map(({ example }) => example.slice(beginning.length));
  const namedKeys = new NamedKeys(named, wide, beginning, regions, account);
  if (!union.isExhausted) {
    return { cells, isExact: true, namedKeys, regions: regions.filter((region) => known.includes(region)) };
  }
  const followed = cells.map((cell) => ({ ...cell, share: 0 }));
  return {
    cells: [...followed, ...sample(wide, beginning, known, account)],
    isExact: false,
    namedKeys,
    regions: [known[0], known.at(-1)].flatMap((region) => region ?? []),
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

/** False where the last of the six segments of an ARN cannot be that of a key: an alias pattern, most often. */
function mayMatchKeys(glob: string): boolean {
  const segments = glob.split(":", 7);
  if (segments.length < 6) return true;
  const last = segments[5] ?? "";
  for (let at = 0; at < "key/".length; at += 1) {
    const character = last.charAt(at);
    if (character === "*") break;
    if (character !== "?" && character !== "key/".charAt(at)) return false;
  }
  return segments.length === 6;
}

/** Keys, mostly of the own account, that nobody could know when the globs were written. */
function sample(
  globs: readonly string[],
  beginning: string,
  regions: readonly string[],
  account: Account,
): KeyCell[] {
  const arnGlobs = globs.map((glob) => new ArnGlob(glob));
  const random = createHash("sha256").update(globs.join("\n")).digest("hex");
  return [true, false].flatMap((own) => {
    const size = own ? OWN_SAMPLE : FOREIGN_SAMPLE;
    return Array.from({ length: size }, (_, index) => {
      const digits = random.slice(index) + random.slice(0, index);
      const region = regions[Number.parseInt(digits.slice(-6), 16) % regions.length];
      const accountId = own ? account.id : digits.replace(/[a-f]/g, "").padEnd(12, "7").slice(0, 12);
      const example = `${beginning}${region}:${accountId}:key/${keyIdFrom(digits)}`;
      const key = arn(example);
      const matched = new Set(arnGlobs.filter((glob) => glob.matches(key)).map(({ written }) => written));
      return { own, share: 1 / size, matched, example };
    });
  });
}

const OWN_SAMPLE = 16;
const FOREIGN_SAMPLE = 2;

/** A key id out of random hex digits, the first of which decides which of the two shapes it gets. */
function keyIdFrom(random: string): string {
  const digits = random.slice(1, 33);
  if (random < "8") return `mrk-${digits}`;
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => digits.slice(from, to))
    .join("-");
}

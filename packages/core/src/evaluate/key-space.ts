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
  /** For each glob, in the order given, whether it matches these keys. */
  readonly matched: readonly boolean[];
  /** One of the keys, `…` for the part that does not matter. */
  readonly example: string;
}

/** The key ARNs of a partition, divided by a document's globs. */
export interface KeySpace {
  /** The shares of own cells add up to 1 and those of foreign cells too, but for what was given up on. */
  readonly cells: readonly KeyCell[];
  /** One Region for each way in which the globs tell Regions apart. */
  readonly regions: readonly string[];
}

/**
 * Divides all key ARNs (`arn:P:kms:REGION:ACCOUNT:key/ID`, ID a UUID or `mrk-` and 32 hex digits) into the cells
 * that the globs tell apart. Any question about the document is then a question about a handful of cells, and the
 * answer is exact: a Deny on one named key leaves a cell of share 1, sixteen patterns `key/0*` … `key/f*` add up.
 *
 * Globs made to multiply the cells are cut off at a fixed amount of work; what is then unknown is in no cell, so it
 * counts as not granted.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
export function keySpace(globs: readonly string[], account: Account, prefix: string): KeySpace {
  const regions = regionsOf(account.partition);
  if (globs.length === 0) {
    const example = `arn:${account.partition}:${prefix}:${regions[0]}:${account.id}:key/…`;
    const cell = { share: 1, matched: [], example };
    return {
      cells: [
        { ...cell, own: true },
        { ...cell, own: false },
      ],
      regions: regions.slice(0, 1),
    };
  }
  const named = globs.map((glob) => namesOneResource(glob));
  const wide = globs.filter((_, index) => named[index] !== true);
  const union = new GlobUnion(wide);
  const beginning = `arn:${account.partition}:${prefix}:`;
  const mentioned = mentionedRegions(globs);
  const inOrder = [
    // Those that nobody mentions first: they stand for the others where one is picked.
    ...regions.filter((region) => !mentioned.has(region)),
    ...regions.filter((region) => mentioned.has(region)),
    // Unknown to this version: they can be granted, but are no part of "every key".
    ...[...mentioned].filter((region) => !regions.includes(region)),
  ];
  const byRegion = union.afterEach(beginning, inOrder, regions.length);
  const cells: KeyCell[] = [];
  for (const own of [true, false]) {
    const accountId = own ? [...account.id] : Array.from({ length: 12 }, () => DIGITS);
    for (const { matched, share, example } of union.divide(
      byRegion,
      KEY_IDS.map((id) => [":", ...accountId, ...":key/", ...id]),
    )) {
      let inWide = 0;
      cells.push({
        own,
        share,
        example,
        matched: named.map((isNamed) => (isNamed ? false : matched[inWide++] === true)),
      });
    }
  }
  const representatives = byRegion.map(({ example }) => example.slice(beginning.length));
  for (const glob of globs.filter((_, index) => named[index] === true)) {
    for (const example of namedKeys(glob, beginning, representatives, account)) {
      const matched = globs.map(
        (other) => other === example || (hasWildcard(other) && globMatches(other, example)),
      );
      cells.push({ own: example.split(":")[4] === account.id, share: 0, matched, example });
    }
  }
  return { cells, regions: representatives };
}

const DIGITS = "0123456789";
const HEX = "0123456789abcdef";
const UUID = [8, 4, 4, 4, 12].flatMap((length, part) => [
  ...(part > 0 ? ["-"] : []),
  ...Array.from({ length }, () => HEX),
]);
const MULTI_REGION = [..."mrk-", ...Array.from({ length: 32 }, () => HEX)];
const KEY_IDS: readonly (readonly string[])[] = [UUID, MULTI_REGION];

function hasWildcard(glob: string): boolean {
  return glob.includes("*") || glob.includes("?");
}

/** The Regions that the globs write out. */
function mentionedRegions(globs: readonly string[]): ReadonlySet<string> {
  return new Set(
    globs
      .map((glob) => glob.split(":", 4)[3] ?? "")
      .filter((region) => region !== "" && !hasWildcard(region)),
  );
}

/** The keys that a glob with a literal key id stands for: one for each of the Regions given. */
function namedKeys(glob: string, beginning: string, regions: readonly string[], account: Account): string[] {
  const [, , , region = "", id = "", resource = ""] = glob.split(":");
  if (!resource.startsWith("key/") || !isKeyId(resource.slice(4))) return [];
  const accountId = globMatches(id, account.id)
    ? account.id
    : id
        .replaceAll("?", "0")
        .replace("*", "0".repeat(Math.max(0, 13 - id.length)))
        .replaceAll("*", "");
  return (hasWildcard(region) ? regions : [region])
    .map((name) => `${beginning}${name}:${accountId}:${resource}`)
    .filter((arn) => globMatches(glob, arn));
}

function isKeyId(id: string): boolean {
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at) | 32;
    const isLetter = code >= 97 && code <= 122;
    const isDigitOrDash = (id.charCodeAt(at) >= 48 && id.charCodeAt(at) <= 57) || id[at] === "-";
    if (!isLetter && !isDigitOrDash) return false;
  }
  return id !== "";
}

import type { Account } from "../policy/policy.ts";
import { globMatches, hasWildcard } from "./glob.ts";
import type { KeyCell } from "./key-space.ts";

/**
 * The keys that the `named` globs (those with a literal key id) name, each once, and then `undefined` if there were
 * more. `wide` are the other globs that may match such a key; `regions` are those that all of them tell apart.
 */
export function* namedKeys(
  named: readonly string[],
  wide: readonly string[],
  regions: readonly string[],
  account: Account,
  prefix: string,
): Iterable<KeyCell | undefined> {
  const byResource = Map.groupBy(named, resourceOf);
  const seen = new Set<string>();
  let matches = 0;
  for (const glob of named) {
    const alike = byResource.get(resourceOf(glob)) ?? [];
    for (const example of keysNamedBy(glob, regions, account, prefix)) {
      if (seen.has(example)) continue;
      seen.add(example);
      matches += 1 + alike.length + wide.length;
      if (matches > MOST_MATCHES) return yield undefined;
      const matched = new Set([...alike, ...wide].filter((other) => globMatches(other, example)));
      yield { own: example.split(":")[4] === account.id, share: 0, matched, example };
    }
  }
}

/** The keys that a glob with a literal key id stands for: one for each of the Regions. */
function keysNamedBy(
  glob: string,
  regions: readonly string[],
  { id, partition }: Account,
  prefix: string,
): string[] {
  const [, , , region = "", accountId = "", resource = ""] = glob.split(":");
  if (!/^key\/[A-Za-z0-9-]+$/.test(resource)) return [];
  const holder = globMatches(accountId, id) ? id : anyAccountOf(accountId);
  return (hasWildcard(region) ? regions : [region])
    .map((name) => `arn:${partition}:${prefix}:${name}:${holder}:${resource}`)
    .filter((arn) => globMatches(glob, arn));
}

/** More than any policy that fits into IAM needs, unless it was made to. */
const MOST_MATCHES = 2000;

function resourceOf(glob: string): string {
  return glob.slice(glob.lastIndexOf(":"));
}

function anyAccountOf(glob: string): string {
  const fill = "0".repeat(Math.max(0, 13 - glob.length));
  return glob.replaceAll("?", "0").replace("*", fill).replaceAll("*", "");
}

import type { Account } from "../policy/policy.ts";
import { ArnGlob, arn } from "./arn-glob.ts";
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
  const byResource = Map.groupBy(
    named.map((glob) => new ArnGlob(glob)),
    ({ written }) => resourceOf(written),
  );
  const others = wide.map((glob) => new ArnGlob(glob));
  const seen = new Set<string>();
  let matches = 0;
  for (const glob of named) {
    const alike = byResource.get(resourceOf(glob)) ?? [];
    for (const example of keysNamedBy(glob, regions, account, prefix)) {
      if (seen.has(example)) continue;
      seen.add(example);
      matches += 1 + alike.length + others.length;
      if (matches > MOST_MATCHES) return yield undefined;
      const key = arn(example);
      const matching = [...alike, ...others].filter((other) => other.matches(key));
      const matched = new Set(matching.map(({ written }) => written));
      yield { own: key.segments[4] === account.id, share: 0, matched, example };
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
  if (!resource.startsWith("key/") || !isKeyId(resource.slice(4))) return [];
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

function isKeyId(id: string): boolean {
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    const isDigitOrDash = (code >= 48 && code <= 57) || code === 45;
    if (!isLetter && !isDigitOrDash) return false;
  }
  return id !== "";
}

import type { Account } from "../policy/policy.ts";
import { ArnGlob, arn } from "./arn-glob.ts";
import { globMatches } from "./glob.ts";
import type { KeyCell } from "./key-space.ts";

/** The keys that globs with a literal key id name, each once, found as they are asked for. */
export class NamedKeys {
  readonly #named: readonly string[];
  readonly #wide: readonly string[];
  readonly #regions: readonly string[];
  readonly #account: Account;
  readonly #prefix: string;
  #matches = 0;

  /** `wide` are the other globs that may match such a key; `regions` are those that all of them tell apart. */
  constructor(
    named: readonly string[],
    wide: readonly string[],
    regions: readonly string[],
    account: Account,
    prefix: string,
  ) {
    this.#named = named;
    this.#wide = wide;
    this.#regions = regions;
    this.#account = account;
    this.#prefix = prefix;
  }

  /** True once there were too many to look at each: there are more than were given out. */
  get isExhausted(): boolean {
    return this.#matches > MOST_MATCHES;
  }

  *cells(): Iterable<KeyCell> {
    const byResource = Map.groupBy(
      this.#named.map((glob) => new ArnGlob(glob)),
      ({ written }) => resourceOf(written),
    );
    const wide = this.#wide.map((glob) => new ArnGlob(glob));
    const seen = new Set<string>();
    for (const glob of this.#named) {
      const alike = byResource.get(resourceOf(glob)) ?? [];
      for (const example of this.#keysNamedBy(glob)) {
        if (seen.has(example)) continue;
        seen.add(example);
        this.#matches += 1 + alike.length + wide.length;
        if (this.isExhausted) return;
        const key = arn(example);
        const matched = new Set(
          [...alike, ...wide].filter((other) => other.matches(key)).map(({ written }) => written),
        );
        yield { own: key.segments[4] === this.#account.id, share: 0, matched, example };
      }
    }
  }

  /** The keys that a glob with a literal key id stands for: one for each of the Regions. */
  #keysNamedBy(glob: string): string[] {
    const [, , , region = "", accountId = "", resource = ""] = glob.split(":");
    if (!resource.startsWith("key/") || !isKeyId(resource.slice(4))) return [];
    const { id, partition } = this.#account;
    const holder = globMatches(accountId, id) ? id : anyAccountOf(accountId);
    return (hasWildcard(region) ? this.#regions : [region])
      .map((name) => `arn:${partition}:${this.#prefix}:${name}:${holder}:${resource}`)
      .filter((arn) => globMatches(glob, arn));
  }
}

/** More than any policy that fits into IAM needs, unless it was made to. */
const MOST_MATCHES = 2000;

function resourceOf(glob: string): string {
  return glob.slice(glob.lastIndexOf(":"));
}

export function hasWildcard(glob: string): boolean {
  return glob.includes("*") || glob.includes("?");
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

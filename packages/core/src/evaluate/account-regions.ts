import type { Account } from "../policy/policy.ts";
import { globMatches, hasWildcard } from "./glob.ts";
import { divided, type GlobClass } from "./glob-automaton.ts";

/** The known Regions of a partition and those that the globs mention, divided by them. */
export function regionClasses(
  written: Iterable<string>,
  known: readonly string[],
  mostWork: number,
): GlobClass[] | undefined {
  const globs = new Set(written);
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
 * The Regions that nobody mentions first: they are the ones picked as examples. Those that the document
 * mentions and this version does not know come last: they can be granted, but are no part of all resources.
 */
function inOrder(known: readonly string[], mentioned: ReadonlySet<string>): readonly string[] {
  if (mentioned.size === 0) return known;
  return [
    ...known.filter((region) => !mentioned.has(region)),
    ...known.filter((region) => mentioned.has(region)),
    ...[...mentioned].filter((region) => region !== "" && !known.includes(region)),
  ];
}

export interface AccountClass extends GlobClass {
  readonly own: boolean;
}

/** All accounts but the foreign ones that globs name, and these: there may be a hundred of them. */
export interface AccountClasses {
  readonly most: readonly AccountClass[];
  readonly named: readonly AccountClass[];
}

/** The accounts that resources may be in, the own and all others, divided by globs. */
export function accountClasses(
  written: Iterable<string>,
  { id }: Account,
  mostWork: number,
): AccountClasses | undefined {
  const globs = [...new Set(written)];
  const patterns = globs.filter(hasWildcard);
  const others = divided(patterns, [ANY_ACCOUNT], mostWork);
  if (others === undefined) return undefined;
  const named = new Set(globs.filter((glob) => glob !== id && isAccountId(glob)));
  const classOf = (name: string): GlobClass => {
    const matched = new Set(patterns.filter((pattern) => globMatches(pattern, name)));
    return { matched: matched.add(name), share: 1, example: name };
  };
  const foreign = others.flatMap(({ matched, share, example }) => {
    const isOwnOrNamed = example === id || named.has(example);
    if (!isOwnOrNamed) return { own: false, matched, share, example };
    // A class of one account has no other; a larger one has others to give as its example.
    return share < 2 * ONE_ACCOUNT ? [] : { own: false, matched, share, example: "…" };
  });
  return {
    most: [{ own: true, ...classOf(id) }, ...foreign],
    named: [...named].map((name) => ({ own: false, ...classOf(name), share: ONE_ACCOUNT })),
  };
}

function isAccountId(glob: string): boolean {
  return glob.length === ANY_ACCOUNT.length && [...glob].every((digit) => DIGITS.includes(digit));
}

const DIGITS = "0123456789";
const ANY_ACCOUNT: readonly string[] = Array.from({ length: 12 }, () => DIGITS);
/** The share of one account among all there may be: next to nothing, but its resources can be granted. */
const ONE_ACCOUNT = 1e-12;
